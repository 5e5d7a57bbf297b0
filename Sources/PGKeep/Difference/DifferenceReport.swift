public import Foundation
public import PGKeepModel

/// What changed between two moments of a database, table by table.
public struct DifferenceReport: Sendable, Encodable {
    /// An archive, a dump or a live database.
    public struct Side: Sendable, Encodable {
        /// As it was named.
        public var name: String
        /// The moment it shows.
        public var at: Date
        /// How many rows it has.
        public var rows: Int64
    }

    /// What became of one table.
    public struct Table: Sendable, Encodable, Equatable {
        /// What a comparison of rows and contents came to.
        public enum State: String, Sendable, Codable {
            /// The same rows.
            case same
            /// As many rows or not, but others.
            case changed
            /// It has other columns, so its contents can't be compared.
            case otherColumns
            /// Only the first has it.
            case missing
            /// Only the second has it.
            case added
        }

        /// As in the archive: `public."Order"`.
        public var table: String
        /// What became of it.
        public var state: State
        /// Rows in the first; nil if the table isn't there.
        public var rowsBefore: Int64?
        /// Rows in the second.
        public var rowsAfter: Int64?
        /// Content hash in the first.
        public var hashBefore: ContentHash?
        /// Content hash in the second.
        public var hashAfter: ContentHash?
    }

    /// What is compared, the first.
    public var before: Side
    /// What it is compared with.
    public var after: Side
    /// Every table of either, by name.
    public var tables: [Table]
    /// Rows were compared by their contents; else, with a dump of another tool, by their number.
    public var contentsCompared: Bool
    /// How long the comparison took.
    public var durationSeconds: Double

    /// Whether anything is other than it was.
    public var differs: Bool { tables.contains { $0.state != .same } }
}
