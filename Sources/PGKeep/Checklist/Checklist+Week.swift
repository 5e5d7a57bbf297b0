import Foundation
import PGKeepModel

/// What is looked at each week.
extension Checklist {
    var latestBackups: ChecklistItem {
        var evidenceLines: [String] = []
        var missing: [String] = []
        for tier in evidence.schedules.scheduledTiers {
            let newest = newestGood(tier)
            let due = evidence.schedules.latest(
                tier, atOrBefore: evidence.at.addingTimeInterval(-DueRuns.grace), in: evidence.timeZone)
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
        let waiting = evidence.schedules.scheduledTiers.filter { newestGood($0) == nil }.map(\.rawValue)
        let summary =
            waiting.isEmpty
            ? "all \(tiers) have their latest" : "none is missing; not due yet: \(waiting.joined(separator: ", "))"
        return ChecklistItem(.latestBackups, .passed, summary, evidence: evidenceLines)
    }

    func newestGood(_ tier: Tier) -> Backup? {
        evidence.reliable.filter { $0.tier == tier }.max { $0.createdAt < $1.createdAt }
    }

    /// Nothing was due before anybody kept the database.
    func hasBegun(before due: Date) -> Bool {
        let first = evidence.lines.first { $0.event == JournalEvent.Kind.backup.rawValue }?.at
        let oldest = evidence.backups.map(\.createdAt).min()
        return min(first ?? .distantFuture, oldest ?? .distantFuture) <= due
    }

    var nothingVanished: ChecklistItem {
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
        let missing = taken.filter { !present.contains($0) && !gone.contains($0) }
        let vanished = missing.filter { !isOverAge($0) }
        var told = "\(taken.count) taken, \(gone.intersection(taken).count) deleted, \(present.count) there"
        if missing.count > vanished.count {
            told += ", \(missing.count - vanished.count) gone that were older than their tier keeps"
        }
        guard vanished.isEmpty else {
            return ChecklistItem(
                .nothingVanished, .failed,
                "\(Figures.count(vanished.count, "backup")) vanished: \(Checklist.few(vanished))",
                evidence: [told] + vanished.map { "not there, and never deleted: \($0)" },
                hint: "pgkeep audit; pgkeep remove \(vanished[0])   (if you know why it is gone)")
        }
        guard !present.isEmpty else { return ChecklistItem(.nothingVanished, .notDone, "there is no backup: \(told)") }
        return ChecklistItem(.nothingVanished, .passed, told)
    }

    /// Whether another keeper's retention, which writes a journal of its own, may have taken it.
    private func isOverAge(_ archive: String) -> Bool {
        guard let name = ArchiveName(archive), let limit = evidence.retention.days(for: name.tier) else { return false }
        return evidence.at.timeIntervalSince(name.createdAt) > Double(limit) * 86_400
    }

    var integrity: ChecklistItem {
        let checked = evidence.verifications
        let names = Set(checked.map(\.archive))
        // Older ones are not read whole each time; what can be seen from outside is looked at all the same.
        let sizes = evidence.lines.reduce(into: [String: Int64]()) { sizes, line in
            guard line.event == JournalEvent.Kind.backup.rawValue, let archive = line.archive else { return }
            sizes[archive] = line.integer("bytes")
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
            + checked.filter { $0.problems.isEmpty && $0.isProof }.map { "whole: \($0.archive)" }
        if let first = damaged.first {
            let names = damaged.map(\.0).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            return ChecklistItem(
                .integrity, .failed, "\(Figures.count(names.count, "archive")) damaged: \(Checklist.few(names))",
                evidence: lines, hint: "pgkeep verify \(first.0)")
        }
        guard !checked.isEmpty else {
            return ChecklistItem(.integrity, .notDone, "no archive of this \(period.rawValue) is there")
        }
        let unproven = checked.filter { !$0.isProof }
        if let first = unproven.first {
            let isSealed = unproven.contains { ArchiveName($0.archive)?.sealed == true }
            return ChecklistItem(
                .integrity, .notDone,
                "\(unproven.count) of \(Figures.count(checked.count, "archive")) could not be compared: "
                    + (first.unchecked.first ?? first.archive),
                evidence: lines, hint: isSealed ? "export BACKUP_ENCRYPTION_KEY_FILE=…" : nil)
        }
        let others = evidence.backups.count { !names.contains($0.name) }
        return ChecklistItem(
            .integrity, .passed, "\(Figures.count(checked.count, "archive")) read whole, \(others) others looked at",
            evidence: lines)
    }

    var usualSize: ChecklistItem {
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
        guard !evidence.backups.isEmpty else {
            return ChecklistItem(.usualSize, .notDone, "there is no backup", evidence: notes)
        }
        return ChecklistItem(
            .usualSize, .passed,
            notes.isEmpty ? "none differed from those before" : "\(notes.count) differed, none is suspect",
            evidence: notes)
    }

    var copiesComplete: ChecklistItem {
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
        guard isComplete else {
            return ChecklistItem(
                .copiesComplete, .failed, "copies are missing or not what they should be", evidence: lines,
                hint: "pgkeep sync")
        }
        guard !evidence.backups.isEmpty else {
            return ChecklistItem(.copiesComplete, .notDone, "there is no backup to copy", evidence: lines)
        }
        return ChecklistItem(
            .copiesComplete, .passed, "\(Figures.count(evidence.copies.count, "vault")) with every copy",
            evidence: lines)
    }
}
