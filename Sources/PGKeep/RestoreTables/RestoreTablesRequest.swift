public import Foundation
import PGKeepModel

/// Which tables to bring back out of an archive, and where to.
public struct RestoreTablesRequest: Sendable {
    /// A name, a path or `latest`; nil with `at`.
    public var archive: String?
    /// The newest archive not younger than this.
    public var at: Date?
    /// Names or patterns: `orders`, `billing.*`, `"My Schema"."Order"`.
    public var tables: [String]
    /// The new schema beside the others; nil is `restored_` with the time.
    public var schema: String?
    /// Append the rows to the tables that are there, and make no schema.
    public var rowsOnly: Bool
    /// The database they go to; nil is that of `DATABASE_URL`.
    public var database: String?
    /// The role that restores, of which the user of `DATABASE_URL` is a member; nil is that user.
    public var role: String?
    /// Compare the contents too, not the numbers of rows alone.
    public var prove: Bool

    /// Tables into a schema of their own unless told otherwise.
    public init(
        archive: String?, at: Date? = nil, tables: [String], schema: String? = nil, rowsOnly: Bool = false,
        database: String? = nil, role: String? = nil, prove: Bool = false
    ) {
        self.archive = archive
        self.at = at
        self.tables = tables
        self.schema = schema
        self.rowsOnly = rowsOnly
        self.database = database
        self.role = role
        self.prove = prove
    }
}

/// What came of bringing tables back.
public struct RestoreTablesReport: Sendable, Codable {
    /// One table: where its rows are now, and how they differ from those in use.
    public struct Table: Sendable, Codable {
        /// As in the archive.
        public var table: String
        /// Where its rows were loaded to.
        public var restoredAs: String
        /// How many were loaded.
        public var rows: Int64
        /// How many the table in use has; nil if there is none of that name and shape.
        public var rowsInUse: Int64?
        /// Rows that only the archive has: by the primary key, or whole rows without one.
        public var missing: Int64?
        /// Rows that only the table in use has.
        public var added: Int64?
        /// Rows of both with other values; nil without a primary key.
        public var changed: Int64?
        /// What would make up for each difference, for a person to choose from; nothing is run by itself.
        public var merge: [Merge]
        /// Why there is no telling.
        public var note: String?
    }

    /// A statement that makes up for a difference.
    public struct Merge: Sendable, Codable, Equatable {
        /// Which rows it is about.
        public enum Rows: String, Sendable, Codable { case missing, changed, added }

        /// Inserts the missing, sets the changed back and inserts the missing, or deletes the added.
        public var rows: Rows
        /// How many there are.
        public var count: Int64
        /// To be run in the database; it ends with a semicolon.
        public var sql: String
    }

    /// The archive's file name.
    public var archive: String
    /// When it was taken.
    public var createdAt: Date
    /// The database they are in.
    public var database: String
    /// The new schema; nil if the rows were appended.
    public var schema: String?
    /// Those that others refer to before those that refer to them.
    public var tables: [Table]
    /// Statements that put tables that are gone back in their place, to be run in this order.
    public var putBack: [String]
    /// Removes what is left beside the tables in use, once it is no longer needed.
    public var cleanUp: String?
    /// From reading the definitions to the comparison with what is in use.
    public var durationSeconds: Double
    /// The contents were compared, not the numbers of rows alone.
    public var proven: Bool
}
