import PGKeepModel

/// Which databases a server has.
package enum DatabaseNames {
    /// Those that take connections and are no templates, by name. Whether the role may connect is not asked: a
    /// database that can't be backed up is to be told of, not left out.
    package static func connectable(_ connection: Connection) throws -> [String] {
        try connection.query(
            "SELECT datname FROM pg_catalog.pg_database WHERE datallowconn AND NOT datistemplate ORDER BY datname"
        ).compactMap { $0[0] }
    }
}
