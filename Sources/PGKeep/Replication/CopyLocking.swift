package import Foundation
package import PGKeepModel
import PGKeepVaults

/// Until when a copy is to be locked: for as long as its tier keeps it, no longer, so that retention can do its work then.
package enum CopyLocking: Sendable, Equatable {
    /// Nobody asked for a lock, or the place has none.
    case none
    case until(ObjectLock)
    /// Its time was over before the copy was made.
    case past(Date)

    package init(
        for name: ArchiveName, at address: VaultAddress, mode: LockMode?, retention: RetentionPolicy, manualDays: Int,
        now: Date
    ) {
        guard let mode, address.hasLocks else {
            self = .none
            return
        }
        let days = retention.days(for: name.tier) ?? manualDays
        let until = name.createdAt.addingTimeInterval(Double(days) * 86_400)
        self = until > now ? .until(ObjectLock(mode: mode, until: until)) : .past(until)
    }

    package var lock: ObjectLock? { if case .until(let lock) = self { lock } else { nil } }

    /// Whether a lock is what was asked for. Stores keep whole seconds, and a bucket's own rule may hold for longer.
    func isKept(by found: ObjectLock?) -> Bool {
        guard case .until(let wanted) = self else { return true }
        guard let found else { return false }
        return found.mode == wanted.mode && found.until >= wanted.until.addingTimeInterval(-1)
    }

    /// What is wrong with a lock that isn't kept.
    func refusal(_ name: String, in vault: any Vault, _ found: ObjectLock?) -> PGKeepError {
        PGKeepError(
            .settings, "the copy of \(name) in \(vault.name) is not locked as it should be",
            cause: found.map { "its lock is \($0.mode.rawValue) until \($0.until.iso8601)" } ?? "it has no lock",
            hint: "make the bucket anew with object lock, or unset BACKUP_LOCK")
    }

    /// Reads back the lock on a copy that was just made; throws if it is not what was asked for.
    func confirmed(_ name: String, in vault: any Vault) throws -> ObjectLock? {
        guard lock != nil else { return nil }
        let found = try vault.lock(of: name)
        guard isKept(by: found) else { throw refusal(name, in: vault, found) }
        return found
    }
}
