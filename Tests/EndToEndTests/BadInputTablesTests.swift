import Foundation
import Testing

/// Whatever is wrong with a restore of tables, the database is as it was, and the message says what to type next.
@Suite("Bad input: single tables", .lendsServer, .enabled(if: FaultServer.isPossible))
struct BadInputTablesTests {
    private static let tables =
        FaultServer.smallData + """
            CREATE EXTENSION hstore; CREATE SCHEMA side; CREATE TYPE side.mood AS ENUM ('sad', 'ok');
            CREATE TABLE side.typed (n int PRIMARY KEY, m side.mood); INSERT INTO side.typed VALUES (1, 'ok');
            CREATE TABLE side.extended (n int PRIMARY KEY, h hstore); INSERT INTO side.extended VALUES (1, 'a=>b');
            CREATE TABLE side.things (n int); INSERT INTO side.things VALUES (1);
            CREATE TABLE side.hashed (m side.mood) PARTITION BY HASH (m);
            CREATE TABLE side.hashed_0 PARTITION OF side.hashed FOR VALUES WITH (MODULUS 1, REMAINDER 0);
            INSERT INTO side.hashed VALUES ('sad');
            """

    /// A database with a backup; `body` gets the archive's name, and finds the schemas and rows as they were.
    private func withArchive(
        damaging sql: String = "SELECT 1",
        _ body: (_ name: String, _ sandbox: Sandbox, _ archive: String) async throws -> Void
    ) async throws {
        let server = try FaultServer.lent
        try await server.withDatabase(BadInputTablesTests.tables) { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                try await server.psql(sql, in: name)
                let before = try await state(name)
                try await body(name, sandbox, URL(fileURLWithPath: archive).lastPathComponent)
                #expect(try await state(name) == before)
            }
        }
    }

    private func state(_ name: String) async throws -> String {
        let schemas = try await FaultServer.lent.psql("SELECT nspname FROM pg_namespace ORDER BY 1", in: name)
        return try await schemas + FaultServer.lent.fingerprint(name)
    }

    @Test("A table that the archive doesn't hold ends with 1 and the nearest names")
    func unknown() async throws {
        try await withArchive { name, sandbox, archive in
            try await sandbox.refuses(
                1, "\(archive) holds no table thigns", "public.things, side.things",
                hint: "pgkeep restore \(archive) --table public.things", url: try FaultServer.lent.url(name),
                arguments: ["restore", "latest", "--table", "thigns"])
            try await sandbox.refuses(
                1, "holds no table nothing.*", hint: "pgkeep show \(archive)", url: try FaultServer.lent.url(name),
                arguments: ["restore", "latest", "--table", "things", "--table", "nothing.*"])
        }
    }

    @Test(
        "A type or an extension that is missing ends with 1, its name, and how to bring all of it back",
        arguments: [
            ("DROP TYPE side.mood CASCADE", "side.typed", "type \"side.mood\" does not exist"),
            ("DROP EXTENSION hstore CASCADE", "side.extended", "type \"public.hstore\" does not exist"),
        ])
    func missing(damage: String, table: String, cause: String) async throws {
        try await withArchive(damaging: damage) { name, sandbox, archive in
            try await sandbox.refuses(
                1, cause, "while restoring CREATE TABLE", hint: "pgkeep restore \(archive) --into \(name)_restored",
                url: try FaultServer.lent.url(name), arguments: ["restore", "latest", "--table", table])
        }
    }

    @Test("A side schema that exists is left alone, and another name is given")
    func schemaExists() async throws {
        try await withArchive { name, sandbox, archive in
            let url = try FaultServer.lent.url(name)
            for schema in ["side", "public"] {
                let run = try await sandbox.refuses(
                    1, "the schema \(schema) exists already",
                    hint: "pgkeep restore \(archive) --table public.things --schema \(schema)_2", url: url,
                    arguments: ["restore", "latest", "--table", "public.things", "--schema", schema])
                #expect(!run.talk.contains("DROP"))
            }
            #expect(try await FaultServer.lent.psql("SELECT count(*) FROM side.typed", in: name) == "1")
        }
    }

    @Test(
        "A name that no schema can have is refused",
        arguments: [("", 64), (String(repeating: "x", count: 64), 64), ("pg_x", 1)] as [(String, Int32)])
    func badSchema(schema: String, status: Int32) async throws {
        try await withArchive { name, sandbox, _ in
            try await sandbox.refuses(
                status, hint: nil, url: try FaultServer.lent.url(name),
                arguments: ["restore", "latest", "--table", "public.things", "--schema", schema])
        }
    }

    @Test("Two tables of one name are refused together, and the hint takes them one by one")
    func sameName() async throws {
        try await withArchive { name, sandbox, archive in
            try await sandbox.refuses(
                64, "public.things and side.things can't share the schema restored_",
                "both have a relation named things",
                hint: "pgkeep restore \(archive) --table public.things", url: try FaultServer.lent.url(name),
                arguments: ["restore", "latest", "--table", "things"])
        }
    }

    @Test("A partition whose rows were dumped through its root is refused, not restored empty")
    func throughRoot() async throws {
        try await withArchive { name, sandbox, archive in
            try await sandbox.refuses(
                64, "side.hashed_0 can't be restored alone", "side.hashed",
                hint: "pgkeep restore \(archive) --table side.hashed", url: try FaultServer.lent.url(name),
                arguments: ["restore", "latest", "--table", "hashed_0"])
        }
    }

    @Test("A role that may not make a schema ends with 9 and the grant that it needs, which helps")
    func privileges() async throws {
        let server = try FaultServer.lent
        try await withArchive { name, sandbox, _ in
            let url = server.url(name, user: "weak_\(name)")
            try await server.psql("CREATE ROLE weak_\(name) LOGIN", in: name)
            let arguments = ["restore", "latest", "--table", "side.typed", "--schema", "mine"]
            let run = try await sandbox.refuses(9, "permission denied for database", url: url, arguments: arguments)
            let grant = try #require(run.hint).replacing("pgkeep: hint: ", with: "")
            #expect(grant == "GRANT CREATE ON DATABASE \"\(name)\" TO \"weak_\(name)\"")
            try await server.psql("\(grant); GRANT USAGE ON SCHEMA side TO weak_\(name)", in: name)
            let granted = try await sandbox.pgkeep(arguments, url: url)
            #expect(
                granted.status == 0 && granted.output.contains("no SQL to merge it: permission denied"), "\(granted)")
            #expect(try await server.psql("SELECT n, m FROM mine.typed", in: name) == "1|ok")
            try await server.psql("DROP OWNED BY weak_\(name) CASCADE; DROP ROLE weak_\(name)", in: name)
        }
    }

    @Test("--role restores as that role, and one that is not granted is refused")
    func role() async throws {
        let server = try FaultServer.lent
        try await withArchive { name, sandbox, _ in
            try await server.psql(
                "CREATE ROLE keeper_\(name); GRANT CREATE ON DATABASE \(name) TO keeper_\(name)", in: name)
            let arguments = ["restore", "latest", "--table", "public.things", "--schema", "kept", "--role"]
            let run = try await sandbox.pgkeep(arguments + ["keeper_\(name)"], url: server.url(name))
            #expect(run.status == 0, "\(run)")
            let owners = try await server.psql(
                "SELECT DISTINCT relowner::regrole FROM pg_class WHERE relnamespace = 'kept'::regnamespace", in: name)
            #expect(owners == "keeper_\(name)")
            try await server.psql("DROP OWNED BY keeper_\(name) CASCADE; DROP ROLE keeper_\(name)", in: name)
            let absent = try await sandbox.pgkeep(arguments + ["keeper_\(name)"], url: server.url(name))
            #expect(absent.status != 0 && absent.talk.contains("keeper_\(name)"), "\(absent)")
        }
    }

    @Test("--rows-only into a table that is gone, or has other columns, appends nothing anywhere")
    func rowsOnly() async throws {
        for damage in ["DROP TABLE side.typed", "ALTER TABLE side.typed RENAME m TO mood"] {
            try await withArchive(damaging: "TRUNCATE side.extended; \(damage)") { name, sandbox, archive in
                try await sandbox.refuses(
                    1, "there is no table side.typed with the archive's columns",
                    hint: "pgkeep restore \(archive) --table side.typed --table side.extended",
                    url: try FaultServer.lent.url(name),
                    arguments: [
                        "restore", "latest", "--rows-only", "--yes", "--table", "side.typed", "--table",
                        "side.extended",
                    ])
                #expect(try await FaultServer.lent.psql("SELECT count(*) FROM side.extended", in: name) == "0")
            }
        }
    }

    @Test("A template is not replaced")
    func template() async throws {
        let server = try FaultServer.lent
        try await withArchive { name, sandbox, archive in
            try await server.psql("CREATE DATABASE \(name)_template IS_TEMPLATE true")
            try await sandbox.refuses(
                1, "\(name)_template", "template", hint: "IS_TEMPLATE false", url: server.url(name),
                arguments: ["restore", "latest", "--to", "\(name)_template", "--yes"])
            try await server.psql("ALTER DATABASE \(name)_template IS_TEMPLATE false")
            #expect(try await server.beside(name) == ["\(name)_template"])
        }
    }

    @Test("A signal while rows load leaves no schema and no open session", arguments: [SIGINT, SIGTERM])
    func signalled(number: Int32) async throws {
        let server = try FaultServer.lent
        let gate = "gate_\(UUID().uuidString.prefix(8).lowercased())"
        let slow = """
            CREATE FUNCTION public.slow(n int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
            BEGIN
                WHILE (pg_catalog.pg_stat_file('\(gate)', true)).size IS NOT NULL LOOP PERFORM pg_catalog.pg_sleep(0.02); END LOOP;
                RETURN n;
            END $$;
            ALTER TABLE public.things ADD CHECK (public.slow(n) = n);
            """
        try await server.withDatabase(FaultServer.smallData + slow) { name in
            try await Sandbox.with { sandbox in
                try await sandbox.backup(server.url(name))
                let before = try await state(name)
                let loading = "SELECT count(*) FROM pg_stat_activity WHERE datname = '\(name)' AND query LIKE 'COPY%'"
                for arguments in [["--table", "things"], ["--table", "things", "--rows-only", "--yes"]] {
                    try await shell("touch \(server.folder)/data/\(gate)")
                    try await sandbox.refuses(
                        128 + number, "interrupted", hint: nil, url: server.url(name),
                        arguments: ["restore", "latest"] + arguments
                    ) { pid in
                        try await until("the rows never began to load") { try await server.psql(loading) != "0" }
                        kill(pid, number)
                    }
                    #expect(try await state(name) == before)
                    try await shell("rm \(server.folder)/data/\(gate)")
                    try await until("a session stays") {
                        try await server.psql("SELECT count(*) FROM pg_stat_activity WHERE datname = '\(name)'") == "0"
                    }
                }
            }
        }
    }
}
