import PGKeepModel

/// A lock by name that lives in a server and ends with the session that holds it: a killed holder leaves none behind.
///
/// Such locks exclude only within one server and one database, and a standby has its own: they are always taken in the
/// database `postgres`, or in `template1` where there is no other.
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

    /// Waits until it can be had, however long that takes; a cancellation ends the waiting.
    package func wait() throws { try session.query("SELECT pg_catalog.pg_advisory_lock(\(key))") }

    static func connect(_ server: ConnectionString, _ cancellation: Cancellation) throws -> Connection {
        var refusal: (any Error)?
        for database in ["postgres", "template1"] {
            do {
                let session = try Connection(
                    server.database(database), purpose: "pgkeep keeper", cancellation: cancellation)
                // Behind a pooler that hands out backends by transaction, a lock would be of nobody's.
                try Pooler.refuseTransactions(session, cancellation)
                try session.query("\(Session.withoutTimeouts); SET client_encoding = 'UTF8'")
                return session
            } catch { refusal = refusal ?? error }
        }
        throw refusal ?? PGKeepError(.failed, "no database to hold a lock in")
    }
}
