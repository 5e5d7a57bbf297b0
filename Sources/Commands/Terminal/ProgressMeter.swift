package import PGKeep
import PGKeepModel

/// Draws how far the work has come on a terminal, five times a second, and takes it away at the end.
package struct ProgressMeter {
    private let progress: Progress
    private let terminal: Terminal

    package init(_ progress: Progress, on terminal: Terminal) {
        self.progress = progress
        self.terminal = terminal
    }

    /// Runs the work with the meter beside it; without a terminal there is no meter.
    package func during<Value: Sendable>(_ work: @Sendable () async throws -> Value) async throws -> Value {
        guard terminal.isWatched else { return try await work() }
        let drawing = Task { await draw() }
        defer { terminal.show(status: "") }
        do {
            let value = try await work()
            await end(drawing)
            return value
        } catch {
            await end(drawing)
            throw error
        }
    }

    private func end(_ drawing: Task<Void, Never>) async {
        drawing.cancel()
        await drawing.value
    }

    private func draw() async {
        let clock = ContinuousClock()
        var rate = ProgressRate()
        let start = clock.now
        while !Task.isCancelled {
            let sample = ProgressSample(progress)
            let speed = rate.bytesPerSecond(of: sample, at: start.duration(to: clock.now))
            if !sample.phase.isEmpty { terminal.show(status: sample.line(bytesPerSecond: speed)) }
            do { try await clock.sleep(for: .milliseconds(200)) } catch { return }
        }
    }
}

/// What a progress shows at one moment.
package struct ProgressSample: Sendable, Equatable {
    package var phase: String
    package var doneBytes: Int64
    package var totalBytes: Int64
    package var rows: Int64

    package init(phase: String, doneBytes: Int64, totalBytes: Int64, rows: Int64) {
        self.phase = phase
        self.doneBytes = doneBytes
        self.totalBytes = totalBytes
        self.rows = rows
    }

    init(_ progress: Progress) {
        self.init(
            phase: progress.phase, doneBytes: progress.doneBytes, totalBytes: progress.totalBytes, rows: progress.rows)
    }

    /// `rows and schema  412.3 MB of 1.1 GB · 5,201,333 rows · 187 MB/s · 4s left`.
    package func line(bytesPerSecond: Double?) -> String {
        var parts: [String] = []
        if totalBytes > 0 {
            parts.append("\(ByteCount(doneBytes)) of \(ByteCount(max(doneBytes, totalBytes)))")
        } else if doneBytes > 0 {
            parts.append("\(ByteCount(doneBytes))")
        }
        if rows > 0 { parts.append("\(Figures.grouped(rows)) \(rows == 1 ? "row" : "rows")") }
        if let bytesPerSecond, bytesPerSecond >= 1 {
            parts.append("\(Figures.short(ByteCount(Int64(bytesPerSecond))))/s")
            let left = Double(totalBytes - doneBytes) / bytesPerSecond
            if totalBytes > doneBytes, left < 360_000 {
                parts.append("\(DurationText.of(.seconds(Int64(left.rounded(.up))), wholeSeconds: true)) left")
            }
        }
        return parts.isEmpty ? phase : "\(phase)  \(parts.joined(separator: " · "))"
    }
}

/// The speed of the last five seconds.
struct ProgressRate {
    private var samples: [(at: Duration, bytes: Int64)] = []
    private var phase = ""

    mutating func bytesPerSecond(of sample: ProgressSample, at now: Duration) -> Double? {
        if sample.phase != phase || sample.doneBytes < samples.last?.bytes ?? 0 { samples = [] }
        phase = sample.phase
        samples.append((now, sample.doneBytes))
        samples.removeAll { now - $0.at > .seconds(5) }
        guard let first = samples.first, now - first.at >= .milliseconds(800) else { return nil }
        return Double(sample.doneBytes - first.bytes) / ((now - first.at) / .seconds(1))
    }
}
