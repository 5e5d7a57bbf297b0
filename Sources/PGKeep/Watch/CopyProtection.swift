public import Foundation
import PGKeepModel

/// How an app's copies stand in one vault, as it was seen last.
public struct CopyProtection: Sendable {
    /// Its address.
    public var vault: String
    /// When somebody looked; nil if nobody could yet.
    public var lookedAt: Date?
    /// How many of the app's archives lie there.
    public var copies = 0
    /// How many of them nobody can delete yet.
    public var locked = 0
    /// Archives that should have a copy there and have none.
    public var missing: [String] = []
    /// Those of the missing ones that somebody should have noticed by now.
    public var overdue: [String] = []
    /// Those of the missing ones whose copies had been there.
    public var vanished: [String] = []
    /// Copies that are not what they should be.
    public var differing: [FlaggedBackup] = []
    /// The newest copy, if it is not locked for as long as it should be.
    public var unlocked: String?
    /// What stood in the way the last time.
    public var trouble: Trouble?

    /// What stood in the way.
    public struct Trouble: Sendable, Hashable {
        /// In words.
        public var reason: String
        /// What to do.
        public var hint: String?
        /// Whether it was a lock that could not be had.
        public var isOfLock: Bool
        /// Since when.
        public var since: Date
    }

    /// A copy is made within the hour, if nothing stands in the way.
    private static let patience: TimeInterval = 3600

    init(
        _ sight: VaultSight, at address: VaultAddress, _ wishes: CopyWishes, _ archives: [VaultDigest.Archive],
        now: Date
    ) {
        vault = sight.vault
        lookedAt = sight.lookedAt
        copies = sight.copies.count
        locked = sight.copies.values.count { $0.lockedUntil ?? .distantPast > now }
        let lookedAt = sight.lookedAt ?? .distantPast
        // What the folder no longer has needs no copy; what is newer than the last look has none as far as is known.
        let lacking = archives.filter { archive in
            let name = archive.name.text
            return sight.missing.contains(name)
                || (archive.name.createdAt > lookedAt && sight.copies[name] == nil
                    && !Catalogue.isOfFuture(archive.name.createdAt, now: now))
        }
        missing = lacking.map(\.name.text)
        overdue = lacking.filter { now.timeIntervalSince($0.name.createdAt) > CopyProtection.patience }.map(\.name.text)
        vanished = missing.filter(sight.vanished.contains)
        differing = sight.differing.sorted { $0.key > $1.key }.map {
            FlaggedBackup(name: $0.key, reason: $0.value, since: lookedAt)
        }
        trouble = sight.trouble.map {
            Trouble(reason: $0.message, hint: $0.hint, isOfLock: $0.isOfLock, since: $0.since)
        }
        let newest = archives.first { sight.copies[$0.name.text] != nil }
        if let newest, let copy = sight.copies[newest.name.text], copy.isLockKnown,
            let wanted = wishes.locking(for: newest.name, at: address, now: now).lock,
            // Stores keep whole seconds.
            copy.lockedUntil ?? .distantPast < wanted.until.addingTimeInterval(-1)
        {
            unlocked = newest.name.text
        }
    }
}

extension CopyProtection: Encodable {
    private enum CodingKeys: String, CodingKey {
        case vault, lookedAt, copies, locked, missing, vanished, differing, unlocked, problem, hint
    }

    /// One object; times are ISO 8601 in UTC, whatever the encoder's own way with dates.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(vault, forKey: .vault)
        try container.encodeIfPresent(lookedAt?.iso8601, forKey: .lookedAt)
        try container.encode(copies, forKey: .copies)
        try container.encode(locked, forKey: .locked)
        try container.encode(missing, forKey: .missing)
        try container.encode(vanished, forKey: .vanished)
        try container.encode(differing, forKey: .differing)
        try container.encodeIfPresent(unlocked, forKey: .unlocked)
        try container.encodeIfPresent(trouble?.reason, forKey: .problem)
        try container.encodeIfPresent(trouble?.hint, forKey: .hint)
    }
}
