import PGKeepPostgres

/// A session that stays open between pieces of blocking work: a transaction that holds a snapshot.
///
/// `@unchecked`: one thread at a time uses it, through `with`, between awaits of the one task that holds it.
final class HeldSession: @unchecked Sendable {
    private let connection: Connection

    init(_ connection: Connection) { self.connection = connection }

    func with<Result>(_ body: (Connection) throws -> Result) rethrows -> Result { try body(connection) }
}
