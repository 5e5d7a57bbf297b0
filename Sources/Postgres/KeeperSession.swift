package import PGKeepModel

/// An idle session by which the keepers of one server see one another: it holds a shared lock for each app kept.
///
/// Its application name tells where the keeper files its backups. Two that keep the same app into different places
/// can't see each other's backups, and each would take every slot.
package final class KeeperSession {
    private let session: Connection
    private let vault: String
    /// Whether this is a standby, whose locks the primary knows nothing of.
    package let isOnStandby: Bool

    /// `host:port` or the socket's folder, for messages.
    package var place: String { session.place }

    /// `vault` identifies the place of the backups: letters and digits, 32 at most.
    package init(vault: String, on server: ConnectionString, cancellation: Cancellation) throws {
        session = try AdvisoryLock.connect(server, cancellation)
        self.vault = vault
        isOnStandby = try session.value("SELECT pg_catalog.pg_is_in_recovery()") == "t"
        try session.query("SET application_name = \(session.quote(literal: KeeperSession.name(vault)))")
    }

    /// Says that an app is kept.
    package func announce(_ app: AppName) throws {
        try session.query("SELECT pg_catalog.pg_advisory_lock_shared(\(key(app)))")
    }

    /// The server's process of this session.
    package var process: Int { session.handshakeProcess }

    /// The vaults, other than this keeper's, into which the app is kept as well; sessions of `own` processes don't count.
    package func otherVaults(of app: AppName, except own: [Int]) throws -> [String] {
        let rows = try session.query(
            """
            SELECT DISTINCT a.application_name
            FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a USING (pid)
            WHERE l.locktype = 'advisory' AND l.mode = 'ShareLock' AND l.objsubid = 1 AND l.granted
              AND (l.classid::bigint << 32 | l.objid::bigint) = \(key(app))
              AND NOT l.pid = ANY (ARRAY[\(own.map(String.init).joined(separator: ", "))]::int[])
              AND a.application_name <> \(session.quote(literal: KeeperSession.name(vault)))
            """)
        return rows.compactMap { $0.first ?? nil }.map { String($0.dropFirst(KeeperSession.name("").count)) }
    }

    private func key(_ app: AppName) throws -> String {
        "pg_catalog.hashtextextended(\(try session.quote(literal: "pgkeep keeps \(app)")), 0)"
    }

    private static func name(_ vault: String) -> String { "pgkeep keeper \(vault)" }
}
