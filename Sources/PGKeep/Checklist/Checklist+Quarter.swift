import Foundation
import PGKeepModel

/// What is looked at each quarter, beside what each month has.
extension Checklist {
    var disasterDrill: ChecklistItem { drill(.disasterDrill, evidence.disasterDrill) }

    var locksReadBack: ChecklistItem {
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
