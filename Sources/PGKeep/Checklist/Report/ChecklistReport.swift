public import Foundation

/// A checklist that was gone through.
public struct ChecklistReport: Sendable, Hashable, Codable {
    /// Whose backups.
    public var app: String
    /// Which list.
    public var period: ChecklistPeriod
    /// What it looks back on begins here.
    public var from: Date
    /// When it was made.
    public var to: Date
    /// The machine that made it.
    public var host: String
    /// The program that made it.
    public var pgkeepVersion: String
    /// Everything that was due.
    public var items: [ChecklistItem]
    /// What the time came to in numbers.
    public var figures: ChecklistFigures
    /// How old the newest good backup may become, in seconds.
    public var rpoSeconds: Double
    /// How long a restore may take, in seconds; nil: no objective is set.
    public var rtoSeconds: Double?
    /// The zone of the times in it, for people.
    public var timeZone: String

    init(_ period: ChecklistPeriod, _ evidence: ChecklistEvidence, host: String) {
        let list = Checklist(period, evidence)
        app = evidence.app.text
        self.period = period
        from = list.since
        to = evidence.at
        self.host = host
        pgkeepVersion = BackupSystem.version
        items = list.items
        figures = ChecklistFigures(evidence, since: list.since)
        rpoSeconds = evidence.rpo.seconds
        rtoSeconds = evidence.rto?.seconds
        timeZone = evidence.timeZone.identifier
    }

    /// Items that came out in a way.
    public func items(_ verdict: ChecklistItem.Verdict) -> [ChecklistItem] { items.filter { $0.verdict == verdict } }

    /// Whether something failed. What was not done is neither a pass nor a failure.
    public var hasFailures: Bool { !items(.failed).isEmpty }

    /// For the journal: how the list came out. `trouble` is what else went wrong, and makes it one that failed.
    func event(trouble: String? = nil) -> JournalEvent {
        let failed = items(.failed).map(\.kind.rawValue) + [trouble].compactMap(\.self)
        return JournalEvent(
            .checklist, outcome: failed.isEmpty ? .ok : .failed,
            details: [
                "app": .string(app), "period": .string(period.rawValue),
                "failed": .list(failed.map { .string($0) }),
                "notDone": .list(items(.notDone).map { .string($0.kind.rawValue) }),
            ])
    }

    /// As a file's name, without its ending, with its zone's day: `pgkeep-shop-quarter-2026-10-01`.
    public var fileName: String { "pgkeep-\(app)-\(period.rawValue)-\(LocalTime.text(to, in: zone).prefix(10))" }
}
