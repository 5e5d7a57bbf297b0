import Foundation
import PGKeepModel

/// What is looked at each quarter, beside what each month has.
extension Checklist {
    var disasterDrill: ChecklistItem { drill(.disasterDrill, evidence.disasterDrill) }

    var locksReadBack: ChecklistItem {
        let locking = evidence.copies.filter { $0.wantsLocks || $0.locks != nil }
        guard !locking.isEmpty else {
            return ChecklistItem(
                .locksReadBack, .notDone, "no vault is asked to lock", hint: "export BACKUP_LOCK=compliance")
        }
        let all = locking.flatMap { vault in (vault.locks ?? []).map { (vault.vault, $0) } }
        let readings = all.filter { $1.wanted > evidence.at }
        let short = readings.filter { !$1.isAsWanted }
        let troubles = locking.filter { $0.locks == nil }.map {
            "\($0.vault): \($0.lockTrouble ?? $0.trouble ?? "its locks were not read")"
        }
        let lines = short.map { vault, lock in
            "\(vault): \(lock.archive): to \(evidence.day(lock.wanted))\(Checklist.words(lock.wantedMode)) wanted, "
                + (lock.lockedUntil.map { "locked to \(evidence.day($0))\(Checklist.words(lock.mode))" } ?? "not locked")
        }
        guard short.isEmpty else {
            return ChecklistItem(
                .locksReadBack, .failed, "\(short.count) of \(readings.count) are not locked as they should be",
                evidence: lines + troubles)
        }
        guard troubles.isEmpty else {
            return ChecklistItem(.locksReadBack, .notDone, Checklist.few(troubles), evidence: troubles)
        }
        guard !readings.isEmpty else { return ChecklistItem(.locksReadBack, .notDone, "no lock should hold now") }
        return ChecklistItem(
            .locksReadBack, .passed, "\(Figures.count(readings.count, "lock")) read back, all as they should be")
    }

    private static func words(_ mode: LockMode?) -> String { mode.map { " (\($0.rawValue))" } ?? "" }
}

extension ChecklistEvidence.LockReading {
    /// As `CopyLocking.isKept` has it: stores keep whole seconds, and a bucket's own rule may hold for longer.
    fileprivate var isAsWanted: Bool {
        guard let lockedUntil, lockedUntil >= wanted.addingTimeInterval(-1) else { return false }
        return wantedMode == nil || mode == wantedMode
    }
}
