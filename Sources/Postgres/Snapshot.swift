package import PGKeepModel

/// The moment a backup shows: a transaction that holds every table and whose snapshot other sessions take.
///
/// The order matters. The tables are listed, locked, and only then is the snapshot taken: a TRUNCATE or a rewrite that
/// commits between a snapshot and the lock would read as an empty table. Then the list is read again; if it differs,
/// all of it begins anew.
package struct Snapshot: Sendable {
    package let identifier: String
    package let tables: [TableFacts]
    /// How long each session waits for its locks.
    let lockTimeout: Duration

    /// Takes the snapshot on `connection`, whose transaction stays open: it must live as long as others read.
    package static func take(on connection: Connection, lockTimeout: Duration) throws -> Snapshot {
        let before = try TableList.names(connection)
        try begin(connection, lockTimeout: lockTimeout)
        try lock(before.map(\.name), on: connection)
        guard let identifier = try connection.value("SELECT pg_catalog.pg_export_snapshot()") else {
            throw PGKeepError(.failed, "the server exported no snapshot")
        }
        let tables = try TableList.read(connection)
        guard tables.map(\.oid) == before.map(\.oid), tables.map(\.name) == before.map(\.name) else {
            throw PGKeepError(.busy, "tables came or went while they were being locked")
        }
        return Snapshot(identifier: identifier, tables: tables, lockTimeout: lockTimeout)
    }

    /// Joins the snapshot on another session and locks what it will read, to the end of its transaction: an ALTER
    /// TABLE that queues behind the first session would otherwise stop this one's next COPY for ever.
    package func join(on connection: Connection, reading names: [QualifiedName]) throws {
        try Snapshot.begin(connection, lockTimeout: lockTimeout)
        try connection.query("SET TRANSACTION SNAPSHOT \(connection.quote(literal: identifier))")
        try Snapshot.lock(names, on: connection)
    }

    private static func begin(_ connection: Connection, lockTimeout: Duration) throws {
        try connection.query(
            "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; "
                + "SET LOCAL lock_timeout = \(milliseconds(lockTimeout))")
    }

    private static func milliseconds(_ duration: Duration) -> Int64 { duration.components.seconds * 1000 }

    private static func lock(_ names: [QualifiedName], on connection: Connection) throws {
        for start in stride(from: 0, to: names.count, by: 500) {
            let some = names[start..<min(start + 500, names.count)].map { "ONLY \($0.quoted)" }
            try connection.query("LOCK TABLE \(some.joined(separator: ", ")) IN ACCESS SHARE MODE")
        }
    }
}
