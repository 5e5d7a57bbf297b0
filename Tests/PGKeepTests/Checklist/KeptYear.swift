import Foundation
import PGKeepModel

@testable import PGKeep

/// A year of an app that is kept as it should be, as journal and catalogue would tell it; tests then sabotage it.
struct KeptYear {
    let app: AppName
    var backups: [Backup] = []
    var lines: [JournalLine] = []
    /// Those that retention has deleted, with the time of that.
    private var gone: [(backup: Backup, at: Date)] = []

    init(from begin: Date, days: Double, schedules: Schedules = .standard, retention: RetentionPolicy = .standard)
        throws
    {
        app = try AppName("shop")
        let end = begin.addingTimeInterval(days * 86_400)
        for slot in schedules.slots(after: begin, in: .gmt) {
            guard slot.at <= end else { break }
            take(slot.tier, at: slot.at)
            cleanUp(at: slot.at.addingTimeInterval(60), retention)
        }
    }

    mutating func take(_ tier: Tier, at: Date, bytes: Int64 = 1_000_000) {
        let name = ArchiveName(
            app: app, tier: tier, createdAt: at, format: .gzip, sealed: false)
        backups.append(
            Backup(
                name: name.text, path: "/backups/\(name.text)", app: "shop", tier: tier, createdAt: at, bytes: bytes))
        append(
            .backup, archive: name.text, at: at.addingTimeInterval(12),
            [
                "bytes": .integer(bytes), "durationSeconds": .number(12), "tier": .string(tier.rawValue),
            ])
    }

    mutating func append(
        _ kind: JournalEvent.Kind, archive: String? = nil, outcome: JournalEvent.Outcome = .ok, at: Date,
        _ details: [String: JSONValue] = [:]
    ) {
        lines.append(
            JournalLine(
                seq: Int64(lines.count + 1), at: at, event: kind.rawValue, archive: archive, outcome: outcome.rawValue,
                details: details, recovered: nil, prev: ""))
    }

    private mutating func cleanUp(at: Date, _ retention: RetentionPolicy) {
        let facts = backups.compactMap { backup in
            ArchiveName(backup.name).map { RetentionFacts(name: $0, bytes: backup.bytes) }
        }
        for decision in RetentionPlan(facts, policy: retention, now: at).decisions where !decision.keep {
            let name = decision.facts.name.text
            gone += backups.filter { $0.name == name }.map { ($0, at) }
            backups.removeAll { $0.name == name }
            append(.delete, archive: name, at: at, ["ageDays": .integer(Int64(decision.ageDays))])
        }
    }

    /// As it is at one moment: nothing later has happened yet.
    func evidence(at: Date, _ change: (inout ChecklistEvidence) -> Void = { _ in }) -> ChecklistEvidence {
        let then = (gone.filter { $0.at > at }.map(\.backup) + backups).filter { $0.createdAt <= at }
        var evidence = ChecklistEvidence(
            app: app, at: at, timeZone: .gmt, retention: .standard, schedules: .standard,
            rpo: .seconds(26 * 3600), rto: .seconds(600), backups: then,
            lines: lines.filter { $0.at <= at })
        evidence.verifications = evidence.backups.suffix(8).map { .init(archive: $0.name) }
        evidence.copies = [.init(vault: "s3://copies", count: evidence.backups.count)]
        evidence.vault = VaultProtection(
            name: "/backups", backups: evidence.backups.count, bytes: 1 << 30, freeBytes: 1 << 40, growthBytesPerDay: 1,
            daysUntilFull: nil, nextRoundBytes: 1 << 20)
        evidence.drill = .passed(archive: "a", seconds: 30, details: ["12 tables equal"])
        evidence.disasterDrill = .passed(archive: "a", seconds: 40, details: ["12 tables equal"])
        evidence.verdict = JournalVerdict(
            linesChecked: evidence.lines.count, archivesCompared: evidence.backups.count)
        change(&evidence)
        return evidence
    }
}
