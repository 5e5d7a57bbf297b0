public import Foundation
import PGKeepModel

/// What all backups come to.
public struct BackupStats: Sendable, Equatable {
    /// How many there are, good or not.
    public var totalBackups: Int
    /// In bytes, as stored.
    public var totalSize: Int64
    /// The newest good backup that doesn't claim to be of the future.
    public var latestBackup: String?
    /// When that one was taken.
    public var latestDate: Date?
    /// The one taken first; nil if there is none.
    public var oldestBackup: String?
    /// When that one was taken.
    public var oldestDate: Date?
    /// Those that this machine has read whole.
    public var verified: Int
    /// Those that were restored and found equal.
    public var proven: Int
    /// Those that only a key opens.
    public var sealed: Int
    /// Those that retention leaves alone.
    public var pinned: Int
    /// Those that somebody has to look at.
    public var suspect: Int
    /// Those that can't be read.
    public var damaged: Int
    /// How many there are of each tier, by its name.
    public var tiers: [String: Int]
    /// What lies in each vault for copies, as it was seen last; none if no vaults are set.
    public var vaults: [VaultStats] = []

    /// What an app's copies in one vault come to.
    public struct VaultStats: Sendable, Equatable, Encodable {
        /// Its address.
        public var vault: String
        /// How many there are.
        public var copies: Int
        /// In bytes.
        public var bytes: Int64
        /// How many nobody can delete yet.
        public var locked: Int
    }

    /// Counts the backups of a list.
    public init(of backups: [Backup], now: Date) {
        totalBackups = backups.count
        totalSize = backups.reduce(0) { $0 + $1.bytes }
        let latest = Catalogue.latest(in: backups, now: now)
        latestBackup = latest?.name
        latestDate = latest?.createdAt
        let oldest = backups.min { ($0.createdAt, $0.name) < ($1.createdAt, $1.name) }
        oldestBackup = oldest?.name
        oldestDate = oldest?.createdAt
        verified = backups.count { $0.verifiedAt != nil }
        proven = backups.count { $0.provenAt != nil }
        sealed = backups.count { $0.sealed }
        pinned = backups.count { $0.pinned }
        suspect = backups.count { $0.suspect }
        damaged = backups.count { !$0.isGood }
        tiers = Dictionary(grouping: backups, by: \.tier.rawValue).mapValues(\.count)
    }
}

extension BackupStats: Encodable {
    private enum CodingKeys: String, CodingKey {
        case totalBackups, totalSize, latestBackup, latestDate, oldestBackup, oldestDate, verified, proven, sealed
        case pinned, suspect, damaged, tiers, vaults
    }

    /// Times are ISO 8601 in UTC, whatever the encoder's own way with dates.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(totalBackups, forKey: .totalBackups)
        try container.encode(totalSize, forKey: .totalSize)
        try container.encodeIfPresent(latestBackup, forKey: .latestBackup)
        try container.encodeIfPresent(latestDate?.iso8601, forKey: .latestDate)
        try container.encodeIfPresent(oldestBackup, forKey: .oldestBackup)
        try container.encodeIfPresent(oldestDate?.iso8601, forKey: .oldestDate)
        try container.encode(verified, forKey: .verified)
        try container.encode(proven, forKey: .proven)
        try container.encode(sealed, forKey: .sealed)
        try container.encode(pinned, forKey: .pinned)
        try container.encode(suspect, forKey: .suspect)
        try container.encode(damaged, forKey: .damaged)
        try container.encode(tiers, forKey: .tiers)
        if !vaults.isEmpty { try container.encode(vaults, forKey: .vaults) }
    }
}
