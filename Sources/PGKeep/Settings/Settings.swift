public import Foundation
public import PGKeepModel

/// Everything that can be set, checked, and where it was set.
public struct Settings: Sendable {
    /// What reaches the database; nil if it was not set. What it leaves open libpq's own variables tell.
    public var databaseURL: Secret?
    /// Where the archives lie.
    public var backupDirectory: String
    /// How long the backups of each tier are kept.
    public var retention: RetentionPolicy
    /// How archives are compressed.
    public var compression: Compression
    /// Whom archives are sealed for; none: they are not sealed.
    public var encryptionRecipients: [Recipient]
    /// The files with the private keys that open sealed archives.
    public var encryptionKeyFiles: [String]
    /// Where copies of the archives go.
    public var vaults: [VaultAddress]
    /// How copies in buckets are locked; nil: not at all.
    public var lock: LockMode?
    /// For how many days copies of backups taken by hand are locked.
    public var lockManualDays: Int
    /// The app's name; nil: that of the database.
    public var appName: String?
    /// Where the journal and the locks lie.
    public var stateDirectory: String
    /// How many connections and threads may be used.
    public var jobs: Int
    /// When the backups of each tier are taken.
    public var schedules: Schedules
    /// How often a scheduled backup that failed is tried again.
    public var retries: Int
    /// Which databases are kept.
    public var databases: DatabaseSelection
    /// The zone of schedules and of times shown to people.
    public var timeZone: TimeZone
    /// For how many days a replaced database is kept aside.
    public var keepAsideDays: Int
    /// How long to wait for locks on tables.
    public var lockTimeout: Duration
    /// Where to look first for PostgreSQL's tools.
    public var pgBinDirectory: String?
    /// How old the newest good backup may become.
    public var rpo: Duration
    /// How long a backup may take before it counts as slow.
    public var maxDuration: Duration
    /// How many days before the vault is full that is told; 0: never.
    public var diskLowDays: Int
    /// Where alerts go.
    public var alerts: [AlertChannel]
    /// What webhooks are signed with.
    public var alertSecret: Secret?
    /// How often an alert is told again while it holds.
    public var alertRepeat: Duration
    /// How long one delivery of an alert may take.
    public var alertTimeout: Duration

    /// Where a keeper answers HTTP; nil: nowhere.
    public var listen: ListenAddress?
    /// How long a run that is under way may take to end when a keeper is told to stop.
    public var stopTimeout: Duration
    /// How long a backup may stand still before it is given up.
    public var stallTimeout: Duration

    /// Which checklists a keeper goes through.
    public var checklists: Set<ChecklistPeriod>
    /// Where it writes their reports; nil: beside the journal.
    public var reportDirectory: String?
    /// Where scratch servers of drills are made; nil: the machine's temporary folder.
    public var drillDirectory: String?
    /// When backups are drilled; nil: never by themselves.
    public var drillSchedule: CronExpression?
    /// Files with the user's own questions to a restored database, as patterns.
    public var drillChecks: [String]
    /// How long one of those may take.
    public var drillCheckTimeout: Duration
    /// How long a drill may take.
    public var drillTimeout: Duration
    /// How much a scratch server may take on the disk; nil: as much as there is room.
    public var drillMaxSize: ByteCount?
    /// The file with the private key that proofs are signed with.
    public var signingKeyFile: String?
    /// How long a restore may take; nil: nobody set an objective.
    public var rto: Duration?

    /// Every setting with its value and its source, in the documentation's order, secrets redacted.
    public internal(set) var resolved: [ResolvedSetting] = []
    /// What looks like a mistake and changes nothing: variables that are no settings.
    public internal(set) var warnings: [String] = []

    /// The defaults around a database and a folder, for a program that needs no files and no environment.
    public init(databaseURL: Secret?, backupDirectory: String = "./backups") {
        self.databaseURL = databaseURL
        self.backupDirectory = backupDirectory
        retention = .standard
        compression = .standard
        encryptionRecipients = []
        encryptionKeyFiles = []
        vaults = []
        lock = nil
        lockManualDays = 30
        appName = nil
        stateDirectory = Settings.stateDirectory(in: backupDirectory)
        schedules = .standard
        retries = 3
        databases = .one
        jobs = min(256, max(1, ProcessInfo.processInfo.activeProcessorCount))
        timeZone = .current
        keepAsideDays = 7
        lockTimeout = .seconds(10)
        pgBinDirectory = nil
        rpo = .seconds(26 * 3600)
        maxDuration = .seconds(600)
        diskLowDays = 7
        alerts = []
        alertSecret = nil
        alertRepeat = .seconds(86_400)
        alertTimeout = .seconds(30)
        listen = .standard
        stopTimeout = .seconds(120)
        stallTimeout = .seconds(900)
        checklists = Set(ChecklistPeriod.allCases)
        drillDirectory = nil
        drillSchedule = Settings.standardDrillSchedule
        drillChecks = []
        drillCheckTimeout = .seconds(300)
        drillTimeout = .seconds(12 * 3600)
        drillMaxSize = nil
        signingKeyFile = nil
        rto = nil
    }

    /// The connection string, or an error that tells how to set it, or that one of several databases must be chosen.
    public func requireDatabaseURL() throws -> Secret {
        try refuseSeveral()
        return try requireServerURL()
    }

    /// The connection string, whichever of the server's databases it names.
    func requireServerURL() throws -> Secret {
        if let databaseURL { return databaseURL }
        throw PGKeepError(
            .settings, "DATABASE_URL is not set",
            hint: "export DATABASE_URL=postgresql://user:password@localhost:5432/mydb")
    }

    /// Waiting for a lock is no standstill, however long it was allowed to take.
    var longestStandstill: Duration { max(stallTimeout, lockTimeout * 2) }

    /// Archives of a folder that was moved take their journal with them.
    static func stateDirectory(in backupDirectory: String) -> String {
        backupDirectory.hasSuffix("/") ? backupDirectory + ".pgkeep" : backupDirectory + "/.pgkeep"
    }
}
