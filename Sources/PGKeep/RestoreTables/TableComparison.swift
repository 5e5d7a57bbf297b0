import PGKeepModel
import PGKeepPostgres

/// How a restored table differs from the one in use, and SQL that the server would take to make up for it.
struct TableComparison {
    let connection: Connection

    /// The names and operators of types are looked for where the database's own sessions look.
    init(_ connection: Connection) throws {
        try connection.query("RESET search_path")
        self.connection = connection
    }

    /// Those of the names that relations of the database have.
    func existing(_ names: Set<QualifiedName>) throws -> Set<QualifiedName> {
        guard !names.isEmpty else { return [] }
        let list = try names.map {
            "(\(try connection.quote(literal: $0.schema)), \(try connection.quote(literal: $0.name)))"
        }
        let rows = try connection.query(
            """
            SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE (n.nspname, c.relname) IN (\(list.joined(separator: ", ")))
            """)
        return Set(rows.map { QualifiedName(schema: $0[0] ?? "", name: $0[1] ?? "") })
    }

    func hasSchema(_ name: String) throws -> Bool {
        try !connection.query(
            "SELECT FROM pg_catalog.pg_namespace WHERE nspname = \(connection.quote(literal: name))"
        ).isEmpty
    }

    /// Fills in what differs and how to make up for it, or why that can't be told.
    func compare(_ table: inout RestoreTablesReport.Table, _ statements: MergeStatements) throws {
        var merge = statements
        do {
            let only = merge.throughRoot ? "" : "ONLY "
            let columns = merge.columns.joined(separator: ", ")
            table.rowsInUse = try connection.value(
                "SELECT pg_catalog.count(*) FROM (SELECT \(columns) FROM \(only)\(merge.table)) t"
            ).flatMap { Int64($0) }
            guard !merge.columns.isEmpty else { return }
            merge.isDeferrable = try hasDeferrableKey(merge.table)
            let counts = try connection.query(merge.difference)[0].map { $0.flatMap { Int64($0) } }
            (table.missing, table.added, table.changed) = (counts[0], counts[1], counts[2])
            let steps: [(RestoreTablesReport.Merge.Rows, Int64?, [String])] = [
                (.missing, table.missing, merge.missing), (.changed, table.changed, merge.changed),
                (.added, table.added, merge.added),
            ]
            for (rows, count, alternatives) in steps {
                guard let count, count > 0, !alternatives.isEmpty else { continue }
                table.merge.append(.init(rows: rows, count: count, sql: try acceptable(alternatives)))
            }
        } catch let error as PGKeepError where error.code == .failed || error.code == .privileges {
            let isOtherShape = error.sqlState == "42703"
            table.note =
                isOtherShape
                ? "the table in use has other columns by now"
                : "no SQL to merge it: \(error.cause ?? error.message)"
            table.merge = []
        }
    }

    private func hasDeferrableKey(_ table: String) throws -> Bool {
        try !connection.query(
            """
            SELECT FROM pg_catalog.pg_constraint WHERE contype = 'p' AND condeferrable
               AND conrelid = \(connection.quote(literal: table))::pg_catalog.regclass
            """
        ).isEmpty
    }

    /// The first that the server would run, with the tables as they are.
    private func acceptable(_ alternatives: [String]) throws -> String {
        var refusal: (any Error)?
        for sql in alternatives {
            do {
                try connection.query("EXPLAIN \(sql)")
                return sql
            } catch let error as PGKeepError where error.code == .failed || error.code == .privileges {
                refusal = refusal ?? error
            }
        }
        throw refusal ?? PGKeepError(.failed, "no SQL fits")
    }
}
