import Foundation
import PGKeepModel

/// What is looked at each month, beside what each week has.
extension Checklist {
    var restoreTest: ChecklistItem { drill(.restoreTest, evidence.drill) }

    func drill(_ kind: ChecklistItem.Kind, _ drill: ChecklistEvidence.Drill) -> ChecklistItem {
        switch drill {
        case .passed(let archive, let seconds, let details):
            ChecklistItem(
                kind, .passed, "\(archive) was restored in \(DurationText.of(.seconds(seconds))) and is equal",
                evidence: details)
        case .failed(let archive, let reason):
            ChecklistItem(kind, .failed, "\(archive): \(reason)", hint: "pgkeep drill \(archive)")
        case .notDone(let reason): ChecklistItem(kind, .notDone, reason)
        }
    }

    var monthlyBackup: ChecklistItem {
        guard evidence.schedules.monthly != nil else {
            return ChecklistItem(.monthlyBackup, .notDone, "monthly backups are switched off")
        }
        let due = evidence.schedules.latest(
            .monthly, atOrBefore: evidence.at.addingTimeInterval(-DueRuns.grace), in: evidence.timeZone)
        let newest = newestGood(.monthly)
        if let newest, newest.createdAt >= due ?? .distantPast {
            return ChecklistItem(.monthlyBackup, .passed, "\(newest.name), of \(evidence.day(newest.createdAt))")
        }
        if let due, !hasBegun(before: due) {
            return ChecklistItem(.monthlyBackup, .notDone, "none was due since backups began")
        }
        return ChecklistItem(
            .monthlyBackup, .failed, newest.map { "the newest is \($0.name)" } ?? "there is none",
            hint: "pgkeep backup monthly")
    }

    var storageUsed: ChecklistItem {
        guard let vault = evidence.vault else {
            return ChecklistItem(.storageUsed, .notDone, "the backup folder could not be looked at")
        }
        let free = vault.freeBytes.map { "\(ByteCount($0)) are free" } ?? "how much is free can't be told"
        let lines = [
            "\(vault.name): \(Figures.count(vault.backups, "backup")), \(ByteCount(vault.bytes)); \(free)",
            "grows by \(ByteCount(vault.growthBytesPerDay)) a day; the next backups take \(ByteCount(vault.nextRoundBytes))",
        ]
        let isLow = vault.freeBytes.map { $0 < vault.nextRoundBytes * Conditions.leastRounds } ?? false
        if isLow || (vault.daysUntilFull ?? .max) < 31 {
            let left = vault.daysUntilFull.map { "full in \(Figures.count($0, "day"))" } ?? "no room for two of each"
            return ChecklistItem(.storageUsed, .failed, left, evidence: lines, hint: "df -h \(vault.name)")
        }
        return ChecklistItem(
            .storageUsed, .passed, "\(ByteCount(vault.bytes)) used; \(free)", evidence: lines)
    }

    var retentionKept: ChecklistItem {
        let facts = evidence.backups.compactMap { backup in
            ArchiveName(backup.name).map { name in
                RetentionFacts(
                    name: name, bytes: backup.bytes, isGood: backup.isGood, isPinned: backup.pinned,
                    isProven: backup.provenAt != nil, isSuspect: backup.suspect)
            }
        }
        let policy = evidence.retention
        let plan = RetentionPlan(facts, policy: policy, now: evidence.at)
        // Retention acts with the next backup: what became too old since then is no fault.
        let overdue = plan.decisions.filter {
            !$0.keep && $0.ageDays > (policy.days(for: $0.facts.name.tier) ?? .max) + 1
        }
        .map(\.facts.name.text)
        let early = evidence.lines(.delete, .ok, since: since).compactMap { line -> String? in
            guard let archive = line.archive, let days = line.integer("ageDays"),
                let limit = limitDays(of: line, archive), days < limit
            else { return nil }
            return "\(archive) was deleted \(days) days old; its tier was kept for \(limit)"
        }
        let lines =
            ["daily \(policy.daily), weekly \(policy.weekly), monthly \(policy.monthly) days"] + early
            + overdue.map { "should be gone: \($0)" }
        guard early.isEmpty, overdue.isEmpty else {
            return ChecklistItem(
                .retentionKept, .failed,
                early.isEmpty
                    ? "\(Figures.count(overdue.count, "backup")) should be gone"
                    : "\(early.count) went before their time",
                evidence: lines, hint: "pgkeep cleanup --dry-run")
        }
        return ChecklistItem(
            .retentionKept, .passed,
            "\(plan.decisions.count) kept, \(evidence.lines(.delete, .ok, since: since).count) deleted by rule",
            evidence: lines)
    }

    /// In days, as it was set when the archive was deleted; older lines don't tell, so that today's has to do.
    private func limitDays(of line: JournalLine, _ archive: String) -> Int64? {
        if let limit = line.integer("limitDays") { return limit }
        return ArchiveName(archive).flatMap { evidence.retention.days(for: $0.tier) }.map { Int64($0) }
    }
}
