package import PGKeepModel

/// A table as the catalogue tells it.
package struct TableFacts: Sendable, Equatable {
    package enum Kind: Sendable, Equatable { case ordinary, partitioned }

    package var oid: UInt32
    package var name: QualifiedName
    /// The name as the server quotes it.
    package var sql: String
    package var kind: Kind
    /// The heap's pages when the list was made.
    package var pages: Int64
    /// Heap and TOAST.
    package var bytes: Int64
    /// Columns that COPY carries, in order and as the server quotes them: not the generated ones.
    package var columns: [String]
    /// Whether its pages can be copied by range: a heap, not of an extension, its rows loaded into itself.
    package var canBeTakenOver: Bool

    package init(
        oid: UInt32, name: QualifiedName, sql: String, kind: Kind, pages: Int64, bytes: Int64, columns: [String],
        canBeTakenOver: Bool
    ) {
        self.oid = oid
        self.name = name
        self.sql = sql
        self.kind = kind
        self.pages = pages
        self.bytes = bytes
        self.columns = columns
        self.canBeTakenOver = canBeTakenOver
    }
}

/// Some pages of a table.
package struct PageRange: Sendable, Equatable {
    package var start: Int64
    /// nil: to the end, wherever that is by now.
    package var end: Int64?

    package init(start: Int64, end: Int64?) {
        self.start = start
        self.end = end
    }
}

extension Connection {
    /// The statement that copies the rows of some pages out.
    package static func copyStatement(_ table: TableFacts, pages: PageRange) -> String {
        let list = table.columns.joined(separator: ", ")
        guard pages.start > 0 || pages.end != nil else { return "COPY \(table.sql) (\(list)) TO STDOUT" }
        var condition = "ctid >= '(\(pages.start),0)'"
        if let end = pages.end { condition += " AND ctid < '(\(end),0)'" }
        return "COPY (SELECT \(list) FROM ONLY \(table.sql) WHERE \(condition)) TO STDOUT"
    }
}
