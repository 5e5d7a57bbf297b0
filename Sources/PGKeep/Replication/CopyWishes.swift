import Foundation
public import PGKeepModel

/// What an app's settings want of its copies.
public struct CopyWishes: Sendable, Hashable {
    /// Where they go.
    public var vaults: [VaultAddress] = []
    /// How they are locked there; nil: not at all.
    public var lock: LockMode?
    /// How long each tier is kept, and so locked.
    public var retention = RetentionPolicy.standard
    /// For how many days those of backups taken by hand are locked.
    public var manualDays = 30

    /// None at all.
    public init() {}

    func locking(for name: ArchiveName, at address: VaultAddress, now: Date) -> CopyLocking {
        CopyLocking(
            for: name, at: address, mode: lock, retention: retention, manualDays: manualDays, now: now)
    }
}

extension Settings {
    var copyWishes: CopyWishes {
        var wishes = CopyWishes()
        wishes.vaults = vaults
        wishes.lock = lock
        wishes.retention = retention
        wishes.manualDays = lockManualDays
        return wishes
    }
}
