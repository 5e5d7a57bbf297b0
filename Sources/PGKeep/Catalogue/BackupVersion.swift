public import Foundation
public import PGKeepModel
import PGKeepVaults

/// One of the versions that a bucket keeps of an archive.
public struct BackupVersion: Sendable, Hashable {
    /// The archive's file name.
    public var name: String
    /// What tells it from the other versions of its name.
    public var version: String
    /// What a restore is given: the vault, the name and the version.
    public var path: String
    /// Whose it is, as in the file name.
    public var app: String
    /// The series it belongs to.
    public var tier: Tier
    /// When its snapshot was taken, as its name tells.
    public var createdAt: Date
    /// When the bucket got it, as the bucket tells.
    public var storedAt: Date
    /// Its size as it is stored.
    public var bytes: Int64
    /// Whether it is what its name gives now; others were overwritten, or their name was deleted.
    public var isCurrent: Bool

    init(_ name: ArchiveName, _ version: VaultVersion, in vault: any Vault) {
        self.name = name.text
        self.version = version.id
        path = vault.path(of: "\(name)@\(version.id)")
        app = name.app.text
        tier = name.tier
        createdAt = name.createdAt
        storedAt = version.modifiedAt
        bytes = version.bytes
        isCurrent = version.isCurrent
    }
}

extension BackupVersion: Encodable {
    private enum CodingKeys: String, CodingKey {
        case name, version, path, app, tier, createdAt, storedAt, bytes, isCurrent
    }

    /// Times are ISO 8601 in UTC, whatever the encoder's own way with dates.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(version, forKey: .version)
        try container.encode(path, forKey: .path)
        try container.encode(app, forKey: .app)
        try container.encode(tier, forKey: .tier)
        try container.encode(createdAt.iso8601, forKey: .createdAt)
        try container.encode(storedAt.iso8601, forKey: .storedAt)
        try container.encode(bytes, forKey: .bytes)
        try container.encode(isCurrent, forKey: .isCurrent)
    }
}
