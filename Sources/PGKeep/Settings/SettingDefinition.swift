/// What there is to know of one setting before it is set: its names, its type, its default, and a sentence.
public struct SettingDefinition: Sendable, Equatable {
    /// The key of the YAML file, its parts separated by dots.
    public let key: String
    /// The variable's name, in the environment and in `.env`.
    public let environmentName: String
    /// The option that sets it on the command line; nil where there is none.
    public let flag: String?
    /// What kind of value it takes, for people.
    public let type: String
    /// What holds when nobody sets it, for people.
    public let defaultText: String
    /// What values are allowed, for people.
    public let range: String
    /// The value, or a part of it, is never shown.
    public let isSecret: Bool
    /// One sentence on what it does.
    public let summary: String

    init(
        _ environmentName: String, key: String, flag: String? = nil, type: String, default defaultText: String,
        range: String, isSecret: Bool = false, _ summary: String
    ) {
        self.key = key
        self.environmentName = environmentName
        self.flag = flag
        self.type = type
        self.defaultText = defaultText
        self.range = range
        self.isSecret = isSecret
        self.summary = summary
    }
}

extension SettingDefinition {
    /// Every setting, in the order in which the documentation tells them.
    public static let all: [SettingDefinition] =
        [
            databaseURL, directory, appName, compression, retentionDays, retentionWeeklyDays, retentionMonthlyDays,
            keepAsideDays, dailySchedule, weeklySchedule, monthlySchedule, retries, databases, jobs, lockTimeout,
            timeZone, stateDirectory, pgBinDirectory, configFile,
        ] + sealing + copying + drilling + watching + alerting + keeping + checklists

    /// Those of alerts.
    static let alerting: [SettingDefinition] = [alerts, alertSecret, alertRepeat, alertTimeout]

    static let databaseURL = SettingDefinition(
        "DATABASE_URL", key: "database.url", flag: "--database-url", type: "connection string", default: "none",
        range: "what libpq takes: a postgresql:// URI, keyword=value pairs, or service=NAME", isSecret: true,
        "The database to back up and to restore, with everything needed to reach it; passwords may stay in .pgpass.")
    static let directory = SettingDefinition(
        "BACKUP_DIR", key: "backup.dir", flag: "--backup-dir", type: "path", default: "./backups",
        range: "a folder; it is made if missing",
        "The folder that holds the archives, readable by its owner only.")
    static let appName = SettingDefinition(
        "BACKUP_APP_NAME", key: "backup.appName", flag: "--app", type: "text", default: "the database's name",
        range: "at most 191 bytes with all but letters, digits, _, - and . percent-encoded",
        "The name under which this database's backups are filed, the first part of their file names.")
    static let compression = SettingDefinition(
        "BACKUP_COMPRESSION", key: "backup.compression", flag: "--compression", type: "compression",
        default: "true (gzip:1)", range: "true, false, none, gzip, gzip:1 to gzip:12, zstd, zstd:1 to zstd:19",
        "How archives are compressed: true is gzip at its fastest, false is plain SQL.")
    static let retentionDays = SettingDefinition(
        "BACKUP_RETENTION_DAYS", key: "backup.retention.days", type: "days", default: "30", range: "1 to 36500",
        "How long a daily backup is kept.")
    static let retentionWeeklyDays = SettingDefinition(
        "BACKUP_RETENTION_WEEKLY_DAYS", key: "backup.retention.weeklyDays", type: "days", default: "84",
        range: "1 to 36500", "How long a weekly backup is kept.")
    static let retentionMonthlyDays = SettingDefinition(
        "BACKUP_RETENTION_MONTHLY_DAYS", key: "backup.retention.monthlyDays", type: "days", default: "365",
        range: "1 to 36500", "How long a monthly backup is kept.")
    static let keepAsideDays = SettingDefinition(
        "BACKUP_KEEP_ASIDE_DAYS", key: "backup.keepAsideDays", type: "days", default: "7", range: "0 to 36500",
        "How long the database that a restore replaced is kept aside, so that the restore can be undone.")
    private static let scheduleRange =
        "five cron fields (minute, hour, day of month, month, day of week), @daily and its like, or off"
    static let dailySchedule = SettingDefinition(
        "BACKUP_DAILY_SCHEDULE", key: "backup.dailySchedule", type: "cron expression", default: "0 2 * * *",
        range: scheduleRange, "When daily backups are taken, in BACKUP_TIMEZONE.")
    static let weeklySchedule = SettingDefinition(
        "BACKUP_WEEKLY_SCHEDULE", key: "backup.weeklySchedule", type: "cron expression", default: "0 3 * * 0",
        range: scheduleRange, "When weekly backups are taken, in BACKUP_TIMEZONE.")
    static let monthlySchedule = SettingDefinition(
        "BACKUP_MONTHLY_SCHEDULE", key: "backup.monthlySchedule", type: "cron expression", default: "0 4 1 * *",
        range: scheduleRange, "When monthly backups are taken, in BACKUP_TIMEZONE.")
    static let retries = SettingDefinition(
        "BACKUP_RETRIES", key: "backup.retries", type: "count", default: "3", range: "0 to 20",
        "How often a scheduled backup that failed is tried again, after pauses of 1, 5, 15, 30 and then 60 minutes.")
    static let databases = SettingDefinition(
        "BACKUP_DATABASES", key: "backup.databases", type: "names", default: "the one of DATABASE_URL",
        range: "* for every one, or names separated by commas",
        "The databases of DATABASE_URL's server to keep, each under its own name.")

    static let jobs = SettingDefinition(
        "BACKUP_JOBS", key: "backup.jobs", flag: "--jobs", type: "count", default: "the machine's cores",
        range: "1 to 256", "How many connections and threads a backup, a restore or a verification may use.")
    static let lockTimeout = SettingDefinition(
        "BACKUP_LOCK_TIMEOUT", key: "backup.lockTimeout", type: "seconds", default: "10", range: "1 to 3600",
        "How long a backup waits for its locks on the tables before it tries again from the start.")
    static let timeZone = SettingDefinition(
        "BACKUP_TIMEZONE", key: "backup.timezone", type: "time zone", default: "the system's",
        range: "a name of the IANA database, such as Europe/Berlin or UTC",
        "The zone in which schedules run and times are shown; file names are always in UTC.")
    static let stateDirectory = SettingDefinition(
        "BACKUP_STATE_DIR", key: "backup.stateDir", type: "path", default: "BACKUP_DIR/.pgkeep",
        range: "a folder; it is made if missing", "The folder for this machine's journal and locks.")
    static let pgBinDirectory = SettingDefinition(
        "PGKEEP_PG_BINDIR", key: "pgkeep.pgBindir", type: "path", default: "none", range: "a folder",
        "Where to look first for pg_dump (and initdb, for drills and the demo), before PATH and the places of the distributions."
    )
    static let configFile = SettingDefinition(
        "BACKUP_CONFIG_FILE", key: "backup.configFile", flag: "--config", type: "path",
        default: "./pgkeep.yaml if there is one", range: "a YAML file",
        "The file that holds settings by their YAML keys; it can't be named in that file itself.")

    static let alerts = SettingDefinition(
        "BACKUP_ALERTS", key: "backup.alerts", type: "addresses", default: "none",
        range:
            "https://… (webhook), healthchecks+https://… (pings), and addresses of apprise; between them spaces or commas",
        isSecret: true, "Where to tell that something is wrong, and that it is well again.")
    static let alertSecret = SettingDefinition(
        "BACKUP_ALERT_SECRET", key: "backup.alertSecret", type: "text", default: "none", range: "any", isSecret: true,
        "The key that webhooks are signed with, by HMAC-SHA256.")
    static let alertRepeat = SettingDefinition(
        "BACKUP_ALERT_REPEAT", key: "backup.alertRepeat", type: "duration", default: "24h", range: "1m to 365d",
        "How often an alert is told again while it holds.")
    static let alertTimeout = SettingDefinition(
        "BACKUP_ALERT_TIMEOUT", key: "backup.alertTimeout", type: "duration", default: "30s", range: "1s to 10m",
        "How long one delivery of an alert may take before it counts as failed and is tried again later.")
}
