import Foundation
import PGKeepModel
import PGKeepPostgres

/// What is found out before a backup begins: whether it can succeed, and with which tools.
struct BackupPreflight: Sendable {
    var server: ServerFacts
    var database: DatabaseProperties
    var encoding: String
    var warnings: [String]

    /// Looks at server, database and role; throws what would make the backup fail or be less than whole.
    static func run(_ connection: Connection, _ cancellation: Cancellation) throws -> BackupPreflight {
        try Pooler.refuse(connection, cancellation)
        try Session.prepare(connection)
        let unreadable = try TableList.unreadable(connection)
        guard unreadable.isEmpty else { throw refusal(unreadable, role: connection.user, connection.database) }
        var warnings: [String] = []
        let server = try DatabaseFacts.server(connection)
        if server.major < 14 {
            warnings.append("PostgreSQL \(server.major) can't scan ranges of pages: its tables are dumped one by one")
        }
        return BackupPreflight(
            server: server, database: try DatabaseFacts.properties(connection),
            encoding: try Session.clientEncoding(connection), warnings: warnings)
    }

    private static func refusal(_ things: [String], role: String, _ database: String) -> PGKeepError {
        let shown = things.prefix(10).joined(separator: ", ")
        let rest = things.count > 10 ? " and \(things.count - 10) more" : ""
        return PGKeepError(
            .privileges, "role \(role) can't read all of database \(database)", cause: shown + rest,
            hint: "as a superuser: GRANT pg_read_all_data TO \(QualifiedName.quote(role)); "
                + "ALTER ROLE \(QualifiedName.quote(role)) BYPASSRLS; large objects: ALTER ROLE … SUPERUSER "
                + "or GRANT SELECT ON LARGE OBJECT …")
    }
}
