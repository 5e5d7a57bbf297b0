public import Foundation
public import PGKeepModel

/// How well protected everything is at one moment: what alerts, health checks, metrics and `pgkeep status` tell.
public struct ProtectionFacts: Sendable {
    /// When it was looked at.
    public var at: Date
    /// Each app that is watched.
    public var apps: [AppProtection]
    /// Where the archives lie.
    public var vault: VaultProtection
    /// What is not as it should be.
    public var conditions: [Condition] = []

    /// Whether every app has a good backup that is young enough. What is merely wrong is in `conditions`.
    public var isHealthy: Bool { apps.allSatisfy(\.isFresh) }

    /// For each app that is no longer protected, why.
    public var reasons: [String] {
        conditions.filter { $0.kind == .backupOverdue }.map { "\($0.app ?? ""): \($0.message)" }
    }
}

extension ProtectionFacts {
    /// Those of several vaults together; of all but the first, name and figures stand in their apps' conditions only.
    init?(joining all: [ProtectionFacts]) {
        guard let first = all.first else { return nil }
        self = first
        for other in all.dropFirst() {
            apps += other.apps
            conditions += other.conditions
        }
    }
}

/// How well protected one app is.
public struct AppProtection: Sendable {
    /// Whose backups, as in their file names.
    public var app: String
    /// The newest good backup of any tier; suspect and damaged ones are none.
    public var lastGood: BackupBrief?
    /// How much would be lost now, in seconds; nil: everything.
    public var ageSeconds: Double?
    /// How much may be.
    public var rpoSeconds: Double
    /// Each tier that has backups or is scheduled.
    public var tiers: [TierProtection] = []
    /// The archive that this machine verified last and found good.
    public var lastVerified: VerifiedBackup?
    /// The newest backup that a drill restored and found equal, and when that was.
    public var lastProven: VerifiedBackup?
    /// The last drill of each tier that failed or could not be held.
    public var failedDrills: [FailedDrill] = []
    /// How long a restore takes; nil while no drill was held.
    public var restore: RestoreOutlook?
    /// What is done with the app's backups at the moment.
    public var running: RunningRun?
    /// What is done with its copies at the moment.
    public var copying: RunningRun?
    /// How many copies there are of the newest good backup; nil if there is none, or it isn't known.
    public var redundancy: Redundancy?
    /// How the copies stand in each vault of `BACKUP_VAULTS`.
    public var vaults: [CopyProtection] = []
    /// How many there are, good or not.
    public var backups = 0
    /// What they take, in bytes.
    public var bytes: Int64 = 0
    /// Those that nothing older is deleted for until they are accepted.
    public var suspects: [FlaggedBackup] = []
    /// Those that can't be restored whole, as far as that is known.
    public var damaged: [FlaggedBackup] = []
    /// The last backup, if it differs from those before.
    public var abnormal: FlaggedBackup?
    /// The last backup, if the pg_dump that took it has a known hole.
    public var toolHole: FlaggedBackup?
    /// The last checklist, if something failed on it.
    public var failedChecklist: FailedChecklist?
    /// What somebody should know and nobody needs to be woken for.
    public var warnings: [String] = []

    /// Whether the newest good backup is young enough.
    public var isFresh: Bool { ageSeconds.map { $0 <= rpoSeconds } ?? false }
}

/// How well protected one app is by one tier.
public struct TierProtection: Sendable {
    /// Which one.
    public var tier: Tier
    /// How many there are, good or not.
    public var backups: Int
    /// Its newest good backup.
    public var lastGood: BackupBrief?
    /// How many rows the last backup taken here had; nil if none was taken here.
    public var lastRows: Int64?
    /// How long the last backup taken here took; nil if none was taken here.
    public var lastDurationSeconds: Double?
    /// Runs that failed since the last good one.
    public var failuresInARow: Int
    /// When the first of those failed.
    public var failingSince: Date?
    /// What the last of those said.
    public var lastError: String?
    /// When it runs next; nil if nobody schedules it.
    public var nextRun: Date?
}

/// A backup, in short.
public struct BackupBrief: Sendable, Hashable {
    /// The archive's file name.
    public var name: String
    /// The series it belongs to.
    public var tier: Tier
    /// When its snapshot was taken.
    public var createdAt: Date
    /// Its size as stored.
    public var bytes: Int64
}

/// An archive that was read whole and found good.
public struct VerifiedBackup: Sendable, Hashable {
    /// Its file name.
    public var name: String
    /// When that was.
    public var at: Date
}

/// A checklist with something on it that was not as it should be.
public struct FailedChecklist: Sendable, Hashable {
    /// Which list.
    public var period: ChecklistPeriod
    /// When it was gone through.
    public var at: Date
    /// What failed on it.
    public var items: [String]
}

/// A drill that did not prove its backup.
public struct FailedDrill: Sendable, Hashable {
    /// The archive's file name.
    public var name: String
    /// The series it belongs to.
    public var tier: Tier
    /// When it was held.
    public var at: Date
    /// Whether it says something against the archive; else the machine or the server kept it from being held.
    public var isOfArchive: Bool
    /// Why.
    public var reason: String
    /// What to do about it.
    public var hint: String?
}

/// An archive that something is to be said of.
public struct FlaggedBackup: Sendable, Hashable {
    /// Its file name.
    public var name: String
    /// What.
    public var reason: String
    /// Since when that is known.
    public var since: Date
}

/// The place where archives lie.
public struct VaultProtection: Sendable, Encodable {
    /// What messages call it.
    public var name: String
    /// How many archives are in it, those of apps that are not watched included.
    public var backups: Int
    /// What they take, in bytes.
    public var bytes: Int64
    /// What is left on its disk; nil where that can't be told.
    public var freeBytes: Int64?
    /// What it will grow by each day, over the next thirty, after what retention deletes.
    public var growthBytesPerDay: Int64
    /// When it will be full if that goes on; nil: not within a year.
    public var daysUntilFull: Int?
    /// What the next backup of every app takes together.
    public var nextRoundBytes: Int64
}
