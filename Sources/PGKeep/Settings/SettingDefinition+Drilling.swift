extension SettingDefinition {
    /// Those of drills and proofs.
    static let drilling: [SettingDefinition] = [
        drillSchedule, drillDirectory, drillMaxSize, drillTimeout, drillChecks, drillCheckTimeout, signingKeyFile,
    ]

    static let drillSchedule = SettingDefinition(
        "BACKUP_DRILL_SCHEDULE", key: "backup.drill.schedule", type: "cron expression", default: "0 6 * * 0",
        range: "five cron fields (minute, hour, day of month, month, day of week), @weekly and its like, or off",
        "When a keeper drills a backup, the newest of one tier after the other, in BACKUP_TIMEZONE.")
    static let drillDirectory = SettingDefinition(
        "BACKUP_DRILL_DIR", key: "backup.drill.dir", type: "path", default: "TMPDIR, else /var/tmp",
        range: "a folder with room for the whole database, at most 70 bytes long",
        "Where the throw-away servers of drills live while they do.")
    static let drillMaxSize = SettingDefinition(
        "BACKUP_DRILL_MAX_SIZE", key: "backup.drill.maxSize", type: "size", default: "what is free",
        range: "a number with K, M, G or T, or of bytes",
        "How much a throw-away server may take on the disk before the drill is given up.")
    static let drillTimeout = SettingDefinition(
        "BACKUP_DRILL_TIMEOUT", key: "backup.drill.timeout", type: "duration", default: "12h", range: "1s to 365d",
        "How long a drill may take before it is given up.")
    static let drillChecks = SettingDefinition(
        "BACKUP_DRILL_CHECKS", key: "backup.drill.checks", type: "paths", default: "none",
        range: "files or patterns such as /etc/pgkeep/checks/*.sql; several separated by commas",
        "Questions to the restored database, a query a file, that must return true or no rows for a drill to succeed.")
    static let drillCheckTimeout = SettingDefinition(
        "BACKUP_DRILL_CHECK_TIMEOUT", key: "backup.drill.checkTimeout", type: "duration", default: "5m",
        range: "1s to 24h", "How long one check of a drill may take before it counts as failed.")
    static let signingKeyFile = SettingDefinition(
        "BACKUP_SIGNING_KEY_FILE", key: "backup.signing.keyFile", type: "path", default: "none",
        range: "a file that pgkeep keygen --signing wrote",
        "The private key that proofs are signed with; without it they are not signed.")
}
