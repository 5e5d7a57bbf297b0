/// A lock by name that lives in a server and ends with the session that holds it: a killed holder leaves none behind.
///
/// Such locks exclude only within one server and one database, and a standby has its own: they are always taken in the
/// database `postgres`.
package final class AdvisoryLock {
    private let session: Connection
    private let key: String

    /// Connects; nothing is locked yet.
    package init(_ name: String, on server: ConnectionString, cancellation: Cancellation) throws {
        session = try AdvisoryLock.connect(server, cancellation)
        key = "pg_catalog.hashtextextended(\(try session.quote(literal: name)), 0)"
    }

    /// Takes the lock if nobody holds it.
    package func take() throws -> Bool {
        try session.value("SELECT pg_catalog.pg_try_advisory_lock(\(key))") == "t"
    }

    /// A session for locks. The server looks after it while it idles: one whose client is gone must not keep a lock.
    static func connect(_ server: ConnectionString, _ cancellation: Cancellation) throws -> Connection {
        let session = try Connection(
            server.database("postgres"), purpose: "pgkeep keeper", cancellation: cancellation)
        // Behind a pooler that hands out backends by transaction, a lock would be of nobody's.
        try Pooler.refuseTransactions(session, cancellation)
        try session.query(
            """
            \(Session.withoutTimeouts); SET client_encoding = 'UTF8';
            SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3
            """)
        return session
    }
}
