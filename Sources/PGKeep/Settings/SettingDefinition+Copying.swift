import PGKeepModel

extension SettingDefinition {
    /// Those of copies.
    static let copying: [SettingDefinition] = [vaults, lock, lockManualDays]

    static let vaults = SettingDefinition(
        "BACKUP_VAULTS", key: "backup.vaults", type: "addresses", default: "none",
        range: "\(VaultAddress.kinds); between them commas or spaces",
        "Where a copy of each archive goes, beside BACKUP_DIR; credentials come from the environment.")
    static let lock = SettingDefinition(
        "BACKUP_LOCK", key: "backup.lock", type: "word", default: "none", range: "compliance or governance",
        "Locks each copy in an S3 bucket for as long as its tier keeps it, so that nobody can delete it before.")
    static let lockManualDays = SettingDefinition(
        "BACKUP_LOCK_MANUAL_DAYS", key: "backup.lockManualDays", type: "days", default: "30", range: "1 to 36500",
        "For how long BACKUP_LOCK locks the copies of backups that were taken by hand.")
}
