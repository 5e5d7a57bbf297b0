import PGKeepModel

/// Gathering the planner's statistics in a database that was just loaded.
package enum Statistics {
    /// Analyzes the tables that autovacuum would; tells of each that could not be.
    ///
    /// A foreign table would be read through its server, which may be out of reach or have no handler at all, and so
    /// would the parents of one.
    package static func gather(_ connection: Connection) throws -> [String] {
        let tables = try connection.query(
            """
            WITH RECURSIVE over_foreign AS (
                SELECT i.inhparent FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
                WHERE c.relkind = 'f'
                UNION
                SELECT i.inhparent FROM pg_catalog.pg_inherits i JOIN over_foreign o ON o.inhparent = i.inhrelid
            )
            SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'm', 'p') AND c.oid NOT IN (SELECT inhparent FROM over_foreign)
              AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_temp_'
            ORDER BY c.oid
            """
        ).compactMap(\.[0])
        var left: [String] = []
        for table in tables {
            do {
                try connection.query("ANALYZE \(table)")
            } catch let error as PGKeepError where error.code == .failed || error.code == .privileges {
                left.append("statistics of \(table): \(error.cause ?? error.message)")
            }
        }
        return left
    }
}
