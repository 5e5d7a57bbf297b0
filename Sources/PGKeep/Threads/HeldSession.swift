import PGKeepPostgres

/// A session that stays open between pieces of blocking work: a transaction that holds a snapshot.
///
/// `@unchecked`: one thread at a time uses it, through `with`: that of the task that holds it, or, while that task waits
/// for the others of a backup, the one that asks why pg_dump failed.
final class HeldSession: @unchecked Sendable {
    private let connection: Connection

    init(_ connection: Connection) { self.connection = connection }

    func with<Result>(_ body: (Connection) throws -> Result) rethrows -> Result { try body(connection) }
}
