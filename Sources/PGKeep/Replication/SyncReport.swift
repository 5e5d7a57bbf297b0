import Foundation

/// How an app's copies stand in every vault, and what was done about it.
public struct SyncReport: Sendable, Encodable {
    /// Whose backups.
    public var app: String
    /// Whether it was only looked at.
    public var dryRun: Bool
    /// Each vault of `BACKUP_VAULTS`.
    public var vaults: [VaultSyncReport]

    /// Whether something is not as it should be: missing, different, not done.
    public var needsAttention: Bool { vaults.contains(where: \.needsAttention) }
    /// Whether something went wrong that trying again may set right.
    public var isToBeTriedAgain: Bool { vaults.contains(where: \.isToBeTriedAgain) }
}

/// How an app's copies stand in one vault.
public struct VaultSyncReport: Sendable {
    /// A copy that was made.
    public struct Made: Sendable, Hashable, Encodable {
        /// The archive's file name.
        public var name: String
        /// Its size.
        public var bytes: Int64
        /// How it was compared with its original: `MD5`, `18 samples`.
        public var checked: String
        /// Until when nobody can delete it; nil if it is not locked.
        public var lockedUntil: String?
        /// Whether it took the place of one that was not what it should be.
        public var replaced: Bool
        /// How long it took.
        public var durationSeconds: Double
    }

    /// An archive that something is to be said of.
    public struct Remark: Sendable, Hashable, Encodable {
        /// The archive's file name.
        public var name: String
        /// What.
        public var reason: String
        /// What to do about it.
        public var hint: String?
    }

    /// Its address.
    public var vault: String
    /// How many of the app's archives lie there.
    public var copies = 0
    /// Archives that have no copy there and should have one; in a dry run, what would be made.
    public var missing: [String] = []
    /// Copies that were made.
    public var made: [Made] = []
    /// Copies that are not what they should be, and stay.
    public var differing: [Remark] = []
    /// Copies that could not be made.
    public var failed: [Remark] = []
    /// Marks that were set or taken there to be as they are here.
    public var marks = 0
    /// What retention deleted there.
    public var deleted: [CleanupReport.Entry] = []
    /// What retention leaves, since a lock holds it.
    public var locked: [CleanupReport.Entry] = []
    /// What retention could not delete.
    public var undeleted: [CleanupReport.Entry] = []
    /// Why nothing more could be done there.
    public var problem: String?
    /// What to do about that.
    public var hint: String?

    init(vault: String) { self.vault = vault }

    /// Whether something is not as it should be.
    public var needsAttention: Bool { isToBeTriedAgain || !differing.isEmpty || !undeleted.isEmpty }
    /// Whether trying again may set it right.
    public var isToBeTriedAgain: Bool { problem != nil || !missing.isEmpty || !failed.isEmpty }
}

extension VaultSyncReport: Encodable {
    private enum CodingKeys: String, CodingKey {
        case vault, copies, missing, made, differing, failed, marks, deleted, locked, undeleted, problem, hint
    }

    /// One object; what retention did stands in it only if it did something.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(vault, forKey: .vault)
        try container.encode(copies, forKey: .copies)
        try container.encode(missing, forKey: .missing)
        try container.encode(made, forKey: .made)
        try container.encode(differing, forKey: .differing)
        try container.encode(failed, forKey: .failed)
        try container.encode(marks, forKey: .marks)
        if !deleted.isEmpty { try container.encode(deleted, forKey: .deleted) }
        if !locked.isEmpty { try container.encode(locked, forKey: .locked) }
        if !undeleted.isEmpty { try container.encode(undeleted, forKey: .undeleted) }
        try container.encodeIfPresent(problem, forKey: .problem)
        try container.encodeIfPresent(hint, forKey: .hint)
    }
}
