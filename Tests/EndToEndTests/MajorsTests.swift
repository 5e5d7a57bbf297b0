import Foundation
import Testing

/// What one major of PostgreSQL held comes back in another: each pair of 14 to 18.
///
/// The judge is independent of pgkeep: the rows' checksums, and the newest pg_dump's dump of both databases. Dumps of
/// two majors differ in what the server says of views and privileges, so to a newer major the other database is what
/// PostgreSQL's own way brings there: pg_dump piped into psql.
@Suite("Majors", .lendsMajors, .enabled(if: Majors.arePossible))
struct MajorsTests {
    @Test("A backup of each major comes back in the same major and in each newer one", arguments: Majors.all)
    func upwards(from major: Int) async throws {
        let majors = try Majors.lent
        let origin = try majors.server(major)
        try await Sandbox.with { sandbox in
            let source = try await majors.oracle("everything", on: major, in: sandbox)
            let archive = try await sandbox.backup(
                origin.url("everything"), environment: ["PGKEEP_PG_BINDIR": origin.tools])
            let shown = try await sandbox.pgkeep("show", archive)
            #expect(shown.output.contains("\nrows "), "no table is copied by pgkeep itself: \(shown)")
            let dump = "\(sandbox.folder)/dump.sql"
            try await shell("\(origin.tools)/pg_dump -E UTF8 -d '\(origin.url("everything"))' >\(dump)")
            for target in Majors.all where target >= major {
                let server = try majors.server(target)
                let pair = Comment(rawValue: "\(major) to \(target)")
                let name = "everything_of_\(major)"
                let run = try await sandbox.pgkeep(
                    "restore", archive, "--into", name, "--prove", "--yes", url: server.url("postgres"))
                try #require(run.status == 0, "\(pair): \(run)")
                let restored = try await majors.oracle(name, on: target, in: sandbox)
                let changed = try await restored.differences(from: source, in: "contents")
                #expect(changed.isEmpty, pair)
                // pg_dump 14 leaves out a comment on the schema public.
                let differences =
                    if target == major, major > 14 {
                        try await restored.differences(from: source)
                    } else {
                        try await restored.differences(
                            from: try await majors.piped(dump, into: "\(name)_piped", on: target, in: sandbox))
                    }
                #expect(differences.isEmpty, pair)
            }
        }
    }

    @Test(
        "A backup of each major is proven on a scratch server of its own major, and of the next", arguments: Majors.all)
    func drills(from major: Int) async throws {
        let majors = try Majors.lent
        let origin = try majors.server(major)
        try await Sandbox.with { sandbox in
            let archive = try await sandbox.backup(
                origin.url("everything"), environment: ["PGKEEP_PG_BINDIR": origin.tools])
            for target in [major, major + 1] where Majors.all.contains(target) {
                let tools = try majors.server(target).tools
                // The extensions of the servers that were fetched are linked with a libpq of their own.
                let run = try await sandbox.drill(
                    archive, "--json",
                    environment: ["PGKEEP_PG_BINDIR": tools, "LD_LIBRARY_PATH": "\(tools)/../lib"])
                try #require(run.status == 0, "\(major) on \(target): \(run)")
                let proof = try ToldProof(run.output)
                #expect(proof.verdict == "proven" && proof.serverVersion.hasPrefix("\(target)."), "\(run)")
                #expect(proof.definitions == (target == major ? "text" : "names"), "\(major) on \(target)")
            }
            try await sandbox.expectNoDrillResidue()
        }
    }

    /// Makes equal what the newest pg_dump writes of majors that hold the same.
    private static let edits = #"""
        /^-- Dumped from /d
        # From 15 on the schema public has another owner and other privileges; their entries have rules and blank lines.
        /^-- Name: (SCHEMA )?public; Type: (SCHEMA|ACL);|^-- \*not\* creating schema|^ALTER SCHEMA public OWNER/d
        /^(GRANT|REVOKE) .* ON SCHEMA public (TO|FROM) PUBLIC;$/d
        /^(--)?$/d
        # From 17 on MAINTAIN belongs to all privileges.
        s/^GRANT SELECT,INSERT,REFERENCES,DELETE,TRIGGER,TRUNCATE,UPDATE ON TABLE/GRANT ALL ON TABLE/
        # From 18 on NOT NULL has a name, which is written where it is not the usual one: in partitions.
        s/ CONSTRAINT [a-z_]+_not_null NOT NULL/ NOT NULL/
        """#

    @Test(
        "A database of ordinary objects comes back in each older major, by pgkeep and by gunzip and psql",
        arguments: Majors.downwards)
    func downwards(from major: Int, to target: Int) async throws {
        let majors = try Majors.lent
        let (origin, server) = (try majors.server(major), try majors.server(target))
        try await Sandbox.with { sandbox in
            let source = try await majors.oracle("ordinary", on: major, in: sandbox, edits: MajorsTests.edits)
            let archive = try await sandbox.backup(
                origin.url("ordinary"), environment: ["PGKEEP_PG_BINDIR": origin.tools])
            let (restored, plain) = ("ordinary_of_\(major)", "ordinary_of_\(major)_plain")
            let run = try await sandbox.pgkeep(
                "restore", archive, "--into", restored, "--prove", "--yes", url: server.url("postgres"))
            try #require(run.status == 0, "\(run)")
            #expect(run.talk.contains("the archive is of PostgreSQL \(major)"), "\(run)")
            try await server.psql("CREATE DATABASE \(plain) TEMPLATE template0")
            try await shell(
                "set -o pipefail; gunzip -c \(archive) | "
                    + "\(server.tools)/psql -X -q -v ON_ERROR_STOP=1 -o /dev/null -d '\(server.url(plain))'")
            for name in [restored, plain] {
                let found = try await majors.oracle(name, on: target, in: sandbox, edits: MajorsTests.edits)
                let differences = try await found.differences(from: source)
                #expect(differences.isEmpty, "\(name) on \(target)")
            }
        }
    }

    /// A newer major's object, the statement in which an older one stumbles, and what the hint says.
    struct Unknown: Sendable, CustomTestStringConvertible {
        var from: Int
        var to: Int
        var sql: String
        var statement: String
        var hint: String

        var testDescription: String { "\(from) to \(to): \(sql)" }
    }

    @Test(
        "What the older major does not know stops the restore, named, and the database there is as before",
        arguments: [
            Unknown(
                from: 15, to: 14, sql: "CREATE TABLE public.once (a int UNIQUE NULLS NOT DISTINCT)",
                statement: "ALTER TABLE ONLY public.once ADD CONSTRAINT once_a_key UNIQUE NULLS NOT DISTINCT (a)",
                hint: "PostgreSQL 15 or newer"),
            Unknown(
                from: 16, to: 15, sql: "CREATE TABLE public.objects (j jsonb CHECK (j IS JSON OBJECT))",
                statement: "CREATE TABLE public.objects", hint: "PostgreSQL 16 or newer"),
            Unknown(
                from: 17, to: 16, sql: "GRANT MAINTAIN ON public.things TO PUBLIC",
                statement: "GRANT MAINTAIN ON TABLE public.things TO PUBLIC", hint: "--no-privileges"),
            Unknown(
                from: 18, to: 17, sql: "CREATE TABLE public.derived (a int, b int GENERATED ALWAYS AS (a + 1) VIRTUAL)",
                statement: "CREATE TABLE public.derived", hint: "PostgreSQL 18 or newer"),
            Unknown(
                from: 18, to: 17,
                sql: """
                    CREATE TABLE public.mother (m int);
                    CREATE TABLE public.daughter (d int) INHERITS (public.mother);
                    ALTER TABLE public.daughter ALTER m SET NOT NULL;
                    """, statement: "CREATE TABLE public.daughter", hint: "PostgreSQL 18 or newer"),
        ])
    func unknown(object: Unknown) async throws {
        let majors = try Majors.lent
        let (origin, server) = (try majors.server(object.from), try majors.server(object.to))
        try await origin.withDatabase(FaultServer.smallData + ";" + object.sql) { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(
                    origin.url(name), environment: ["PGKEEP_PG_BINDIR": origin.tools])
                try await server.withDatabase { existing in
                    try await server.psql("INSERT INTO public.things VALUES (0, 'of its own')", in: existing)
                    let before = try await server.fingerprint(existing)
                    try await sandbox.refuses(
                        1, object.statement, hint: object.hint, url: server.url("postgres"),
                        arguments: ["restore", archive, "--to", existing, "--yes"])
                    #expect(try await server.fingerprint(existing) == before)
                    #expect(try await server.beside(existing).isEmpty)
                }
            }
        }
    }

    @Test("A builtin locale is kept where it is known, and becomes libc's C, with a warning, where it is not")
    func builtinLocale() async throws {
        let majors = try Majors.lent
        let origin = try majors.server(17)
        try await Sandbox.with { sandbox in
            try await origin.psql(
                "CREATE DATABASE by_code_point TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'")
            try await origin.psql(FaultServer.smallData, in: "by_code_point")
            let archive = try await sandbox.backup(
                origin.url("by_code_point"), environment: ["PGKEEP_PG_BINDIR": origin.tools])
            for target in Majors.all {
                let server = try majors.server(target)
                let run = try await sandbox.pgkeep(
                    "restore", archive, "--into", "by_code_point_again", "--prove", "--yes",
                    url: server.url("postgres"))
                try #require(run.status == 0, "\(run)")
                #expect(run.talk.contains("sorted as in C of libc") == (target < 17), "\(run)")
                let columns = target < 17 ? "datcollate" : "datlocprovider, datlocale"
                let found = try await server.psql(
                    "SELECT \(columns) FROM pg_database WHERE datname = 'by_code_point_again'")
                #expect(found == (target < 17 ? "C" : "b|C.UTF-8"))
            }
        }
    }

    @Test("A server of before 14 is refused, for backups and for restores")
    func tooOld() async throws {
        let server = try Majors.lent.server(14)
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(
                    server.url(name), environment: ["PGKEEP_PG_BINDIR": server.tools])
                let disguise = try await Disguise(of: server, in: sandbox)
                defer { disguise.end() }
                let url = server.url(name, port: disguise.port)
                try await sandbox.refuses(8, "is PostgreSQL 13", "14 and newer", hint: "pg_dump", url: url)
                try await sandbox.refuses(
                    1, "is PostgreSQL 13", "14 and newer", url: url, arguments: ["restore", archive, "--yes"])
                #expect(try await server.beside(name).isEmpty)
            }
        }
    }

    @Test("A limit of time that the archive's major did not know yet does not end the restore")
    func transactionTimeout() async throws {
        let majors = try Majors.lent
        let (origin, server) = (try majors.server(14), try majors.server(17))
        let slow = """
            ;CREATE FUNCTION public.slow(n int) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
                IF pg_catalog.current_setting('server_version_num')::int >= 170000 THEN PERFORM pg_catalog.pg_sleep(2.5); END IF;
                RETURN true;
            END $$;
            CREATE TABLE public.slowly (n int CHECK (public.slow(n)));
            INSERT INTO public.slowly VALUES (1);
            """
        try await server.psql(
            "CREATE ROLE kp_hasty SUPERUSER LOGIN; ALTER ROLE kp_hasty SET transaction_timeout = '2s'")
        try await origin.withDatabase(FaultServer.smallData + slow) { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(
                    origin.url(name), environment: ["PGKEEP_PG_BINDIR": origin.tools])
                let run = try await sandbox.pgkeep(
                    "restore", archive, "--into", name, "--yes", url: server.url("postgres", user: "kp_hasty"))
                #expect(run.status == 0, "\(run)")
            }
        }
    }

    @Test("A membership without INHERIT or SET is carried as such, and never becomes one with them")
    func memberships() async throws {
        let majors = try Majors.lent
        let origin = try majors.server(18)
        try await origin.psql(
            """
            CREATE ROLE kp_powers; CREATE ROLE kp_limited NOINHERIT; CREATE ROLE kp_grantor; CREATE ROLE kp_usual;
            GRANT kp_powers TO kp_limited WITH ADMIN TRUE, INHERIT TRUE, SET FALSE;
            GRANT kp_powers TO kp_grantor WITH ADMIN TRUE;
            GRANT kp_powers TO kp_usual; GRANT kp_powers TO kp_usual GRANTED BY kp_grantor;
            """)
        let owned = "; ALTER TABLE public.things OWNER TO kp_limited; ALTER SEQUENCE public.counter OWNER TO kp_usual"
        try await origin.withDatabase(FaultServer.smallData + owned) { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(
                    origin.url(name), environment: ["PGKEEP_PG_BINDIR": origin.tools])
                let expectations: [(major: Int, status: Int32, columns: String, memberships: String)] = [
                    (17, 0, ", inherit_option, set_option", "kp_limited|t|t|f\nkp_usual|f|t|t"),
                    (15, 3, "", "kp_usual|f"),
                ]
                for (major, status, columns, memberships) in expectations {
                    let server = try majors.server(major)
                    let run = try await sandbox.pgkeep(
                        "restore", archive, "--into", name, "--yes", url: server.url("postgres"))
                    #expect(run.status == status, "\(run)")
                    #expect(run.talk.contains("role kp_limited is no member of kp_powers") == (status == 3), "\(run)")
                    let found = try await server.psql(
                        "SELECT member::regrole, admin_option\(columns) FROM pg_auth_members "
                            + "WHERE roleid = 'kp_powers'::regrole ORDER BY 1")
                    #expect(found == memberships)
                }
            }
        }
    }

    /// The pg_dump that an archive says it was made with.
    private func pgDump(_ sandbox: Sandbox, _ url: String, _ environment: [String: String]) async throws -> String {
        let archive = try await sandbox.backup(url, environment: environment)
        let run = try await sandbox.pgkeep("show", archive, url: url)
        let line = run.output.split(separator: "\n").first { $0.hasPrefix("pg_dump:") }
        return try #require(line, "\(run)").dropFirst("pg_dump:".count).trimmingCharacters(in: .whitespaces)
    }

    @Test("Of several pg_dumps, that of the server's own major is taken, else the next newer one, else none")
    func tools() async throws {
        let majors = try Majors.lent
        let folders = try Majors.all.map { try majors.server($0).tools }
        let jumbled = [18, 14, 17, 16].map { folders[$0 - 14] }.joined(separator: ":")
        for major in Majors.all {
            try await majors.server(major).withDatabase { name in
                try await Sandbox.with { sandbox in
                    let url = try majors.server(major).url(name)
                    let own = try await pgDump(sandbox, url, ["PATH": "\(jumbled):/usr/bin:/bin"])
                    #expect(own.hasPrefix("\(major)."))
                    let newest = try await pgDump(sandbox, url, ["PGKEEP_PG_BINDIR": folders[4]])
                    #expect(newest.hasPrefix("18."))
                    if major == 17 {
                        let next = try await pgDump(sandbox, url, ["PATH": "\(folders[2]):\(folders[4]):/usr/bin:/bin"])
                        #expect(next.hasPrefix("18."))
                    }
                    if major == 18 {
                        try await sandbox.refuses(
                            8, "is older than the server (PostgreSQL 18)", folders[3],
                            hint: "postgresql-client-18", url: url,
                            environment: ["PATH": "\(folders[3]):/usr/bin:/bin", "PGKEEP_PG_BINDIR": folders[0]])
                    }
                }
            }
        }
    }
}

extension Majors {
    /// What a dump of pg_dump brings to a new database of a server: PostgreSQL's own way to another major.
    fileprivate func piped(
        _ dump: String, into name: String, on major: Int, in sandbox: Sandbox
    ) async throws -> Oracle {
        let server = try server(major)
        try await server.psql("CREATE DATABASE \(name) TEMPLATE template0")
        try await shell(
            "\(server.tools)/psql -X -q -v ON_ERROR_STOP=1 -o /dev/null -d '\(server.url(name))' -f \(dump)")
        return try await oracle(name, on: major, in: sandbox)
    }
}

/// A way to a server on which it passes for PostgreSQL 13, which is to be had nowhere.
private struct Disguise {
    let port: Int
    private let process: pid_t

    init(of server: FaultServer, in sandbox: Sandbox) async throws {
        let script = """
            import socket, sys, threading
            def pump(source, target):
                while piece := source.recv(65536):
                    target.sendall(piece.replace(b"server_version\\x0014.", b"server_version\\x0013."))
                target.shutdown(socket.SHUT_WR)
            listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
            while True:
                client = listener.accept()[0]
                server = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
                for ends in [(client, server), (server, client)]:
                    threading.Thread(target=pump, args=ends, daemon=True).start()
            """
        let file = "\(sandbox.folder)/disguise.py"
        try Data(script.utf8).write(to: URL(fileURLWithPath: file))
        let port = try FaultServer.freePort()
        let started = try await shell("python3 \(file) \(port) \(server.port) >/dev/null 2>&1 & echo $!")
        self.port = port
        process = try #require(pid_t(started))
        try await until("the disguise does not begin") {
            (try? await shell("\(server.tools)/pg_isready -q -h 127.0.0.1 -p \(port)")) != nil
        }
    }

    func end() { kill(process, SIGTERM) }
}
