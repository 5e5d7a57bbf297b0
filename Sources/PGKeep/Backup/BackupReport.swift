/// What a backup came to.
public struct BackupReport: Sendable, Encodable {
    /// The archive's facts.
    public var backup: Backup
    /// From the first step until the archive was complete.
    public var durationSeconds: Double
    /// What a person should look at.
    public var warnings: [String]
    /// In what it differs from the backups before.
    public var anomalies: [Anomaly]
    /// What retention did afterwards.
    public var cleanup: CleanupReport
    /// What became of its copies, and of those that others lacked; nil if nobody wants copies, or they are made later.
    public var copies: SyncReport?

    private enum CodingKeys: String, CodingKey { case durationSeconds, warnings, anomalies, cleanup, copies }

    /// The archive's facts and what was done, in one object.
    public func encode(to encoder: any Encoder) throws {
        try backup.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(durationSeconds, forKey: .durationSeconds)
        try container.encode(warnings, forKey: .warnings)
        try container.encode(anomalies, forKey: .anomalies)
        try container.encode(cleanup, forKey: .cleanup)
        try container.encodeIfPresent(copies?.vaults, forKey: .copies)
    }
}
