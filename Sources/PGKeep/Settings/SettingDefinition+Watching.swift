extension SettingDefinition {
    /// From when on something counts as not as it should be.
    static let watching = [rpo, rto, maxDuration, diskLowDays]

    static let rpo = SettingDefinition(
        "BACKUP_RPO", key: "backup.rpo", type: "duration", default: "26h",
        range: "1m to 3650d; a number with s, m, h or d, or of seconds",
        "How old the newest good backup may become before the database counts as no longer protected.")
    static let rto = SettingDefinition(
        "BACKUP_RTO", key: "backup.rto", type: "duration", default: "none",
        range: "1s to 365d; a number with s, m, h or d, or of seconds",
        "How long a restore may take: drills measure it, and it counts as a problem when it does or will take longer.")
    static let maxDuration = SettingDefinition(
        "BACKUP_MAX_DURATION", key: "backup.maxDuration", type: "duration", default: "10m",
        range: "1s to 365d; a number with s, m, h or d, or of seconds",
        "How long a backup may take before it counts as slow.")
    static let diskLowDays = SettingDefinition(
        "BACKUP_DISK_LOW_DAYS", key: "backup.diskLowDays", type: "days", default: "7", range: "0 to 365",
        "How many days before the backup folder is full, at its present growth, that counts as a problem; 0: never.")
}
