import Foundation
import Testing

/// Dumps that other tools made: verified, shown and restored like archives, as far as they tell what they hold.
@Suite(.server, .serverLog, .serialized)
struct ForeignDumpTests {
    /// A few hundred rows of every kind of object.
    private static let content = TestDatabase.Content.fixture("everything", ["big": "300"])

    /// Makes a dump of the database with a shell command; its path.
    private func dump(_ database: TestDatabase, _ command: String, to file: String) async throws -> String {
        let path = "\(database.folder)/\(file)"
        try await Shell.run("\(command) > \"$2\"", database.url, path)
        return path
    }

    private func byPsql(_ path: String, _ database: TestDatabase) async throws -> Oracle {
        let plain = try await database.sibling("plain")
        try await Shell.run("psql -X -q -v ON_ERROR_STOP=1 -o /dev/null -f \"$2\" -d \"$1\"", plain.url, path)
        return try await Oracle.read(plain)
    }

    @Test(
        "A plain dump comes back, however it was made",
        arguments: [
            ("pg_dump -d \"$1\"", "plain.sql"), ("pg_dump -d \"$1\" | gzip", "dump.sql.gz"),
            ("pg_dump -d \"$1\" | pigz -p2 -b 128", "named.otherwise"),
            ("pg_dump -d \"$1\" | zstd -q -1", "dump.sql.zst"),
            ("pg_dump -d \"$1\" --create", "create.sql"), ("pg_dump -d \"$1\" --clean", "clean.sql"),
            ("pg_dump -d \"$1\" --clean --if-exists --create | gzip", "both.sql.gz"),
            ("pg_dump -d \"$1\" --inserts", "inserts.sql"),
            ("pg_dump -d \"$1\" --column-inserts --rows-per-insert 50", "more.sql"),
        ])
    func restored(command: String, file: String) async throws {
        try await TestDatabase.with(Self.content) { database in
            let properties = try await Oracle.properties(of: database.name)
            let path = try await dump(database, command, to: file)
            // INSERT takes the sign from a negative zero: then psql tells what the dump holds.
            let expected =
                try await command.contains("inserts") ? byPsql(path, database) : Oracle.read(database)
            try await Program(database).run("verify", path)
            try await Program(database).run("show", path)
            try await database.execute("CREATE TABLE public.later (n int)")
            let outcome = try await Program(database).attempt("restore", path, "--yes")
            try #require(outcome.succeeded, "\(outcome)")
            try await expectEqual(database, expected, "from \(file)")
            // What a dump doesn't tell of the database itself stays as it is.
            let found = try await Oracle.properties(of: database.name)
            #expect(found == properties)
            try await Program(database).run("restore", "--undo", "--yes")
            #expect(try await database.execute("SELECT count(*) FROM public.later") == "0")
        }
    }

    @Test("A dump of several databases gives the one that is wanted, and never touches the others")
    func severalDatabases() async throws {
        try await FaultServer.with { server in
            try await server.psql(
                """
                CREATE ROLE shop LOGIN PASSWORD 'secret'; CREATE ROLE staff; GRANT staff TO shop;
                CREATE DATABASE shop OWNER shop; CREATE DATABASE warehouse;
                ALTER DATABASE shop SET work_mem = '5MB';
                """)
            try await server.psql(
                FaultServer.smallData
                    + "ALTER TABLE public.things OWNER TO shop; GRANT SELECT ON public.things TO staff;",
                in: "shop")
            try await server.psql("CREATE TABLE public.shelves AS SELECT 7 AS n", in: "warehouse")
            try await Sandbox.with { sandbox in
                let file = "\(sandbox.folder)/all.sql.gz"
                try await shell(
                    "\(server.tools)/pg_dumpall -h 127.0.0.1 -p \(server.port) -U postgres | gzip > \(file)")
                let before = try await server.fingerprint("shop")
                // A server that has neither the roles nor the databases.
                try await server.psql("DROP DATABASE shop")
                try await server.psql("DROP OWNED BY shop, staff; DROP ROLE shop, staff;")
                try await server.psql("UPDATE public.shelves SET n = 8", in: "warehouse")
                let shown = try await sandbox.pgkeep("show", file, "--json", url: server.url("shop"))
                #expect(shown.status == 0 && shown.output.contains("\"database\" : \"warehouse\""), "\(shown)")
                let run = try await sandbox.pgkeep("restore", file, "--yes", url: server.url("shop"))
                try #require(run.status == 0, "\(run)")
                #expect(try await server.fingerprint("shop") == before)
                #expect(try await server.psql("SELECT n FROM public.shelves", in: "warehouse") == "8")
                let owner = "SELECT tableowner, has_table_privilege('staff', 'public.things', 'SELECT') FROM pg_tables"
                #expect(try await server.psql("\(owner) WHERE tablename = 'things'", in: "shop") == "shop|t")
                #expect(try await server.psql("SELECT pg_has_role('shop', 'staff', 'member')") == "t")
                // Neither a name of its own nor one of those in the dump: which one is meant must be said.
                try await sandbox.refuses(
                    64, "warehouse", hint: "--to", url: server.url("shop"),
                    arguments: ["restore", file, "--into", "another", "--yes"])
                let renamed = try await sandbox.pgkeep(
                    "restore", file, "--to", "warehouse", "--yes", url: server.url("shop"))
                #expect(renamed.status == 0, "\(renamed)")
                #expect(try await server.psql("SELECT n FROM public.shelves", in: "warehouse") == "7")
            }
        }
    }

    @Test("--create's statements about the database never reach the one in use")
    func propertiesInUse() async throws {
        try await TestDatabase.with(.sql("CREATE TABLE public.t AS SELECT 1 AS n")) { database in
            try await database.execute("ALTER DATABASE \(database.name) SET work_mem = '5MB'")
            let path = try await dump(database, "pg_dump --create -d \"$1\"", to: "dump.sql")
            try await database.execute("ALTER DATABASE \(database.name) SET work_mem = '7MB'")
            let properties = try await Oracle.properties(of: database.name)
            let copy = try await database.sibling("copy", created: false)
            try await Program(database).run("restore", path, "--into", copy.name, "--yes")
            let found = try await Oracle.properties(of: database.name)
            #expect(found == properties)
            #expect(try await copy.execute("SELECT n FROM public.t") == "1")
        }
    }

    @Test("A dump that is cut short, changed or without its end is damage, and replaces nothing")
    func damaged() async throws {
        try await TestDatabase.with(.sql("CREATE TABLE public.t AS SELECT g AS n FROM generate_series(1, 5000) g")) {
            database in
            let whole = try await dump(database, "pg_dump -d \"$1\"", to: "dump.sql")
            let source = try await Oracle.read(database)
            let damages = [
                "head -c -1000 \"$1\"", "grep -v 'database dump complete' \"$1\"", "gzip -c \"$1\" | head -c -1",
                "gzip -c \"$1\" | head -c 9000", "sed 's/^.unrestrict .*/\\\\unrestrict other/' \"$1\"",
                "gzip -c \"$1\" | python3 -c 'import sys; b = bytearray(sys.stdin.buffer.read()); b[len(b) // 2] ^= 4; sys.stdout.buffer.write(b)'",
            ]
            for (number, damage) in damages.enumerated() {
                let path = "\(database.folder)/damaged\(number).sql"
                try await Shell.run("{ \(damage); } > \"$2\"", whole, path)
                for arguments in [["verify", path], ["restore", path, "--yes"], ["show", path]] {
                    let outcome = try await Program(database).attempt(arguments)
                    #expect(outcome.status == 4, "\(damage), \(arguments[0]): \(outcome)")
                }
            }
            try await expectEqual(database, source, "after refused restores")
            #expect(try await database.relatives("").isEmpty)
        }
    }

    @Test(
        "A dump whose SQL fails is told with its statement and a hint, the database as it was",
        arguments: [
            ("ALTER TABLE public.t ADD CHECK (n < 0);", "ADD CHECK", nil),
            ("CREATE TABLE public.n (a int) WITH (fillfactor = newest);", "CREATE TABLE public.n", nil),
            ("CREATE SPROCKET public.s FROM THE FUTURE;", "CREATE SPROCKET", "newer PostgreSQL"),
            ("ALTER TABLE public.t OWNER TO nobody_here;", "nobody_here", "--no-owner"),
            ("COPY public.t (n) FROM stdin;\nseven\n\\.\n", "seven", nil),
            ("COMMENT ON TABLE public.t IS 'caf\u{1}';", "encoding", "iconv"),
        ])
    func failingSQL(statement: String, words: String, hint: String?) async throws {
        try await TestDatabase.with(.sql("CREATE TABLE public.t AS SELECT g AS n FROM generate_series(1, 50) g")) {
            database in
            let whole = try await dump(database, "pg_dump -d \"$1\"", to: "dump.sql")
            let path = "\(database.folder)/failing.sql"
            let text = try String(contentsOfFile: whole, encoding: .utf8)
                .replacing(
                    "--\n-- PostgreSQL database dump complete",
                    with: "\(statement)\n\n--\n-- PostgreSQL database dump complete")
            // The byte 1 stands for one that is no UTF-8.
            let bytes = text.utf8.map { $0 == 1 ? 0xE9 : $0 }
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            let source = try await Oracle.read(database)
            let outcome = try await Program(database).attempt("restore", path, "--yes")
            #expect(outcome.status == 1 && outcome.talk.contains(words), "\(outcome)")
            if let hint { #expect(outcome.talk.contains(hint), "\(outcome)") }
            try await expectEqual(database, source, "after a failed restore")
            #expect(try await database.relatives("").isEmpty)
        }
    }

    @Test("What an older server doesn't know of a newer pg_dump's settings is passed over")
    func newerSettings() async throws {
        try await TestDatabase.with(.sql("CREATE TABLE public.t AS SELECT 1 AS n")) { database in
            let source = try await Oracle.read(database)
            let path = try await dump(
                database, "pg_dump -d \"$1\" | sed 's/^SET lock_timeout = 0;/&\\nSET transaction_timeout = 0;/'",
                to: "newer.sql")
            try await Program(database).run("restore", path, "--yes")
            try await expectEqual(database, source, "from a newer dump")
        }
    }

    @Test("The contents of a dump can't be proven: its text depends on how it was taken")
    func unproven() async throws {
        try await TestDatabase.with(.sql("CREATE TABLE public.t AS SELECT 1 AS n")) { database in
            let path = try await dump(database, "pg_dump -d \"$1\"", to: "dump.sql")
            let outcome = try await Program(database).attempt("restore", path, "--prove", "--yes")
            #expect(outcome.status == 64 && outcome.talk.contains("without --prove"), "\(outcome)")
        }
    }

    @Test("A custom dump is refused with the command that makes a plain one of it")
    func custom() async throws {
        try await TestDatabase.with(.sql("CREATE TABLE public.t AS SELECT 1 AS n")) { database in
            let path = try await dump(database, "pg_dump -Fc -d \"$1\"", to: "dump.custom")
            let outcome = try await Program(database).attempt("restore", path, "--yes")
            #expect(outcome.status == 64 && outcome.talk.contains("pg_restore -f -"), "\(outcome)")
        }
    }

    @Test("An archive under another name is still an archive, and damage in it still damage")
    func renamedArchive() async throws {
        try await TestDatabase.with(.sql("CREATE TABLE public.t AS SELECT 1 AS n")) { database in
            let archive = try await Program(database).run("backup")
            let path = "\(database.folder)/renamed.sql.gz"
            try await Shell.run("cp \"$1\" \"$2\"", archive, path)
            #expect(try await Program(database).run("show", path).contains("pgkeep:"))
            // Without the footer all of its SQL is there, but it is not what was written.
            try await Shell.run("head -c -279 \"$1\" > \"$2\"", archive, path)
            let outcome = try await Program(database).attempt("verify", path)
            #expect(outcome.status == 4 && outcome.talk.contains("footer"), "\(outcome)")
        }
    }
}
