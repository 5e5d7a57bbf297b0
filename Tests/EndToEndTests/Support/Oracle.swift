import Foundation
import Testing

/// What a database holds, told by PostgreSQL's own means: the judge of a restore, independent of what is tested.
struct Oracle: Sendable {
    /// A file with pg_dump's dump, the lines of tokens taken out, sorted by bytes.
    var dump: String
    /// Rows and checksum of each table, state of each sequence, content of each large object: a line each, sorted.
    var contents: String

    /// Settings that change a dump's or a row's text, held against those that a database has of its own.
    static let environment: [String: String?] = [
        "PGOPTIONS": [
            "bytea_output=hex", "TimeZone=UTC", "lc_monetary=C", "standard_conforming_strings=on",
            "quote_all_identifiers=off", "DateStyle=ISO", "IntervalStyle=postgres", "extra_float_digits=1",
            "search_path=", "statement_timeout=0", "idle_in_transaction_session_timeout=0",
            "client_min_messages=warning",
        ].map { "-c \($0)" }.joined(separator: " "),
        // Bytes as they are stored, whatever the encoding.
        "PGCLIENTENCODING": "SQL_ASCII",
    ]

    /// Reads the whole of a database, with the psql and pg_dump of `tools` or those in PATH; `edits` is what sed does
    /// to the dump, beside taking tokens out.
    static func read(_ database: TestDatabase, tools: String? = nil, edits: String = "") async throws -> Oracle {
        let file = "\(database.folder)/\(UUID().uuidString)"
        var environment = Oracle.environment
        environment["PATH"] = [tools, ProcessInfo.processInfo.environment["PATH"]].compactMap(\.self)
            .joined(separator: ":")
        try await Shell.run(
            #"""
            # A dump in the database's own encoding; a version 15 server may hold what is no UTF-8.
            encoding=$(psql -X -A -t -d "$1" -c 'SELECT getdatabaseencoding()')
            pg_dump --encoding="$encoding" -d "$1" | LC_ALL=C sed -E -e '/^\\(un)?restrict /d' -e "$3" | LC_ALL=C sort > "$2.dump"
            psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$1" -f - > "$2.contents" <<'SQL'
            -- The hash of an enum's value is another one in each database, and so is the leaf: those trees count as one.
            WITH trees AS (
                SELECT DISTINCT pg_partition_root(partrelid) AS root FROM pg_partitioned_table WHERE partstrat = 'h'
            )
            SELECT format('SELECT %L, count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM %s %I.%I t',
                          format('%I.%I', nspname, relname), CASE WHEN relkind = 'p' THEN '' ELSE 'ONLY' END, nspname, relname)
              FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
             WHERE (relkind = 'r' AND coalesce(pg_partition_root(c.oid), 0) NOT IN (SELECT root FROM trees)
                    OR relkind = 'm' AND relispopulated OR c.oid IN (SELECT root FROM trees)) AND relpersistence <> 't'
               AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
             ORDER BY nspname COLLATE "C", relname COLLATE "C" \gexec
            SELECT format('SELECT %L, last_value, is_called FROM %I.%I',
                          format('%I.%I', nspname, relname), nspname, relname)
              FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
             WHERE relkind = 'S' ORDER BY nspname COLLATE "C", relname COLLATE "C" \gexec
            SELECT oid, lomowner::regrole, lomacl, md5(lo_get(oid)) FROM pg_largeobject_metadata ORDER BY oid;
            SQL
            """#, database.url, file, edits, environment: environment)
        return Oracle(dump: "\(file).dump", contents: "\(file).contents")
    }

    /// Lines in which another database differs, in `dump` and `contents` or one of them; empty if it is the same.
    func differences(from other: Oracle, in kinds: String = "dump contents") async throws -> String {
        try await Shell.run(
            #"""
            for kind in $3; do
                cmp -s "$1.$kind" "$2.$kind" || { diff -a "$1.$kind" "$2.$kind" || true; } | cut -c 1-300 | { head -n 30; cat >/dev/null; }
            done
            """#, String(dump.dropLast(5)), String(other.dump.dropLast(5)), kinds)
    }

    /// The properties of a database that are not in its dump: owner, encoding, locale, limit, privileges, settings, comment.
    static func properties(of name: String) async throws -> String {
        try await TestDatabase.administer(
            """
            SELECT datdba::regrole, pg_encoding_to_char(encoding), datcollate, datctype, datconnlimit, datistemplate,
                   datallowconn,
                   ARRAY(SELECT unnest(datacl)::text ORDER BY 1)::text, shobj_description(oid, 'pg_database')
              FROM pg_database WHERE datname = '\(name)'
            UNION ALL
            SELECT setrole::regrole, '', '', '', 0, false, false, '',
                   ARRAY(SELECT unnest(setconfig) ORDER BY 1)::text
              FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase WHERE datname = '\(name)'
             ORDER BY 2 DESC, 1
            """)
    }
}

/// Expects that a database now holds what it, or another one, held when `source` was read.
func expectEqual(
    _ database: TestDatabase, _ source: Oracle, _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let differences = try await Oracle.read(database).differences(from: source)
    #expect(differences.isEmpty, "\(what)", sourceLocation: sourceLocation)
}
