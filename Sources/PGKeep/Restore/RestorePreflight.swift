import Foundation
import PGKeepArchive
import PGKeepModel
import PGKeepPostgres

/// Looks at the target before a restore touches it.
enum RestorePreflight {
    static func plan(
        _ archive: ArchiveReader, name: String, request: RestoreRequest, database: String, now: Date,
        _ connection: Connection
    ) throws -> RestorePlan {
        let header = archive.index.header
        let exists = try Databases.exists(database, connection)
        let literal = try connection.quote(literal: database)
        var plan = RestorePlan(
            archive: name, createdAt: header.createdAt, database: database, keptAside: nil, replacedBytes: nil,
            sessions: 0, serverVersion: try connection.value("SHOW server_version") ?? "",
            archiveServerVersion: header.server.version, tables: archive.index.tables.count, rows: archive.index.rows,
            rawBytes: archive.index.rawBytes, warnings: [], blockers: [])
        if exists {
            plan.replacedBytes = try connection.value("SELECT pg_catalog.pg_database_size(\(literal))")
                .flatMap { Int64($0) }
            plan.sessions =
                try connection.value("SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = \(literal)")
                .flatMap { Int($0) } ?? 0
            switch request.target {
            case .create:
                plan.blockers.append("database \(database) exists already; --into makes a new one, --to replaces one")
            case .replace:
                plan.keptAside = try SideDatabase.nameAside(database, now, connection)
                plan.blockers += try obstacles(literal, breaking: request.breakReplication, connection)
            }
        }
        if header.server.major > connection.major {
            plan.warnings.append(
                "the archive is of PostgreSQL \(header.server.major), the server is \(connection.major): "
                    + "what the older one doesn't know stops the restore")
        }
        if try connection.value(
            "SELECT rolsuper OR rolcreatedb FROM pg_catalog.pg_roles WHERE rolname = current_user") != "t"
        {
            plan.blockers.append("role \(try connection.currentRole()) may not create databases: ALTER ROLE … CREATEDB")
        }
        if try connection.value("SELECT pg_catalog.pg_is_in_recovery()") == "t" {
            plan.blockers.append("the server is a standby: restore on its primary")
        }
        return plan
    }

    /// What would be lost or in the way if the database were replaced.
    private static func obstacles(
        _ database: String, breaking: Bool, _ connection: Connection
    ) throws -> [String] {
        var found: [String] = []
        if try connection.value("SELECT datistemplate FROM pg_catalog.pg_database WHERE datname = \(database)") == "t" {
            found.append("the database is a template: ALTER DATABASE … IS_TEMPLATE false first")
        }
        // A prepared transaction stops the rename, whatever one is ready to lose.
        for row in try connection.query("SELECT gid FROM pg_catalog.pg_prepared_xacts WHERE database = \(database)") {
            found.append("prepared transaction \(row[0] ?? "") holds it: COMMIT PREPARED or ROLLBACK PREPARED it")
        }
        guard !breaking else { return found }
        for row in try connection.query(
            "SELECT slot_name FROM pg_catalog.pg_replication_slots WHERE database = \(database)")
        {
            found.append("logical slot \(row[0] ?? "") stays with the old database (--break-replication to go on)")
        }
        for row in try connection.query(
            """
            SELECT s.subname FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON d.oid = s.subdbid
            WHERE d.datname = \(database)
            """)
        {
            found.append("subscription \(row[0] ?? "") stays with the old database (--break-replication to go on)")
        }
        return found
    }
}
