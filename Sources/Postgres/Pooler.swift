import PGKeepModel

/// A pooler between us and the server, PgBouncer or its like: whether one stands there, and what can go through it.
///
/// The handshake of a pooler names a process that isn't the backend. In session mode each session keeps its backend,
/// and only the settings that pg_dump is to be given at its start may not come through: some poolers refuse them, some
/// drop them without a word. In transaction and statement mode snapshots, locks and settings go astray.
package enum Pooler {
    /// What to do about one that nothing can go through.
    static let hint = "put the server's own address into DATABASE_URL (for PgBouncer: its host and port 5432)"

    /// Whether a pooler stands between; throws if it may give each transaction another backend.
    @discardableResult
    package static func refuseTransactions(_ connection: Connection, _ cancellation: Cancellation) throws -> Bool {
        guard try process(connection) != String(connection.handshakeProcess) else { return false }
        let other = try Connection(connection.target, cancellation: cancellation)
        // Two sessions open a transaction each and close them in the same order: a transaction pooler then hands the
        // first session the other's backend.
        var seen: Set<String?> = []
        for _ in 0..<3 {
            do {
                try connection.query("BEGIN")
            } catch let error as PGKeepError where error.code == .failed || error.code == .unreachable {
                // In statement mode a pooler refuses transactions.
                throw refusal("a pooler without transactions stands", connection, cause: error.description)
            }
            seen.insert(try process(connection))
            try other.query("BEGIN")
            _ = try process(other)
            try connection.query("COMMIT")
            try other.query("COMMIT")
        }
        guard seen.count == 1 else {
            throw refusal(
                "a transaction pooler stands", connection,
                cause: "one session was given \(seen.count) different backends")
        }
        return true
    }

    /// Throws if pg_dump, which a pooler may keep from having our settings, would write rows in another form than we.
    package static func refuseOtherForms(_ target: ConnectionString, _ cancellation: Cancellation) throws {
        let connection = try Connection(target, cancellation: cancellation)
        let found = try forms(connection)
        try Session.prepare(connection)
        let different = try zip(found, forms(connection)).filter { $0.sample != $1.sample }
        guard !different.isEmpty else { return }
        let role = QualifiedName.quote(connection.user)
        let database = QualifiedName.quote(connection.database)
        let remedies = try different.map { _, wanted in
            let value = try connection.quote(literal: wanted.value)
            return "ALTER ROLE \(role) IN DATABASE \(database) SET \(wanted.setting) = \(value);"
        }
        throw PGKeepError(
            .unreachable, "the pooler at \(connection.place) keeps pg_dump from having the settings it needs",
            cause: different.map { "\($0.setting) is \($0.value) there, not \($1.value)" }.joined(separator: ", "),
            hint: "\(hint), or make the pooler reconnect after: \(remedies.joined(separator: " "))")
    }

    /// A setting that changes a dump's text and that pg_dump doesn't set by itself.
    private struct Form {
        var setting: String
        var value: String
        /// Text that shows what the setting does: two values may do the same.
        var sample: String
    }

    private static func forms(_ connection: Connection) throws -> [Form] {
        try samples.map { setting, sample in
            let row = try connection.query("SELECT pg_catalog.current_setting('\(setting)'), \(sample)")[0]
            return Form(setting: setting, value: row[0] ?? "", sample: row[1] ?? "")
        }
    }

    private static let samples = [
        ("bytea_output", "pg_catalog.decode('00ff', 'hex')::text"),
        // The offsets of two hundred years: zones have many names.
        (
            "TimeZone",
            """
            (SELECT pg_catalog.string_agg(pg_catalog.date_part('timezone', t)::text, ' ' ORDER BY t)
             FROM pg_catalog.generate_series(timestamptz '1900-01-01 00:00Z', timestamptz '2100-01-01 00:00Z',
                                             interval '61 days') t)
            """
        ),
        ("lc_monetary", "('-1234567.89'::pg_catalog.numeric::pg_catalog.money)::text"),
        ("quote_all_identifiers", "pg_catalog.quote_ident('a')"),
        ("standard_conforming_strings", "pg_catalog.current_setting('standard_conforming_strings')"),
    ]

    private static func process(_ session: Connection) throws -> String? {
        try session.value("SELECT pg_catalog.pg_backend_pid()")
    }

    private static func refusal(_ what: String, _ connection: Connection, cause: String) -> PGKeepError {
        PGKeepError(
            .unreachable, "\(what) between pgkeep and the server at \(connection.place)", cause: cause, hint: hint)
    }
}
