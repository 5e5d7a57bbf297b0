package import PGKeepModel

/// Creating, swapping and dropping whole databases, from a session in another one.
package enum Databases {
    /// A session in a database that is neither of those to be renamed.
    package static func maintenance(
        _ string: ConnectionString, avoiding name: String, cancellation: Cancellation
    ) throws -> Connection {
        var refusal: (any Error)?
        for database in ["postgres", "template1"] where database != name {
            do {
                let connection = try Connection(
                    string.database(database), purpose: "pgkeep restore", cancellation: cancellation)
                // Before the settings, which a transaction pooler would hand to somebody else.
                try Pooler.refuseTransactions(connection, cancellation)
                try connection.query(
                    "\(Session.withoutTimeouts); SET default_transaction_read_only = off; SET client_encoding = 'UTF8'")
                return connection
            } catch { refusal = refusal ?? error }
        }
        throw refusal ?? PGKeepError(.failed, "no other database to connect to")
    }

    package static func exists(_ name: String, _ connection: Connection) throws -> Bool {
        try !connection.query("SELECT FROM pg_catalog.pg_database WHERE datname = \(connection.quote(literal: name))")
            .isEmpty
    }

    /// Creates an empty database as the archive's was: its encoding and its locale, from template0.
    package static func create(_ name: String, like properties: DatabaseProperties, _ connection: Connection) throws {
        var sql = "CREATE DATABASE \(QualifiedName.quote(name)) TEMPLATE template0"
        for (option, value) in DatabaseLocale(properties, serverMajor: connection.major).options {
            sql += " \(option) \(try connection.quote(literal: value))"
        }
        do {
            try connection.query(sql)
        } catch let error as PGKeepError where error.code == .failed {
            throw PGKeepError(
                .failed, "the database could not be created with the archive's encoding and locale",
                cause: error.description,
                // Feature not supported: a server built without ICU.
                hint: error.sqlState == "0A000"
                    ? "restore it on a server that was built with ICU"
                    : "install the locale \(properties.collate) on the server (sudo locale-gen \(properties.collate)) "
                        + "and restart it")
        }
    }

    /// Drops a database, ending the sessions in it and one that may still be creating it.
    package static func drop(_ name: String, _ connection: Connection) throws {
        try terminateCreators(of: name, connection)
        try terminateSessions(of: name, connection)
        try connection.query("DROP DATABASE IF EXISTS \(QualifiedName.quote(name))")
    }

    /// A session that was cut off while it ran CREATE DATABASE goes on until it is told to end.
    private static func terminateCreators(of name: String, _ connection: Connection) throws {
        let statement = "CREATE DATABASE \(QualifiedName.quote(name)) "
        let creators = """
            FROM pg_catalog.pg_stat_activity WHERE pid <> pg_catalog.pg_backend_pid() AND state = 'active'
            AND pg_catalog.starts_with(query, \(try connection.quote(literal: statement)))
            """
        // A server that doesn't end it within ten seconds refuses the drop, and the caller tells.
        for _ in 0..<200 {
            guard try !connection.query("SELECT pg_catalog.pg_terminate_backend(pid) \(creators)").isEmpty else {
                return
            }
            try connection.query("SELECT pg_catalog.pg_sleep(0.05)")
        }
    }

    package static func comment(_ text: String, on name: String, _ connection: Connection) throws {
        try connection.query("COMMENT ON DATABASE \(QualifiedName.quote(name)) IS \(connection.quote(literal: text))")
    }

    /// Every database with a comment.
    package static func comments(_ connection: Connection) throws -> [(name: String, comment: String)] {
        try connection.query(
            """
            SELECT datname, pg_catalog.shobj_description(oid, 'pg_database') FROM pg_catalog.pg_database
            WHERE pg_catalog.shobj_description(oid, 'pg_database') IS NOT NULL ORDER BY datname
            """
        ).compactMap { row in row[0].flatMap { name in row[1].map { (name, $0) } } }
    }

    /// Ends every other session in a database; how many there were.
    ///
    /// Autovacuum's, which are nobody's, the server ends itself where they are in the way; an ordinary role may not.
    @discardableResult
    package static func terminateSessions(of name: String, _ connection: Connection) throws -> Int {
        try connection.query(
            """
            SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
            WHERE datname = \(connection.quote(literal: name)) AND pid <> pg_catalog.pg_backend_pid()
              AND usesysid IS NOT NULL
            """
        ).count
    }

    /// Renames databases in one transaction, ending the sessions that are in their way.
    ///
    /// The first RENAME takes the database's lock, at which new sessions wait, and then waits up to five seconds for
    /// the old ones to go; a second session ends them meanwhile. There is no moment at which a crash leaves the
    /// database barred or without its name.
    package static func rename(
        _ renames: [(from: String, to: String)], commenting comments: [(name: String, text: String)],
        _ connection: Connection, _ cancellation: Cancellation
    ) throws {
        let second = try Connection(connection.target, purpose: "pgkeep restore", cancellation: cancellation)
        try connection.query("BEGIN")
        do {
            for (from, to) in renames {
                try terminateSessions(of: from, second)
                try connection.send("ALTER DATABASE \(QualifiedName.quote(from)) RENAME TO \(QualifiedName.quote(to))")
                while try connection.isBusy(waiting: 50) { try terminateSessions(of: from, second) }
                try connection.finishSent()
            }
            for (name, text) in comments { try comment(text, on: name, connection) }
            try connection.query("COMMIT")
        } catch {
            // The connection may be gone; the server then rolls back by itself.
            if !cancellation.isCancelled { _ = try? connection.query("ROLLBACK") }
            throw error
        }
    }

    /// Gives a database the privileges, settings and comment it had; what the role may not do comes back.
    package static func apply(
        _ properties: DatabaseProperties, to name: String, _ connection: Connection
    ) throws -> [String] {
        let quoted = QualifiedName.quote(name)
        var left: [String] = []
        func run(_ sql: String, _ what: String) throws {
            do {
                try connection.query(sql)
            } catch let error as PGKeepError where error.code == .privileges || error.code == .failed {
                left.append("\(what): \(error.cause ?? error.message)")
            }
        }
        if let grants = properties.grants {
            try run("REVOKE ALL ON DATABASE \(quoted) FROM PUBLIC", "privileges of PUBLIC")
            for grant in grants where grant.grantee != properties.owner {
                let grantee = grant.grantee.map(QualifiedName.quote) ?? "PUBLIC"
                let option = grant.grantable ? " WITH GRANT OPTION" : ""
                try run("GRANT \(grant.privilege) ON DATABASE \(quoted) TO \(grantee)\(option)", "grant to \(grantee)")
            }
        }
        if properties.connectionLimit >= 0 {
            try run("ALTER DATABASE \(quoted) CONNECTION LIMIT \(properties.connectionLimit)", "connection limit")
        }
        for setting in properties.settings {
            let role = setting.role.map { "ROLE \(QualifiedName.quote($0)) IN " } ?? ""
            let value =
                listSettings.contains(setting.name.lowercased())
                ? (setting.value.isEmpty ? "''" : setting.value) : try connection.quote(literal: setting.value)
            let place = setting.role == nil ? "ALTER DATABASE \(quoted)" : "ALTER \(role)DATABASE \(quoted)"
            let parts = setting.name.split(separator: ".").map { QualifiedName.quote(String($0)) }
            try run("\(place) SET \(parts.joined(separator: ".")) TO \(value)", "setting \(setting.name)")
        }
        if let comment = properties.comment {
            try run("COMMENT ON DATABASE \(quoted) IS \(connection.quote(literal: comment))", "comment")
        }
        return left
    }

    /// Makes a role the database's owner; tells why if that can't be.
    package static func changeOwner(of name: String, to owner: String, _ connection: Connection) throws -> [String] {
        guard try owner != connection.currentRole() else { return [] }
        do {
            try connection.query("ALTER DATABASE \(QualifiedName.quote(name)) OWNER TO \(QualifiedName.quote(owner))")
            return []
        } catch let error as PGKeepError where error.code == .privileges || error.code == .failed {
            return ["owner \(owner): \(error.cause ?? error.message)"]
        }
    }

    /// Settings that are lists of names: the server stores them quoted (`GUC_LIST_QUOTE` in guc_tables.c).
    private static let listSettings: Set<String> = [
        "local_preload_libraries", "search_path", "session_preload_libraries", "shared_preload_libraries",
        "temp_tablespaces", "unix_socket_directories", "createrole_self_grant", "restrict_nonsystem_relation_kind",
    ]
}
