import Foundation
import PGKeepModel

/// What a checklist finds in its evidence: a function of values, so that years of them can be tested.
struct Checklist {
    let period: ChecklistPeriod
    let evidence: ChecklistEvidence
    /// When the time it looks back on begins.
    let since: Date

    init(_ period: ChecklistPeriod, _ evidence: ChecklistEvidence) {
        self.period = period
        self.evidence = evidence
        since = period.start(before: evidence.at, in: evidence.timeZone)
    }

    /// Everything that is due, in the order of reports.
    var items: [ChecklistItem] {
        ChecklistItem.Kind.allCases.filter { period.included.contains($0.period) }.map(item)
    }

    private func item(_ kind: ChecklistItem.Kind) -> ChecklistItem {
        switch kind {
        case .latestBackups: latestBackups
        case .nothingVanished: nothingVanished
        case .integrity: integrity
        case .usualSize: usualSize
        case .noErrors: noErrors
        case .copiesComplete: copiesComplete
        case .restoreTest: restoreTest
        case .monthlyBackup: monthlyBackup
        case .storageUsed: storageUsed
        case .retentionKept: retentionKept
        case .disasterDrill: disasterDrill
        case .locksReadBack: locksReadBack
        case .objectivesMet: objectivesMet
        case .accessLog: accessLog
        case .keyAges: keyAges
        case .journalVerified: journalVerified
        }
    }

    /// A list that names its first few.
    static func few(_ names: [String]) -> String {
        let shown = names.prefix(3).joined(separator: ", ")
        return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
    }
}

// MARK: Each week

extension Checklist {
    /// A run may have begun late, waited for another, and been tried again.
    private static let grace: TimeInterval = 6 * 3600

    private var latestBackups: ChecklistItem {
        var evidenceLines: [String] = []
        var missing: [String] = []
        for tier in evidence.schedules.scheduledTiers {
            let newest = newestGood(tier)
            let due = evidence.schedules.latest(
                tier, atOrBefore: evidence.at.addingTimeInterval(-Checklist.grace), in: evidence.timeZone)
            evidenceLines.append(
                "\(tier.rawValue): \(newest.map { "\($0.name), of \(evidence.time($0.createdAt))" } ?? "none")"
                    + (due.map { "; was due at \(evidence.time($0))" } ?? ""))
            if let due, (newest?.createdAt ?? .distantPast) < due, hasBegun(before: due) {
                missing.append(tier.rawValue)
            }
        }
        let tiers = Figures.count(evidenceLines.count, "tier")
        guard !evidenceLines.isEmpty else {
            return ChecklistItem(.latestBackups, .notDone, "no tier is scheduled")
        }
        guard missing.isEmpty else {
            return ChecklistItem(
                .latestBackups, .failed, "the latest \(missing.joined(separator: " and ")) backup is missing",
                evidence: evidenceLines, hint: "pgkeep backup \(missing[0])")
        }
        return ChecklistItem(.latestBackups, .passed, "all \(tiers) have their latest", evidence: evidenceLines)
    }

    private func newestGood(_ tier: Tier) -> Backup? {
        evidence.backups.filter { $0.tier == tier && $0.isGood && !$0.suspect && $0.createdAt <= evidence.at }
            .max { $0.createdAt < $1.createdAt }
    }

    /// Nothing was due before anybody kept the database.
    private func hasBegun(before due: Date) -> Bool {
        let first = evidence.lines.first { $0.event == JournalEvent.Kind.backup.rawValue }?.at
        let oldest = evidence.backups.map(\.createdAt).min()
        return min(first ?? .distantFuture, oldest ?? .distantFuture) <= due
    }

    private var nothingVanished: ChecklistItem {
        let present = Set(evidence.backups.map(\.name))
        var gone: Set<String> = []
        var taken: [String] = []
        for line in evidence.lines where line.outcome == JournalEvent.Outcome.ok.rawValue {
            guard let archive = line.archive else { continue }
            switch JournalEvent.Kind(rawValue: line.event) {
            case .backup: taken.append(archive)
            // A copy that was deleted elsewhere is not the archive itself.
            case .delete, .remove: if line.text("vault") == nil { gone.insert(archive) }
            default: break
            }
        }
        let vanished = taken.filter { !present.contains($0) && !gone.contains($0) }
        let told = "\(taken.count) taken, \(gone.intersection(taken).count) deleted, \(present.count) there"
        guard vanished.isEmpty else {
            return ChecklistItem(
                .nothingVanished, .failed,
                "\(Figures.count(vanished.count, "backup")) vanished: \(Checklist.few(vanished))",
                evidence: [told] + vanished.map { "not there, and never deleted: \($0)" },
                hint: "pgkeep sync; pgkeep audit")
        }
        return ChecklistItem(.nothingVanished, .passed, told)
    }

    private var integrity: ChecklistItem {
        let checked = evidence.verifications
        let names = Set(checked.map(\.archive))
        // Older ones are not read whole each time; what can be seen from outside is looked at all the same.
        let sizes = evidence.lines.reduce(into: [String: Int64]()) { sizes, line in
            guard line.event == JournalEvent.Kind.backup.rawValue, let archive = line.archive else { return }
            sizes[archive] = line.number("bytes").map { Int64($0) }
        }
        let older = evidence.backups.filter { !names.contains($0.name) }.compactMap { backup -> (String, String)? in
            if let problem = backup.problem { return (backup.name, problem) }
            guard let size = sizes[backup.name], size != backup.bytes else { return nil }
            return (backup.name, "it has \(backup.bytes) bytes, and had \(size) when it was taken")
        }
        let damaged = checked.flatMap { found in found.problems.map { (found.archive, $0) } } + older
        let lines =
            damaged.map { "\($0): \($1)" }
            + checked.flatMap { found in found.unchecked.map { "not checked: \(found.archive): \($0)" } }
            + checked.filter(\.problems.isEmpty).map { "whole: \($0.archive)" }
        if let first = damaged.first {
            let names = damaged.map(\.0).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            return ChecklistItem(
                .integrity, .failed, "\(Figures.count(names.count, "archive")) damaged: \(Checklist.few(names))",
                evidence: lines, hint: "pgkeep verify \(first.0)")
        }
        guard !checked.isEmpty else {
            return ChecklistItem(.integrity, .notDone, "no archive of this \(period.rawValue) is there")
        }
        return ChecklistItem(
            .integrity, .passed,
            "\(Figures.count(checked.count, "archive")) read whole, \(evidence.backups.count - checked.count) older looked at",
            evidence: lines)
    }

    private var usualSize: ChecklistItem {
        let suspects = evidence.backups.filter(\.suspect).map(\.name)
        let notes = evidence.lines(.backup, .ok, since: since).compactMap { line -> String? in
            guard case .list(let found)? = line.details["anomalies"], let archive = line.archive else { return nil }
            let texts = found.compactMap { if case .string(let text) = $0 { text } else { nil } }
            return "\(archive): \(texts.joined(separator: "; "))"
        }
        guard suspects.isEmpty else {
            return ChecklistItem(
                .usualSize, .failed, "suspect and not accepted: \(Checklist.few(suspects))", evidence: notes,
                hint: "pgkeep accept \(suspects[0])   (if that is how it should be)")
        }
        return ChecklistItem(
            .usualSize, .passed,
            notes.isEmpty ? "none differed from those before" : "\(notes.count) differed, none is suspect",
            evidence: notes)
    }

    private var noErrors: ChecklistItem {
        var open: [Attempt: [JournalLine]] = [:]
        var failures: [JournalLine] = []
        for line in evidence.lines
        where line.at >= since && line.at <= evidence.at && line.event != JournalEvent.Kind.checklist.rawValue {
            if line.outcome == JournalEvent.Outcome.failed.rawValue {
                failures.append(line)
                open[Attempt(line), default: []].append(line)
            } else {
                open[Attempt(line)] = nil
            }
        }
        let bad = Set(open.values.joined().map(\.seq))
        let lines = failures.map { line in
            "\(evidence.time(line.at)) \(line.event) \(line.archive ?? line.text("tier") ?? ""): "
                + (line.text("error") ?? line.text("problems") ?? "failed")
                + (bad.contains(line.seq) ? "" : " (made good)")
        }
        guard bad.isEmpty else {
            return ChecklistItem(
                .noErrors, .failed, "\(Figures.count(bad.count, "failure")) in this \(period.rawValue), not made good",
                evidence: lines, hint: "pgkeep audit")
        }
        return ChecklistItem(
            .noErrors, .passed,
            failures.isEmpty
                ? "none in this \(period.rawValue)" : "\(Figures.count(failures.count, "failure")), all made good",
            evidence: lines)
    }

    /// What is tried again until it works: a tier's backup, an archive's copy to a vault.
    private struct Attempt: Hashable {
        var event: String
        var subject: String

        init(_ line: JournalLine) {
            event = line.event
            let isBackup = line.event == JournalEvent.Kind.backup.rawValue
            let tier = line.archive.flatMap { ArchiveName($0)?.tier.rawValue } ?? line.text("tier")
            subject = [isBackup ? tier : line.archive, line.text("vault"), line.text("database")]
                .compactMap(\.self).joined(separator: " ")
        }
    }

    private var copiesComplete: ChecklistItem {
        guard !evidence.copies.isEmpty else {
            return ChecklistItem(.copiesComplete, .notDone, "there is no second vault", hint: "export BACKUP_VAULTS=…")
        }
        var lines: [String] = []
        var isComplete = true
        for vault in evidence.copies {
            if let trouble = vault.trouble {
                lines.append("\(vault.vault): \(trouble)")
            } else {
                lines.append("\(vault.vault): \(vault.count) there, \(vault.missing.count) missing")
            }
            lines += vault.missing.map { "missing in \(vault.vault): \($0)" }
            lines += vault.differing.map { "differs in \(vault.vault): \($0)" }
            isComplete = isComplete && vault.trouble == nil && vault.missing.isEmpty && vault.differing.isEmpty
        }
        return isComplete
            ? ChecklistItem(
                .copiesComplete, .passed, "\(Figures.count(evidence.copies.count, "vault")) with every copy",
                evidence: lines)
            : ChecklistItem(
                .copiesComplete, .failed, "copies are missing or not what they should be", evidence: lines,
                hint: "pgkeep sync")
    }
}

// MARK: Each month

extension Checklist {
    private var restoreTest: ChecklistItem { drill(.restoreTest, evidence.drill) }

    private func drill(_ kind: ChecklistItem.Kind, _ drill: ChecklistEvidence.Drill) -> ChecklistItem {
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

    private var monthlyBackup: ChecklistItem {
        guard evidence.schedules.monthly != nil else {
            return ChecklistItem(.monthlyBackup, .notDone, "monthly backups are switched off")
        }
        let due = evidence.schedules.latest(
            .monthly, atOrBefore: evidence.at.addingTimeInterval(-Checklist.grace), in: evidence.timeZone)
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

    private var storageUsed: ChecklistItem {
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

    private var retentionKept: ChecklistItem {
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
            guard let archive = line.archive, let days = line.number("ageDays"),
                let limit = ArchiveName(archive).flatMap({ policy.days(for: $0.tier) }), Int(days) < limit
            else { return nil }
            return "\(archive) was deleted \(Int(days)) days old; its tier is kept for \(limit)"
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
}

// MARK: Each quarter

extension Checklist {
    private var disasterDrill: ChecklistItem { drill(.disasterDrill, evidence.disasterDrill) }

    private var locksReadBack: ChecklistItem {
        let locking = evidence.copies.filter { $0.locks != nil }
        guard !locking.isEmpty else {
            return ChecklistItem(
                .locksReadBack, .notDone, "no vault is asked to lock", hint: "export BACKUP_LOCK=compliance")
        }
        let readings = locking.flatMap { vault in (vault.locks ?? []).map { (vault.vault, $0) } }
        let short = readings.filter { $1.wanted > evidence.at && ($1.lockedUntil ?? .distantPast) < $1.wanted }
        let lines = short.map { vault, lock in
            "\(vault): \(lock.archive): to \(evidence.day(lock.wanted)) wanted, "
                + (lock.lockedUntil.map { "locked to \(evidence.day($0))" } ?? "not locked")
        }
        guard short.isEmpty else {
            return ChecklistItem(
                .locksReadBack, .failed, "\(short.count) of \(readings.count) are not locked as long as set",
                evidence: lines)
        }
        return ChecklistItem(
            .locksReadBack, .passed, "\(Figures.count(readings.count, "lock")) read back, all long enough")
    }
}

// MARK: Each year

extension Checklist {
    private var objectivesMet: ChecklistItem {
        let figures = ChecklistFigures(evidence, since: since)
        var lines = ["RPO: at most \(RoughDuration.text(evidence.rpo)) is the objective"]
        var missed: [String] = []
        for gap in figures.gaps where gap.seconds > evidence.rpo.seconds {
            missed.append("no backup for \(RoughDuration.text(seconds: gap.seconds)), up to \(evidence.time(gap.at))")
        }
        if let longest = figures.gaps.map(\.seconds).max() {
            lines.append("longest time between two good backups: \(RoughDuration.text(seconds: longest))")
        }
        lines.append(
            "RTO: \(evidence.rto.map { "at most \(RoughDuration.text($0)) is the objective" } ?? "no objective is set")"
        )
        for restore in figures.restores {
            if let rto = evidence.rto, restore.seconds > rto.seconds {
                missed.append(
                    "the drill of \(evidence.day(restore.at)) took \(RoughDuration.text(seconds: restore.seconds))")
            }
        }
        if let slowest = figures.restores.map(\.seconds).max() {
            lines.append(
                "slowest of \(Figures.count(figures.restores.count, "drill")): \(RoughDuration.text(seconds: slowest))")
        } else {
            lines.append("no drill was made")
        }
        guard missed.isEmpty else {
            return ChecklistItem(
                .objectivesMet, .failed, "missed \(missed.count == 1 ? "once" : "\(missed.count) times")",
                evidence: lines + missed)
        }
        guard figures.gaps.count > 0 else {
            return ChecklistItem(.objectivesMet, .notDone, "there are no two good backups yet", evidence: lines)
        }
        return ChecklistItem(.objectivesMet, .passed, lines.dropFirst().first ?? "", evidence: lines)
    }

    private var accessLog: ChecklistItem {
        let kinds: [JournalEvent.Kind] = [.restore, .undo, .delete, .remove, .decrypt]
        let lines = kinds.flatMap { evidence.lines($0, since: since) }.sorted { $0.seq < $1.seq }
        let counts = kinds.map { kind in "\(lines.count { $0.event == kind.rawValue }) × \(kind.rawValue)" }
        return ChecklistItem(
            .accessLog, .passed, counts.joined(separator: ", "),
            evidence: lines.map { line in
                "\(evidence.time(line.at)) \(line.event) \(line.archive ?? "") \(line.outcome)"
                    + (line.text("by").map { ", by \($0)" } ?? "")
                    + (line.text("database").map { ", into \($0)" } ?? "")
            })
    }

    private var keyAges: ChecklistItem {
        guard !evidence.recipients.isEmpty else {
            return ChecklistItem(
                .keyAges, .notDone, "backups are not sealed", hint: "export BACKUP_ENCRYPTION_RECIPIENTS=…")
        }
        let lines = evidence.recipients.map { key in
            let first = evidence.lines.first { line in
                guard case .list(let keys)? = line.details["sealedFor"] else { return false }
                return keys.contains(.string(key))
            }
            guard let first else { return "\(key): not used yet" }
            let days = Int(evidence.at.timeIntervalSince(first.at) / 86_400)
            return "\(key): first used on \(evidence.day(first.at)), \(Figures.count(days, "day")) ago"
        }
        return ChecklistItem(.keyAges, .passed, lines.joined(separator: "; "), evidence: lines)
    }

    private var journalVerified: ChecklistItem {
        guard let verdict = evidence.verdict else {
            return ChecklistItem(
                .journalVerified, .notDone, "the journal could not be read", hint: "pgkeep audit verify")
        }
        let lines =
            ["\(Figures.count(verdict.linesChecked, "line")) fit; \(verdict.archivesCompared) archives were compared"]
            + verdict.contradictions.map { "line \($0.line): \($0.reason) (\($0.vault))" }
            + verdict.otherJournals.map { "taken with another journal: \($0)" }
            + verdict.unread.sorted { $0.key < $1.key }.map { "not asked: \($0.key): \($0.value)" }
        if let found = verdict.firstBreak {
            return ChecklistItem(
                .journalVerified, .failed, "line \(found.line): \(found.reason)", evidence: lines,
                hint: "pgkeep audit verify")
        }
        return ChecklistItem(
            .journalVerified, .passed,
            "\(Figures.count(verdict.linesChecked, "line")), confirmed by \(Figures.count(verdict.archivesCompared, "archive"))",
            evidence: lines)
    }
}
