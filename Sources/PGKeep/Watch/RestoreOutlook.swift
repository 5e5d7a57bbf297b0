public import Foundation

/// How long a restore takes: what drills measured, what that comes to at the present size, and where it is going.
public struct RestoreOutlook: Sendable, Hashable {
    /// How long it may take; nil: nobody set an objective.
    public var objectiveSeconds: Double?
    /// How long it took in the last drill.
    public var measuredSeconds: Double
    /// When that was.
    public var measuredAt: Date
    /// How long it would take now: at the size of the last backup.
    public var estimatedSeconds: Double
    /// By how much it becomes longer each day; nil while too few drills were held to tell.
    public var growthSecondsPerDay: Double?

    /// Whether it takes longer than it may.
    public var isMissed: Bool { objectiveSeconds.map { estimatedSeconds > $0 } ?? false }

    /// In how many days it will take longer than it may, if that goes on; nil: not within a year, or nobody knows.
    public var daysUntilMissed: Int? {
        guard let objectiveSeconds, !isMissed, let growth = growthSecondsPerDay, growth > 0 else { return nil }
        let days = (objectiveSeconds - estimatedSeconds) / growth
        return days <= 365 ? Int(days.rounded(.down)) : nil
    }

    /// So many drills, over so many days, tell where it is going.
    private static let fewest = 3
    private static let shortest = 14.0

    /// nil while no drill was held.
    init?(_ times: [JournalFacts.RestoreTime], rawBytesNow: Int64?, objective: Duration?) {
        guard let last = times.last else { return nil }
        objectiveSeconds = objective?.seconds
        measuredSeconds = last.seconds
        measuredAt = last.at
        let ratio = rawBytesNow.map { Double($0) / Double(last.rawBytes) } ?? 1
        // What a restore takes even of nothing does not grow; small databases are nobody's objective.
        estimatedSeconds = last.seconds * max(ratio, 0)
        growthSecondsPerDay = RestoreOutlook.slope(times)
    }

    /// Of the line that runs nearest to all of them.
    private static func slope(_ times: [JournalFacts.RestoreTime]) -> Double? {
        guard let first = times.first, times.count >= fewest else { return nil }
        let points = times.map { (day: $0.at.timeIntervalSince(first.at) / 86_400, seconds: $0.seconds) }
        guard let span = points.last?.day, span >= shortest else { return nil }
        let count = Double(points.count)
        let day = points.reduce(0) { $0 + $1.day } / count
        let seconds = points.reduce(0) { $0 + $1.seconds } / count
        let spread = points.reduce(0) { $0 + ($1.day - day) * ($1.day - day) }
        guard spread > 0 else { return nil }
        return points.reduce(0) { $0 + ($1.day - day) * ($1.seconds - seconds) } / spread
    }
}
