extension SettingDefinition {
    /// Those of sealed archives.
    static let sealing: [SettingDefinition] = [encryptionRecipients, encryptionKeyFile]

    static let encryptionRecipients = SettingDefinition(
        "BACKUP_ENCRYPTION_RECIPIENTS", key: "backup.encryption.recipients", type: "public keys", default: "none",
        range: "what pgkeep keygen prints, pgkeep1…; several separated by commas",
        "Whom archives are sealed for: each of these keys opens them, and nothing else does.")
    static let encryptionKeyFile = SettingDefinition(
        "BACKUP_ENCRYPTION_KEY_FILE", key: "backup.encryption.keyFile", type: "paths", default: "none",
        range: "files that pgkeep keygen wrote; several separated by commas",
        "The private keys that open sealed archives; the machine that takes backups needs none.")
}
