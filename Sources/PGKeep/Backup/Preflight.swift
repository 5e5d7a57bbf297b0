import Foundation
import PGKeepModel
import PGKeepPostgres

/// What is found out before a backup begins: whether it can succeed, and with which tools.
struct BackupPreflight: Sendable {
    var server: ServerFacts
    var database: DatabaseProperties
    var needs: ArchiveNeeds
    var encoding: String
    /// Whether a pooler stands between us and the server.
    var isPooled: Bool
    var warnings: [String]

    /// Looks at server, database and role; throws what would make the backup fail or be less than whole.
    static func run(_ connection: Connection, _ cancellation: Cancellation) throws -> BackupPreflight {
        let isPooled = try Pooler.refuseTransactions(connection, cancellation)
        if isPooled { try Pooler.refuseOtherForms(connection.target, cancellation) }
        try Session.prepare(connection)
        let unreadable = try TableList.unreadable(connection)
        guard unreadable.isEmpty else { throw refusal(unreadable, role: connection.user, connection.database) }
        let server = try DatabaseFacts.server(connection)
        var warnings = [SupportedMajors.warning(of: server.major)].compactMap(\.self)
        if server.isStandby { warnings += try unloggedWarning(connection) }
        return BackupPreflight(
            server: server, database: try DatabaseFacts.properties(connection),
            needs: try DatabaseNeeds.read(connection), encoding: try Session.clientEncoding(connection),
            isPooled: isPooled, warnings: warnings)
    }

    /// Unlogged tables are not replicated: on a standby there is nothing of them to read.
    private static func unloggedWarning(_ connection: Connection) throws -> [String] {
        let unlogged = try TableList.unlogged(connection)
        guard !unlogged.isEmpty else { return [] }
        return ["the server is a standby, which has no rows of unlogged tables: left empty are \(listed(unlogged))"]
    }

    private static func listed(_ things: [String]) -> String {
        let rest = things.count > 10 ? " and \(things.count - 10) more" : ""
        return things.prefix(10).joined(separator: ", ") + rest
    }

    private static func refusal(_ things: [String], role: String, _ database: String) -> PGKeepError {
        PGKeepError(
            .privileges, "role \(role) can't read all of database \(database)", cause: listed(things),
            hint: "as a superuser: GRANT pg_read_all_data TO \(QualifiedName.quote(role)); "
                + "ALTER ROLE \(QualifiedName.quote(role)) BYPASSRLS; large objects: ALTER ROLE … SUPERUSER "
                + "or GRANT SELECT ON LARGE OBJECT …")
    }
}
