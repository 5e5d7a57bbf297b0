import Foundation
import PGKeepModel

/// What the journal is looked through for each week, and whether it is what was written.
extension Checklist {
    var noErrors: ChecklistItem {
        var open: [Attempt: [JournalLine]] = [:]
        var failures: [JournalLine] = []
        for line in evidence.lines
        where line.at >= since && line.at <= evidence.at && line.event != JournalEvent.Kind.checklist.rawValue {
            if line.outcome != JournalEvent.Outcome.failed.rawValue {
                open[Attempt(line)] = nil
            } else if JournalFacts.isFailure(line.text("code")), !isDrillOfList(line) {
                failures.append(line)
                open[Attempt(line), default: []].append(line)
            }
        }
        let bad = Set(open.values.joined().filter { !isMadeGoodElsewhere($0) }.map(\.seq))
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

    /// The list's own drills have items of their own; where they can't be held, that is no error.
    private func isDrillOfList(_ line: JournalLine) -> Bool {
        guard let begun = evidence.begun else { return false }
        return line.event == JournalEvent.Kind.drill.rawValue && line.at >= begun
    }

    /// Another keeper's backups are in no journal of this machine.
    private func isMadeGoodElsewhere(_ line: JournalLine) -> Bool {
        line.event == JournalEvent.Kind.backup.rawValue
            && evidence.reliable.contains { $0.tier == line.tier && $0.createdAt > line.at }
    }

    /// What is tried again until it works: a tier's backup and its drill, an archive's copy to a vault.
    private struct Attempt: Hashable {
        var event: String
        var subject: String

        init(_ line: JournalLine) {
            event = line.event
            let isOfTier = [JournalEvent.Kind.backup, .drill].contains { $0.rawValue == line.event }
            let subjects = [
                isOfTier ? line.tier?.rawValue : line.archive, line.text("vault"), line.text("database"),
            ]
            subject = subjects.compactMap(\.self).joined(separator: " ")
        }
    }

    var journalVerified: ChecklistItem {
        guard let verdict = evidence.verdict else {
            return ChecklistItem(
                .journalVerified, .notDone,
                "the journal could not be checked\(evidence.unverified.map { ": \($0)" } ?? "")",
                hint: "pgkeep audit verify")
        }
        let fit = "\(Figures.count(verdict.linesChecked, "line")) fit"
        let lines =
            ["\(fit); \(Figures.count(verdict.archivesCompared, "archive")) compared"]
            + verdict.contradictions.map { "line \($0.line): \($0.reason) (\($0.vault))" }
            + verdict.otherJournals.map { "taken with another journal: \($0)" }
            + verdict.unread.sorted { $0.key < $1.key }.map { "not asked: \($0.key): \($0.value)" }
        if let found = verdict.firstBreak {
            return ChecklistItem(
                .journalVerified, .failed, "line \(found.line): \(found.reason)", evidence: lines,
                hint: "pgkeep audit verify")
        }
        if let reason = Checklist.uncompared(verdict) {
            return ChecklistItem(.journalVerified, .notDone, "\(fit), but \(reason)", evidence: lines)
        }
        return ChecklistItem(
            .journalVerified, .passed, "\(fit), confirmed by \(Figures.count(verdict.archivesCompared, "archive"))",
            evidence: lines)
    }

    /// A chain that nobody else vouches for can have been written anew; nil if everybody was asked.
    private static func uncompared(_ verdict: JournalVerdict) -> String? {
        if let (place, reason) = verdict.unread.min(by: { $0.key < $1.key }) {
            let others = verdict.unread.count - 1
            return "\(place) could not be asked: \(reason)" + (others > 0 ? "; and \(others) more" : "")
        }
        if !verdict.otherJournals.isEmpty {
            let count = Figures.count(verdict.otherJournals.count, "archive")
            return "\(count) can't be compared, taken with another journal: \(few(verdict.otherJournals))"
        }
        return verdict.archivesCompared == 0 ? "there is no archive to compare them with" : nil
    }
}
