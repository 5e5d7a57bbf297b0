import Foundation
import PGKeepModel

/// What is looked at each year, beside what each quarter has.
extension Checklist {
    var objectivesMet: ChecklistItem {
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
        guard evidence.rto == nil || !figures.restores.isEmpty else {
            return ChecklistItem(
                .objectivesMet, .notDone, "BACKUP_RTO is set, and no drill measured a restore", evidence: lines,
                hint: "pgkeep drill")
        }
        return ChecklistItem(.objectivesMet, .passed, lines.dropFirst().first ?? "", evidence: lines)
    }

    var accessLog: ChecklistItem {
        let kinds: [JournalEvent.Kind] = [.restore, .undo, .drill, .delete, .remove, .decrypt]
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

    var keyAges: ChecklistItem {
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
}
