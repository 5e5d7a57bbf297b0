public import Foundation
public import PGKeepModel

/// What a time's journal comes to in numbers, for charts and objectives.
public struct ChecklistFigures: Sendable, Hashable, Codable {
    /// One backup that was taken.
    public struct Taken: Sendable, Hashable, Codable {
        /// When its run ended.
        public var at: Date
        /// The series it belongs to.
        public var tier: Tier
        /// As stored.
        public var bytes: Int64
        /// How long it took.
        public var seconds: Double
    }

    /// A length of time that was measured.
    public struct Measured: Sendable, Hashable, Codable {
        /// When it ended.
        public var at: Date
        /// How long it was.
        public var seconds: Double
    }

    /// The backups that were taken, oldest first.
    public var backups: [Taken]
    /// How much time lay between each good backup and the one before: what could have been lost.
    public var gaps: [Measured]
    /// How long restores took, in drills that found everything equal.
    public var restores: [Measured]

    init(_ evidence: ChecklistEvidence, since: Date) {
        let ok = evidence.lines(.backup, .ok, since: since)
        backups = ok.compactMap { line in
            guard let name = line.archive.flatMap({ ArchiveName($0) }) else { return nil }
            return Taken(
                at: line.at, tier: name.tier, bytes: max(0, line.integer("bytes") ?? 0),
                seconds: line.seconds("durationSeconds") ?? 0)
        }
        let times = ChecklistFigures.goodOnes(evidence)
        // A gap that began before counts in the time in which it ended.
        var last = times.last { $0 < since }
        gaps = []
        for time in times where time >= since {
            if let last { gaps.append(Measured(at: time, seconds: time.timeIntervalSince(last))) }
            last = time
        }
        if let last { gaps.append(Measured(at: evidence.at, seconds: evidence.at.timeIntervalSince(last))) }
        restores = evidence.lines(.drill, .ok, since: since).compactMap { line in
            line.seconds("rtoSeconds").map { Measured(at: line.at, seconds: $0) }
        }
    }

    /// When good backups were taken, oldest first: as this machine's journal tells, and those of others that are there.
    private static func goodOnes(_ evidence: ChecklistEvidence) -> [Date] {
        let journalled = evidence.lines(.backup, .ok, since: .distantPast)
            .filter { $0.details["suspect"] != true }
            .compactMap { $0.archive.flatMap { ArchiveName($0)?.createdAt } }
        let present = evidence.reliable.map(\.createdAt)
        return Set(journalled + present).filter { $0 <= evidence.at }.sorted()
    }
}

extension JournalLine {
    /// A length of time in seconds, within what charts and texts can hold, whatever somebody wrote there.
    fileprivate func seconds(_ key: String) -> Double? {
        guard let seconds = number(key), seconds.isFinite else { return nil }
        return min(max(0, seconds), 1e12)
    }
}
