package import PGKeepModel

/// What the current database needs of its server, and what another server has of it.
package enum DatabaseNeeds {
    package static func read(_ connection: Connection) throws -> ArchiveNeeds {
        let extensions = try connection.query(
            "SELECT extname, extversion FROM pg_catalog.pg_extension WHERE extname <> 'plpgsql'")
        let tablespaces = try connection.query(
            """
            SELECT DISTINCT t.spcname FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_tablespace t ON t.oid = c.reltablespace WHERE c.relisshared = false ORDER BY 1
            """)
        return ArchiveNeeds(
            extensions: Dictionary(
                extensions.compactMap { row in row[0].flatMap { name in row[1].map { (name, $0) } } },
                uniquingKeysWith: { $1 }),
            roles: try Roles.names(connection), tablespaces: tablespaces.compactMap(\.[0]),
            collationVersion: try collationVersion(connection))
    }

    /// The versions of extensions that the server could create; those it doesn't have are missing.
    package static func available(
        _ extensions: some Collection<String>, _ connection: Connection
    ) throws -> [String: String] {
        guard !extensions.isEmpty else { return [:] }
        let rows = try connection.query(
            """
            SELECT name, default_version FROM pg_catalog.pg_available_extensions
            WHERE name IN (\(try list(extensions, connection)))
            """)
        return Dictionary(
            rows.compactMap { row in row[0].map { ($0, row[1] ?? "") } }, uniquingKeysWith: { $1 })
    }

    /// Which of these roles the server doesn't have.
    package static func missingRoles(_ names: [String], _ connection: Connection) throws -> [String] {
        try missing(names, from: "SELECT rolname FROM pg_catalog.pg_roles", connection)
    }

    /// Which of these tablespaces the server doesn't have.
    package static func missingTablespaces(_ names: [String], _ connection: Connection) throws -> [String] {
        try missing(names, from: "SELECT spcname FROM pg_catalog.pg_tablespace", connection)
    }

    /// Of the C library, or of ICU, that sorts text; nil where text is sorted by its bytes.
    package static func collationVersion(provider: String, collate: String, _ connection: Connection) throws -> String?
    {
        guard provider == "i" || provider == "c" && !["C", "POSIX", "C.UTF-8", "C.utf8"].contains(collate) else {
            return nil
        }
        return try connection.value(
            """
            SELECT max(v) FROM (
                SELECT pg_catalog.pg_collation_actual_version(oid) AS v FROM pg_catalog.pg_collation
                WHERE collprovider = '\(provider)' AND collcollate NOT IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8') LIMIT 20
            ) versions
            """)
    }

    private static func collationVersion(_ connection: Connection) throws -> String? {
        let provider = connection.major < 15 ? "'c'" : "datlocprovider"
        let row = try connection.query(
            "SELECT \(provider), datcollate FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()")
        return try collationVersion(provider: row.first?[0] ?? "c", collate: row.first?[1] ?? "C", connection)
    }

    private static func missing(_ names: [String], from query: String, _ connection: Connection) throws -> [String] {
        guard !names.isEmpty else { return [] }
        let there = Set(try connection.query(query).compactMap(\.[0]))
        return names.filter { !there.contains($0) }
    }

    private static func list(_ names: some Collection<String>, _ connection: Connection) throws -> String {
        try names.map { try connection.quote(literal: $0) }.joined(separator: ", ")
    }
}
