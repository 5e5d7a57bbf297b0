public import struct Foundation.Date

/// Something that is not as it should be, for as long as it holds: what watching finds and alerts tell.
public struct Condition: Sendable, Hashable {
    /// What is wrong; the words of webhooks, metrics and the journal.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The last run of a tier failed, its retries included.
        case backupFailed
        /// A run took longer than `BACKUP_MAX_DURATION`.
        case backupSlow
        /// A backup differs from its app's own history.
        case backupAbnormal
        /// The newest good backup is older than `BACKUP_RPO`, or there is none.
        case backupOverdue
        /// The next backup comes too late for `BACKUP_RPO`, which is about to be missed.
        case rpoAtRisk
        /// The vault is full, or will be before long.
        case diskLow
        /// A copy is not where it should be.
        case copyMissing
        /// Copies can't be made, or their vault can't be looked at.
        case copyFailed
        /// A copy is not locked as it should be.
        case lockMissing
        /// An archive was found damaged.
        case verifyFailed
        /// A drill failed, or could not be held.
        case drillFailed
        /// A restore takes longer than `BACKUP_RTO`, or soon will.
        case restoreSlow
        /// Something on the last checklist was not as it should be.
        case checklistFailed
        /// A tool of PostgreSQL's in use has a known hole.
        case toolHole
        /// Several keepers of one app can't exclude each other, or are set differently.
        case keepersApart
        /// The databases to keep can't be listed, or one of them is gone.
        case databaseMissing
        /// The vault, or the journal beside it, can't be looked at.
        case vaultUnreadable
    }

    /// What is wrong.
    public var kind: Kind
    /// Whose backups it is about; nil for the machine as a whole.
    public var app: String?
    /// What it is about within the app, if one kind can hold for several: a tier, an archive, a vault.
    public var subject: String?
    /// One sentence with names and numbers, in lower case and without a full stop.
    public var message: String
    /// A command to paste.
    public var hint: String?
    /// Since when it holds, as far as that is known.
    public var since: Date

    /// States that something is wrong.
    public init(
        _ kind: Kind, app: String?, subject: String? = nil, message: String, hint: String? = nil, since: Date
    ) {
        self.kind = kind
        self.app = app
        self.subject = subject
        self.message = message
        self.hint = hint
        self.since = since
    }

    /// What stays the same while it holds, whatever its numbers say.
    public struct Identity: Sendable, Hashable {
        /// What is wrong.
        public var kind: Kind
        /// Whose backups.
        public var app: String?
        /// What within the app.
        public var subject: String?
    }

    /// What makes it the same condition as one found earlier.
    public var identity: Identity { Identity(kind: kind, app: app, subject: subject) }
}
