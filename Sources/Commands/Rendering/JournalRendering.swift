import Foundation
import PGKeep
import PGKeepModel

extension Rendering {
    /// The journal in the house's own lines, each with the time at which it was done.
    func journal(_ lines: [JournalLine]) -> String {
        lines.flatMap { line in
            line.retold.map { "\(time(line.at)) [\($0.label.rawValue)] \($0.text)" }
        }.joined(separator: "\n")
    }

    func verdict(_ verdict: JournalVerdict) -> String {
        let count = Figures.count(verdict.linesChecked, "line")
        var lines: [String] = []
        if let found = verdict.firstBreak {
            lines.append("Journal: line \(found.line) doesn't fit: \(found.reason); \(count) before it fit")
        } else {
            lines.append("Journal: \(count), all of them fit")
        }
        if verdict.archivesCompared > 0 {
            let archives = Figures.count(verdict.archivesCompared, "archive")
            lines.append(
                verdict.contradictions.isEmpty
                    ? "Archives: \(archives) compared with it, none contradicts it"
                    : "Archives: \(archives) compared with it, \(verdict.contradictions.count) contradict it")
        }
        lines += verdict.contradictions.map { "Contradicted: line \($0.line): \($0.reason) (\($0.vault))" }
        if let newest = verdict.otherJournals.last {
            lines.append(
                "Other journals: \(Figures.count(verdict.otherJournals.count, "archive")) up to \(newest) "
                    + "\(verdict.otherJournals.count == 1 ? "was" : "were") taken with another journal; "
                    + "if no other machine writes here, this journal was replaced")
        }
        lines += verdict.unread.sorted { $0.key < $1.key }.map { "Not asked: \($0.key): \($0.value)" }
        if verdict.tornBytes > 0 {
            lines.append("Torn: \(verdict.tornBytes) bytes of a last line that a crash left unfinished")
        }
        return lines.joined(separator: "\n")
    }
}

extension JournalLine {
    /// What was said when it was done.
    fileprivate var retold: [HouseLine] {
        let name = archive ?? ""
        let isGood = outcome == "ok"
        switch event {
        case "backup": return isGood ? backup(name) : [.backupFailed(tier, reason: text("error"))]
        case "verify": return [.verifying(name), isGood ? .backupVerified : .backupDamaged(name)]
        case "restore":
            return [.startingRestore(name), isGood ? .restoreCompleted : .restoreFailed(reason: text("error"))]
        case "undo": return [.restoreUndone(text("database"))]
        case "delete":
            let days = Int(number("ageDays"))
            let vault = text("vault")
            return [
                vault.isEmpty
                    ? .deletedOldBackup(name, days: days) : .deletedOldCopy(name, days: days, vault: vault)
            ]
        case "remove":
            let place = text("vault").isEmpty ? "" : " from \(text("vault"))"
            return [.step(.backup, "Removed by hand: \(name)\(place)")]
        case "copy": return [isGood ? copied(name) : notCopied(name)]
        case "pin": return [.step(.backup, "Pinned: \(name)")]
        case "unpin": return [.step(.backup, "Unpinned: \(name)")]
        case "accept": return [.step(.backup, "Accepted: \(name)")]
        case "decrypt":
            return [
                isGood
                    ? .step(.backup, "Decrypted: \(name), to \(text("to"))")
                    : .warning(.backup, "not decrypted: \(name): \(text("error"))")
            ]
        case "drill": return [.startingDrill(name), drill]
        case "alert": return [alert]
        default: return [.step(.backup, "\(event) \(outcome) \(name)")]
        }
    }

    private var drill: HouseLine {
        switch text("verdict") {
        case "proven": .drillCompleted
        case "failed": .drillFailed(reason: text("error"))
        default: .notDrilled(reason: text("error"))
        }
    }

    private func copied(_ name: String) -> HouseLine {
        let lock = LockMode(rawValue: text("lockMode")).flatMap { mode in
            Date(iso8601: text("lockedUntil")).map { ObjectLock(mode: mode, until: $0) }
        }
        return .copied(
            to: text("vault"),
            MadeCopy(
                name: name, bytes: Int64(number("bytes")), checked: text("checked"), lock: lock,
                seconds: number("durationSeconds")))
    }

    private func notCopied(_ name: String) -> HouseLine {
        .warning(.backup, "not copied to \(text("vault")): \(name.isEmpty ? "" : "\(name): ")\(text("error"))")
    }

    /// Not its tables: those are for comparisons.
    private func backup(_ name: String) -> [HouseLine] {
        let lines: [HouseLine] = [
            .backupCompleted(tier), .filename(name), .size(ByteCount(Int64(number("bytes")))),
            .duration(.seconds(number("durationSeconds"))),
        ]
        let suspect: [HouseLine] = details["suspect"] == true ? [.backupSuspect(name)] : []
        return lines + suspect + texts("anomalies").map { .warning(.backup, $0) }
    }

    private func texts(_ key: String) -> [String] {
        guard case .list(let values)? = details[key] else { return [] }
        return values.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }

    private var alert: HouseLine {
        guard let event = AlertNotice.Event(rawValue: text("notice")), let since = Date(iso8601: text("since")) else {
            return .warning(.alert, "never delivered to \(text("channel")): \(text("message"))")
        }
        let app = text("app")
        return .alert(
            AlertNotice(
                event, alert: text("alert"), kind: text("kind"), app: app.isEmpty ? nil : app, message: text("message"),
                since: since, at: since.addingTimeInterval(number("lastedSeconds"))))
    }

    /// That of the archive's name; of a backup that failed there is none, and the line tells it.
    private var tier: Tier {
        archive.flatMap { ArchiveName($0) }?.tier ?? Tier(rawValue: text("tier")) ?? .manual
    }

    private func text(_ key: String) -> String {
        if case .string(let text)? = details[key] { text } else { "" }
    }

    private func number(_ key: String) -> Double {
        switch details[key] {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: 0
        }
    }
}
