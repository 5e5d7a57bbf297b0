import PGKeepModel

/// Finds out whether each transaction may be given another backend: PgBouncer in transaction mode and its like.
package enum Pooler {
    /// Throws when a transaction pooler stands between.
    ///
    /// The handshake of a pooler names a process that isn't the backend. If it does, two sessions open a transaction
    /// each and close them in the same order: a transaction pooler then hands the first session the other's backend.
    package static func refuse(_ connection: Connection, _ cancellation: Cancellation) throws {
        func process(_ session: Connection) throws -> String? {
            try session.value("SELECT pg_catalog.pg_backend_pid()")
        }
        guard try process(connection) != String(connection.handshakeProcess) else { return }
        let other = try Connection(connection.target, cancellation: cancellation)
        var seen: Set<String?> = []
        for _ in 0..<3 {
            do {
                try connection.query("BEGIN")
            } catch {
                // In statement mode a pooler refuses transactions.
                throw PGKeepError(
                    .unreachable,
                    "a pooler without transactions stands between pgkeep and the server at \(connection.place)",
                    cause: "\(error)",
                    hint: "put the server's own address into DATABASE_URL (for PgBouncer: its host and port 5432)")
            }
            seen.insert(try process(connection))
            try other.query("BEGIN")
            _ = try process(other)
            try connection.query("COMMIT")
            try other.query("COMMIT")
        }
        guard seen.count == 1 else {
            throw PGKeepError(
                .unreachable, "a transaction pooler stands between pgkeep and the server at \(connection.place)",
                cause: "one session was given \(seen.count) different backends",
                hint: "put the server's own address into DATABASE_URL (for PgBouncer: its host and port 5432)")
        }
    }
}
