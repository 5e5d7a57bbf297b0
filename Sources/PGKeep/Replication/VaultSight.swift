package import Foundation
import PGKeepModel

/// What was seen of an app's copies in one vault, the last time somebody looked.
package struct VaultSight: Sendable, Equatable, Codable {
    /// A copy that lies there.
    package struct Copy: Sendable, Equatable, Codable {
        package var bytes: Int64
        /// How it was compared with its original; nil: it was there before this machine looked.
        package var checked: String?
        package var lockedUntil: Date?
        /// Whether the store was asked for its lock.
        package var isLockKnown: Bool

        package init(bytes: Int64, checked: String? = nil, lockedUntil: Date? = nil, isLockKnown: Bool = false) {
            self.bytes = bytes
            self.checked = checked
            self.lockedUntil = lockedUntil
            self.isLockKnown = isLockKnown
        }
    }

    /// What stood in the way.
    package struct Trouble: Sendable, Equatable, Codable {
        package var message: String
        package var hint: String?
        /// What was to be locked could not be.
        package var isOfLock: Bool
        package var since: Date
    }

    /// Its address.
    package let vault: String
    /// What kind of storage it is.
    package var storage: String
    package var isOffSite: Bool
    /// Nil while nobody could look.
    package var lookedAt: Date?
    /// By the archives' names.
    package var copies: [String: Copy] = [:]
    /// Archives that should have a copy there and have none.
    package var missing: Set<String> = []
    /// Those of the missing ones whose copies had been there.
    package var vanished: Set<String> = []
    /// Copies that are not what they should be, and why.
    package var differing: [String: String] = [:]
    package var trouble: Trouble?

    package init(vault: VaultAddress) {
        self.vault = vault.description
        storage = vault.storage
        isOffSite = vault.isRemote
    }

    /// Takes what a listing shows.
    package mutating func saw(_ listing: AppListing, _ plan: CopyPlan, at now: Date) {
        let before = copies
        copies = listing.archives.mapValues { archive in
            guard let known = before[archive.name.text], known.bytes == archive.bytes else {
                return Copy(bytes: archive.bytes)
            }
            return known
        }
        missing = Set(plan.missing.map(\.name.text))
        vanished = missing.filter { before[$0] != nil || vanished.contains($0) }
        // What was found by comparing holds for as long as the file is the same, as far as its length shows.
        differing = differing.filter { copies[$0.key] != nil && copies[$0.key]?.bytes == before[$0.key]?.bytes }
        for entry in plan.differing {
            guard case .differs(let there) = entry.state else { continue }
            differing[entry.name.text] = "it has \(there) bytes, the original \(entry.bytes)"
        }
        lookedAt = now
    }

    /// Takes a copy that was made.
    package mutating func took(_ copy: MadeCopy) {
        copies[copy.name] = Copy(
            bytes: copy.bytes, checked: copy.checked, lockedUntil: copy.lock?.until, isLockKnown: true)
        missing.remove(copy.name)
        vanished.remove(copy.name)
        differing[copy.name] = nil
    }

    /// Takes away a copy that was deleted.
    package mutating func lost(_ name: String) {
        copies[name] = nil
        differing[name] = nil
    }

    /// Takes what went wrong; since when stays while it is the same kind of trouble.
    package mutating func failed(_ error: PGKeepError, isOfLock: Bool, at now: Date) {
        trouble = Trouble(
            message: error.description, hint: error.hint, isOfLock: isOfLock, since: trouble?.since ?? now)
    }
}
