public import Foundation
public import PGKeepModel

/// One backup, as its archive and the marks beside it tell.
public struct Backup: Sendable, Hashable {
    /// The archive's file name.
    public var name: String
    /// Where it lies: a path, or the vault and the name.
    public var path: String
    /// Whose it is, as in the file name.
    public var app: String
    /// The series it belongs to.
    public var tier: Tier
    /// When its snapshot was taken, in whole seconds.
    public var createdAt: Date
    /// Its size as it is stored.
    public var bytes: Int64
    /// Its size as plain SQL; nil where the footer can't be read.
    public var rawBytes: Int64?
    /// How many tables it holds; nil where the footer can't be read.
    public var tables: Int?
    /// How many rows it holds; nil where the footer can't be read.
    public var rows: Int64?
    /// Whether it is encrypted.
    public var sealed: Bool
    /// Whether it is never to be deleted by retention.
    public var pinned: Bool
    /// When this machine last verified it whole.
    public var verifiedAt: Date?
    /// When a drill last restored it and found every table equal.
    public var provenAt: Date?
    /// Whether its contents differ from its history in a way that somebody has to look at.
    public var suspect: Bool
    /// Why it can't be read; nil if its footer is intact.
    public var problem: String?
    /// How many copies there are of it; nil if no vaults are set for copies.
    public var redundancy: Redundancy?

    /// Makes the facts of one backup.
    public init(
        name: String, path: String, app: String, tier: Tier, createdAt: Date, bytes: Int64, rawBytes: Int64? = nil,
        tables: Int? = nil, rows: Int64? = nil, sealed: Bool = false, pinned: Bool = false, verifiedAt: Date? = nil,
        provenAt: Date? = nil, suspect: Bool = false, problem: String? = nil
    ) {
        self.name = name
        self.path = path
        self.app = app
        self.tier = tier
        self.createdAt = createdAt
        self.bytes = bytes
        self.rawBytes = rawBytes
        self.tables = tables
        self.rows = rows
        self.sealed = sealed
        self.pinned = pinned
        self.verifiedAt = verifiedAt
        self.provenAt = provenAt
        self.suspect = suspect
        self.problem = problem
    }

    /// Whether its footer is intact: what counts for `latest` and for retention.
    public var isGood: Bool { problem == nil }
}

extension Backup: Codable {
    private enum CodingKeys: String, CodingKey {
        case name, path, app, tier, createdAt, bytes, rawBytes, tables, rows, sealed, pinned, verifiedAt, provenAt
        case suspect, problem, redundancy
    }

    /// Times are ISO 8601 in UTC, whatever the encoder's own way with dates.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(path, forKey: .path)
        try container.encode(app, forKey: .app)
        try container.encode(tier, forKey: .tier)
        try container.encode(createdAt.iso8601, forKey: .createdAt)
        try container.encode(bytes, forKey: .bytes)
        try container.encodeIfPresent(rawBytes, forKey: .rawBytes)
        try container.encodeIfPresent(tables, forKey: .tables)
        try container.encodeIfPresent(rows, forKey: .rows)
        try container.encode(sealed, forKey: .sealed)
        try container.encode(pinned, forKey: .pinned)
        try container.encodeIfPresent(verifiedAt?.iso8601, forKey: .verifiedAt)
        try container.encodeIfPresent(provenAt?.iso8601, forKey: .provenAt)
        try container.encode(suspect, forKey: .suspect)
        try container.encodeIfPresent(problem, forKey: .problem)
        try container.encodeIfPresent(redundancy, forKey: .redundancy)
    }

    /// Reads what `encode(to:)` writes, but for the copies: those are the vaults' to tell.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func date(_ key: CodingKeys) throws -> Date? {
            guard let text = try container.decodeIfPresent(String.self, forKey: key) else { return nil }
            guard let date = Date(iso8601: text) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container, debugDescription: "not a time: \(text)")
            }
            return date
        }
        guard let createdAt = try date(.createdAt) else {
            throw DecodingError.dataCorruptedError(
                forKey: .createdAt, in: container, debugDescription: "a backup without a time")
        }
        self.init(
            name: try container.decode(String.self, forKey: .name),
            path: try container.decode(String.self, forKey: .path),
            app: try container.decode(String.self, forKey: .app),
            tier: try container.decode(Tier.self, forKey: .tier), createdAt: createdAt,
            bytes: try container.decode(Int64.self, forKey: .bytes),
            rawBytes: try container.decodeIfPresent(Int64.self, forKey: .rawBytes),
            tables: try container.decodeIfPresent(Int.self, forKey: .tables),
            rows: try container.decodeIfPresent(Int64.self, forKey: .rows),
            sealed: try container.decode(Bool.self, forKey: .sealed),
            pinned: try container.decode(Bool.self, forKey: .pinned), verifiedAt: try date(.verifiedAt),
            provenAt: try date(.provenAt), suspect: try container.decode(Bool.self, forKey: .suspect),
            problem: try container.decodeIfPresent(String.self, forKey: .problem))
    }
}
