package import PGKeepModel

/// Views that keep their rows.
package enum MaterializedViews {
    /// Those that are filled and that pg_dump dumps.
    package static func filled(_ connection: Connection) throws -> Set<QualifiedName> {
        let rows = try connection.query(
            """
            SELECT n.nspname, c.relname FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'm' AND c.relispopulated AND \(TableList.dumped)
            """)
        return Set(
            rows.compactMap { row in row[0].flatMap { schema in row[1].map { .init(schema: schema, name: $0) } } })
    }
}
