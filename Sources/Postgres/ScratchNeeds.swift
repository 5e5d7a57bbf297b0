import PGKeepModel

/// What a throw-away server is given so that it lacks nothing that can be made.
package enum ScratchNeeds {
    /// Roles that somebody must be: in the server that was backed up they came with it. As superusers, since what they
    /// own may be a superuser's only.
    package static func makeRoles(_ names: some Collection<String>, _ connection: Connection) throws {
        let missing = try DatabaseNeeds.missingRoles(names.filter { !$0.hasPrefix("pg_") }.sorted(), connection)
        for name in missing { try connection.query("CREATE ROLE \(QualifiedName.quote(name)) SUPERUSER") }
    }

    /// Tablespaces, all of them inside the data folder.
    package static func makeTablespaces(_ names: [String], _ connection: Connection) throws {
        let missing = try DatabaseNeeds.missingTablespaces(names, connection)
        guard !missing.isEmpty else { return }
        try connection.query("SET allow_in_place_tablespaces = on")
        for name in missing { try connection.query("CREATE TABLESPACE \(QualifiedName.quote(name)) LOCATION ''") }
    }
}
