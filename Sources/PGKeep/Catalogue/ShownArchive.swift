import PGKeepArchive
public import PGKeepModel

/// What `show` tells of a file.
public enum ShownArchive: Sendable {
    /// An archive of pgkeep's: its index.
    case archive(ArchiveIndex)
    /// A plain dump of another tool's: what was found by reading all of it.
    case dump(DumpContents)
}

/// What a plain dump of another tool's holds.
public struct DumpContents: Sendable, Encodable {
    /// What it holds of one database.
    public struct Database: Sendable, Encodable {
        /// nil where the dump doesn't tell.
        public var database: String?
        /// The server it was taken from, as the dump tells.
        public var serverVersion: String?
        /// The pg_dump that took it.
        public var pgDumpVersion: String?
        /// What its text is in.
        public var encoding: String?
        /// Those whose rows came through COPY.
        public var tables: [TableSummary]
        /// Rows came as INSERT too, which are not counted.
        public var hasUncountedRows: Bool
    }

    /// The file's name.
    public var name: String
    /// `gzip`, `zstd` or `sql`.
    public var format: String
    /// One, or those of a pg_dumpall.
    public var databases: [Database]
    /// What shows that it is not whole; empty if it is.
    public var problems: [String]

    init(_ dump: ForeignDump) {
        name = dump.name
        format = dump.format.rawValue
        databases = dump.sections.map { section in
            Database(
                database: section.database, serverVersion: section.serverVersion, pgDumpVersion: section.dumpVersion,
                encoding: section.clientEncoding, tables: section.tables, hasUncountedRows: section.hasInserts)
        }
        problems = dump.problems
    }
}
