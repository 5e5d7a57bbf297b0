/// How long a restore should take, told from how long others took.
enum RestoreTiming {
    /// A restore that was done: how much plain SQL, in what time.
    struct Sample: Sendable, Equatable {
        var rawBytes: Int64
        var seconds: Double
    }

    /// Plain SQL that one core loads in a second, indexes and ANALYZE included: a careful rule of thumb.
    private static let bytesPerSecond = 15e6
    /// What a restore takes even if there is nothing in it.
    private static let leastSeconds = 1.0

    /// By the median speed of the latest samples, else by the rule of thumb.
    static func estimate(rawBytes: Int64, jobs: Int, _ samples: [Sample]) -> (seconds: Double, isMeasured: Bool) {
        // Of small ones the fixed cost is all one would measure.
        let speeds = samples.suffix(5).filter { $0.seconds > leastSeconds * 2 }.map {
            Double($0.rawBytes) / ($0.seconds - leastSeconds)
        }.sorted()
        let speed = speeds.isEmpty ? bytesPerSecond * Double(min(jobs, 4)) : speeds[speeds.count / 2]
        return (leastSeconds + Double(rawBytes) / speed, !speeds.isEmpty)
    }

    /// The restores that a journal tells of.
    static func samples(_ lines: [JournalLine]) -> [Sample] {
        lines.compactMap { line in
            guard line.event == JournalEvent.Kind.restore.rawValue, line.outcome == JournalEvent.Outcome.ok.rawValue,
                case .integer(let bytes)? = line.details["rawBytes"], bytes > 0,
                case .number(let seconds)? = line.details["durationSeconds"]
            else { return nil }
            return Sample(rawBytes: bytes, seconds: seconds)
        }
    }
}
