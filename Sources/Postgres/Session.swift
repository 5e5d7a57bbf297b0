import PGKeepModel

/// The settings all sessions of a backup share, because they change the text of rows or end waiting sessions.
package enum Session {
    /// Names and values; for pg_dump they travel in PGOPTIONS.
    static func settings(major: Int) -> [(name: String, value: String)] {
        var settings = [
            ("statement_timeout", "0"), ("lock_timeout", "0"), ("idle_in_transaction_session_timeout", "0"),
            ("idle_session_timeout", "0"), ("TimeZone", "UTC"), ("DateStyle", "ISO"), ("IntervalStyle", "postgres"),
            ("extra_float_digits", "3"), ("bytea_output", "hex"), ("lc_monetary", "C"),
            ("standard_conforming_strings", "on"), ("synchronize_seqscans", "off"),
            ("quote_all_identifiers", "off"), ("row_security", "off"),
            ("default_transaction_read_only", "off"),
        ]
        if major >= 17 { settings.append(("transaction_timeout", "0")) }
        return settings
    }

    /// Prepares a session that reads: `UTF8`, or the bytes as they are for SQL_ASCII; refuses a server that is too old.
    package static func prepare(_ connection: Connection) throws {
        try SupportedMajors.refuseOlder(connection.major, place: connection.place)
        let encoding = try clientEncoding(connection)
        var sql = settings(major: connection.major).map { "SET \($0.name) = '\($0.value)';" }.joined(separator: " ")
        sql += " SET client_encoding = '\(encoding)'; SELECT pg_catalog.set_config('search_path', '', false);"
        try connection.query(sql)
    }

    /// Takes away every limit of time that the server knows: its roles may have been given some, and a dump of an older
    /// major doesn't know them all.
    package static let withoutTimeouts = """
        SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings
        WHERE name IN ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout',
                       'idle_session_timeout', 'transaction_timeout')
        """

    /// What `-E` of pg_dump and `client_encoding` are for this database.
    package static func clientEncoding(_ connection: Connection) throws -> String {
        try connection.value("SHOW server_encoding") == "SQL_ASCII" ? "SQL_ASCII" : "UTF8"
    }

    /// `-c name=value` for every setting.
    static func options(major: Int) -> String {
        settings(major: major).map { "-c \($0.name)=\($0.value)" }.joined(separator: " ")
    }
}
