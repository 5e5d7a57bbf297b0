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
                at: line.at, tier: name.tier, bytes: Int64(line.number("bytes") ?? 0),
                seconds: line.number("durationSeconds") ?? 0)
        }
        // A gap that began before counts in the time in which it ended.
        let before = evidence.lines.last {
            $0.event == JournalEvent.Kind.backup.rawValue && $0.outcome == JournalEvent.Outcome.ok.rawValue
                && $0.at < since
        }
        var last = before?.archive.flatMap { ArchiveName($0)?.createdAt }
        gaps = []
        for line in ok where line.details["suspect"] != true {
            guard let createdAt = line.archive.flatMap({ ArchiveName($0)?.createdAt }) else { continue }
            if let last { gaps.append(Measured(at: createdAt, seconds: createdAt.timeIntervalSince(last))) }
            last = createdAt
        }
        if let last { gaps.append(Measured(at: evidence.at, seconds: evidence.at.timeIntervalSince(last))) }
        restores = evidence.lines(.drill, .ok, since: since).compactMap { line in
            line.number("rtoSeconds").map { Measured(at: line.at, seconds: $0) }
        }
    }
}
