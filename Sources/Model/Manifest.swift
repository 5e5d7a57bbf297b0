public import struct Foundation.Date

/// What an archive says of itself: the first line of its index.
public struct ArchiveHeader: Sendable, Equatable, Codable {
    /// The layout of archives that this version writes, and the only one it reads.
    public static let currentFormat = 1

    /// Which layout the archive has.
    public var format: Int = ArchiveHeader.currentFormat
    /// The name its backups are filed under, as in the file name.
    public var app: String
    /// The series it belongs to, which decides how long it is kept.
    public var tier: Tier
    /// When the snapshot was taken; the name carries the same second.
    public var createdAt: Date
    /// What its units are compressed with.
    public var compression: Compression
    /// The program that wrote it.
    public var pgkeepVersion: String
    /// The server it was taken from.
    public var server: ServerFacts
    /// The tool that gave the schema.
    public var pgDumpVersion: String
    /// The exported snapshot all sessions read.
    public var snapshot: String
    /// What belongs to the database itself rather than to an object in it.
    public var database: DatabaseProperties
    /// The `SET` statements of pg_dump: once they were sent, any unit runs on its own.
    public var preamble: String
    /// The hash of the journal's last line when the backup was taken; nil without a journal.
    public var journalHead: String?
    /// What another server must have; nil in archives of the first versions.
    public var needs: ArchiveNeeds?

    package init(
        app: String, tier: Tier, createdAt: Date, compression: Compression, pgkeepVersion: String, server: ServerFacts,
        pgDumpVersion: String, snapshot: String, database: DatabaseProperties, preamble: String, journalHead: String?,
        needs: ArchiveNeeds? = nil
    ) {
        self.app = app
        self.tier = tier
        self.createdAt = createdAt
        self.compression = compression
        self.pgkeepVersion = pgkeepVersion
        self.server = server
        self.pgDumpVersion = pgDumpVersion
        self.snapshot = snapshot
        self.database = database
        self.preamble = preamble
        self.journalHead = journalHead
        self.needs = needs
    }
}

/// What a server must have for a database to be restored there as it was.
public struct ArchiveNeeds: Sendable, Equatable, Codable {
    /// Each extension's version by its name; those that every server has are left out.
    public var extensions: [String: String]
    /// Roles that something belongs to or is granted to.
    public var roles: [String]
    /// Tablespaces that tables or indexes lie in, beside the database's own.
    public var tablespaces: [String]
    /// Of the library that sorts the database's text: `2.36`; nil where its order never changes.
    public var collationVersion: String?

    package init(
        extensions: [String: String] = [:], roles: [String] = [], tablespaces: [String] = [],
        collationVersion: String? = nil
    ) {
        self.extensions = extensions
        self.roles = roles
        self.tablespaces = tablespaces
        self.collationVersion = collationVersion
    }
}

/// What is known of a server.
public struct ServerFacts: Sendable, Equatable, Codable {
    /// As `server_version_num`: 150020 is 15.20.
    public var versionNumber: Int
    /// As the server tells it: `15.20 (Debian 15.20-1.pgdg13+1)`.
    public var version: String
    /// `pg_control_system().system_identifier`; nil where the role may not read it.
    public var systemIdentifier: String?
    /// Whether it was in recovery, following another server.
    public var isStandby: Bool

    package init(versionNumber: Int, version: String, systemIdentifier: String?, isStandby: Bool) {
        self.versionNumber = versionNumber
        self.version = version
        self.systemIdentifier = systemIdentifier
        self.isStandby = isStandby
    }

    /// What tools and servers must agree in: 15 of 15.20.
    public var major: Int { versionNumber / 10_000 }
}

/// What `pg_dump` leaves out of a database unless it creates it: a restore puts it back.
public struct DatabaseProperties: Sendable, Equatable, Codable {
    /// What `ALTER DATABASE … SET` or `ALTER ROLE … IN DATABASE … SET` has laid down.
    public struct Setting: Sendable, Equatable, Codable {
        /// The role it holds for; nil for every role.
        public var role: String?
        /// The parameter.
        public var name: String
        /// As the server stores it; for settings that are lists of names it is already quoted.
        public var value: String

        package init(role: String?, name: String, value: String) {
            self.role = role
            self.name = name
            self.value = value
        }
    }

    /// One privilege of one role on the database.
    public struct Grant: Sendable, Equatable, Codable {
        /// nil is PUBLIC.
        public var grantee: String?
        /// `CONNECT`, `CREATE` or `TEMPORARY`.
        public var privilege: String
        /// Whether it was given WITH GRANT OPTION.
        public var grantable: Bool

        package init(grantee: String?, privilege: String, grantable: Bool) {
            self.grantee = grantee
            self.privilege = privilege
            self.grantable = grantable
        }
    }

    /// Unquoted, as in `pg_database`.
    public var name: String
    /// The role it belongs to, unquoted.
    public var owner: String
    /// How its text is stored: `UTF8`.
    public var encoding: String
    /// `LC_COLLATE`, by which text is sorted.
    public var collate: String
    /// `LC_CTYPE`, by which letters are told from other characters.
    public var characterType: String
    /// `libc`, `icu` or `builtin`; nil before PostgreSQL 15.
    public var localeProvider: String?
    /// The ICU or builtin locale.
    public var locale: String?
    /// What tailors the ICU collation; nil without any.
    public var icuRules: String?
    /// How many sessions it admits at once; -1 is without limit.
    public var connectionLimit: Int
    /// What `COMMENT ON DATABASE` says; nil without one.
    public var comment: String?
    /// nil: the default privileges.
    public var grants: [Grant]?
    /// What its sessions start with.
    public var settings: [Setting]

    package init(
        name: String, owner: String, encoding: String, collate: String, characterType: String, localeProvider: String?,
        locale: String?, icuRules: String?, connectionLimit: Int, comment: String?, grants: [Grant]?,
        settings: [Setting]
    ) {
        self.name = name
        self.owner = owner
        self.encoding = encoding
        self.collate = collate
        self.characterType = characterType
        self.localeProvider = localeProvider
        self.locale = locale
        self.icuRules = icuRules
        self.connectionLimit = connectionLimit
        self.comment = comment
        self.grants = grants
        self.settings = settings
    }
}

/// Whose rows, how many, and what they hash to: one line of the index.
public struct TableSummary: Sendable, Equatable, Codable {
    /// Quoted as in SQL: `public."Order"`.
    public var table: String
    /// The column list of its COPY, quoted, without the parentheses.
    public var columns: String
    /// How many there are.
    public var rows: Int64
    /// What they add up to, in whatever order.
    public var hash: ContentHash
    /// The COPY text of its rows.
    public var rawBytes: Int64
    /// Its share of the archive.
    public var storedBytes: Int64
    /// The rows were dumped from partitions and are loaded through this root; compare without ONLY.
    public var throughRoot: Bool

    package init(
        table: String, columns: String, rows: Int64 = 0, hash: ContentHash = ContentHash(), rawBytes: Int64 = 0,
        storedBytes: Int64 = 0, throughRoot: Bool = false
    ) {
        self.table = table
        self.columns = columns
        self.rows = rows
        self.hash = hash
        self.rawBytes = rawBytes
        self.storedBytes = storedBytes
        self.throughRoot = throughRoot
    }
}

/// The wrapping sum of XXH3-64 over the COPY text of each row: order does not matter, so parts add up.
public struct ContentHash: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The sum so far.
    public var value: UInt64

    /// Starts from a sum, usually from nothing.
    public init(_ value: UInt64 = 0) { self.value = value }

    /// Adds what another part of the same table came to.
    public static func &+= (left: inout ContentHash, right: ContentHash) { left.value &+= right.value }

    /// Sixteen hexadecimal digits.
    public var description: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Reads sixteen hexadecimal digits.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard text.utf8.count == 16, let value = UInt64(text, radix: 16) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a content hash: \(text)")
        }
        self.value = value
    }

    /// Writes sixteen hexadecimal digits.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A piece of an archive that is complete SQL on its own: one line of the index.
public struct UnitEntry: Sendable, Equatable, Codable {
    /// What a unit holds, and so when a restore runs it.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// Guarded `DO` blocks that create what roles are missing.
        case roles
        /// A line with a `\restrict` or `\unrestrict` token; differs in each dump.
        case token
        /// Everything that must exist before rows can be loaded.
        case schema
        /// Rows and sequence values as pg_dump wrote them.
        case data
        /// Large objects as pg_dump wrote them; in order.
        case objects
        /// Rows of one table that was taken over from pg_dump.
        case rows
        /// Indexes, constraints, triggers, privileges; in order.
        case finish
    }

    /// What it holds.
    public var kind: Kind
    /// Where it begins in the archive, in bytes.
    public var offset: Int64
    /// Its bytes as stored.
    public var length: Int64
    /// Its bytes as plain SQL.
    public var rawLength: Int64
    /// How many lines of COPY text it loads.
    public var rows: Int64
    /// Places in the index's list of tables: whose rows are in here.
    public var tables: [Int]
    /// SHA-256 of the stored bytes, in hexadecimal.
    public var sha256: String

    package init(
        kind: Kind, offset: Int64, length: Int64, rawLength: Int64, rows: Int64, tables: [Int], sha256: String
    ) {
        self.kind = kind
        self.offset = offset
        self.length = length
        self.rawLength = rawLength
        self.rows = rows
        self.tables = tables
        self.sha256 = sha256
    }
}

/// The archive's table of contents.
public struct ArchiveIndex: Sendable, Equatable {
    /// The first line: where the archive comes from.
    public var header: ArchiveHeader
    /// One line for each table whose rows it holds.
    public var tables: [TableSummary]
    /// In the order in which they stand in the archive.
    public var units: [UnitEntry]

    package init(header: ArchiveHeader, tables: [TableSummary], units: [UnitEntry]) {
        self.header = header
        self.tables = tables
        self.units = units
    }

    /// Those of all tables.
    public var rows: Int64 { tables.reduce(0) { $0 + $1.rows } }
    /// The length of the archive as plain SQL.
    public var rawBytes: Int64 { units.reduce(0) { $0 + $1.rawLength } }
}

/// What a list needs to know of an archive, read from its last bytes.
public struct ArchiveFooter: Sendable, Equatable {
    /// Where the index begins, in bytes.
    public var indexOffset: Int64
    /// The bytes of the index as stored.
    public var indexLength: Int64
    /// What the stored index hashes to, in hexadecimal.
    public var indexSHA256: String
    /// Whole seconds.
    public var createdAt: Date
    /// How many of them the index lists.
    public var tables: Int
    /// Those of all tables.
    public var rows: Int64
    /// The length of the archive as plain SQL.
    public var rawBytes: Int64

    package init(
        indexOffset: Int64, indexLength: Int64, indexSHA256: String, createdAt: Date, tables: Int, rows: Int64,
        rawBytes: Int64
    ) {
        self.indexOffset = indexOffset
        self.indexLength = indexLength
        self.indexSHA256 = indexSHA256
        self.createdAt = createdAt
        self.tables = tables
        self.rows = rows
        self.rawBytes = rawBytes
    }
}
