import Foundation
import Testing

/// Serialized: moments are shares of a run's time.
@Suite("Faults while a restore runs", .serialized, .lendsServer, .enabled(if: FaultServer.isPossible))
struct FaultsRestoreTests {
    /// A function that, once armed, does something in a database that is being restored.
    private func trap(_ action: String) -> String {
        """
        CREATE OR REPLACE FUNCTION public.trap(n int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
        BEGIN
            IF pg_catalog.current_database() LIKE '%restoring%' THEN \(action) END IF;
            RETURN n;
        END $$;
        """
    }

    @Test(
        "A restore whose SQL fails leaves the old database as it was, and no side database",
        arguments: [
            "ALTER TABLE public.things ADD CHECK (public.trap(n) = n)",
            "CREATE INDEX ON public.things (public.trap(n))",
            "CREATE MATERIALIZED VIEW public.seen AS SELECT public.trap(n) FROM public.things",
        ])
    func failingSQL(statement: String) async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                try await server.psql(trap("RAISE 'it hurts at %', n;") + statement, in: name)
                let archive = try await sandbox.backup(server.url(name))
                try await server.psql("INSERT INTO public.things VALUES (100000, 'later')", in: name)
                let before = try await server.fingerprint(name)
                for arguments in [["--yes"], ["--into", "\(name)_copy", "--yes"], ["--prove", "--yes"]] {
                    try await sandbox.refuses(
                        1, "it hurts", hint: nil, url: server.url(name), arguments: ["restore", archive] + arguments)
                    #expect(try await server.beside(name).isEmpty)
                    #expect(try await server.fingerprint(name) == before)
                }
            }
        }
    }

    @Test("A role that may create databases, but not what is in the archive, is refused, and nothing stays")
    func weakRole() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                let before = try await server.fingerprint(name)
                let url = server.url(name, user: "weak_\(name)")
                try await server.psql("CREATE ROLE weak_\(name) LOGIN CREATEDB")
                let run = try await sandbox.pgkeep("restore", archive, "--yes", url: url)
                #expect(run.status == 9, "\(run)")
                #expect(try await server.beside(name).isEmpty)
                #expect(try await server.fingerprint(name) == before)
                try await server.psql("DROP ROLE weak_\(name)")
            }
        }
    }

    @Test("Clients that come back again and again don't stop the swap, and find the restored database")
    func reconnecting() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                let before = try await server.fingerprint(name)
                try await server.psql("DELETE FROM public.things WHERE n > 100", in: name)
                let stop = "\(sandbox.folder)/stop"
                let client =
                    "until [ -e \(stop) ]; do \(server.tools)/psql -X -q -A -t -d '\(server.url(name))' -c "
                    + "'SELECT count(*), pg_sleep(0.05) FROM public.things' 2>/dev/null; done | uniq"
                let seen = try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<6 { group.addTask { try await shell(client) } }
                    // One that idles in a transaction with a lock, too.
                    group.addTask {
                        try await shell(
                            "\(server.tools)/psql -X -d '\(server.url(name))' "
                                + "-c 'BEGIN; LOCK TABLE public.things; SELECT pg_sleep(600)' >/dev/null || true")
                    }
                    try await until("no clients") {
                        try await server.psql("SELECT count(*) > 4 FROM pg_stat_activity WHERE datname = '\(name)'")
                            == "t"
                    }
                    let run = try await sandbox.pgkeep("restore", archive, "--yes", url: server.url(name))
                    #expect(run.status == 0, "\(run)")
                    // Everyone is served again.
                    try await until("nobody reconnected") {
                        try await server.psql("SELECT count(*) > 2 FROM pg_stat_activity WHERE datname = '\(name)'")
                            == "t"
                    }
                    try Data().write(to: URL(fileURLWithPath: stop))
                    return try await group.reduce(into: Set<String>()) { $0.insert($1) }
                }
                // To each of them it was the damaged database, then the restored one, and nothing between.
                #expect(seen.contains { $0.hasSuffix("500|") }, "\(seen)")
                #expect(seen.isSubset(of: ["", "100|", "100|\n500|", "500|"]), "\(seen)")
                #expect(try await server.fingerprint(name) == before)
                let aside = try await server.beside(name)
                #expect(aside.count == 1 && aside[0].hasPrefix("\(name)_before_"), "\(aside)")
                #expect(try await server.psql("SELECT count(*) FROM public.things", in: aside[0]) == "100")
                // The way back, with the clients there again.
                let undo = try await sandbox.pgkeep("restore", "--undo", "--yes", url: server.url(name))
                #expect(undo.status == 0, "\(undo)")
                #expect(try await server.psql("SELECT count(*) FROM public.things", in: name) == "100")
            }
        }
    }

    @Test("Prepared transactions, logical slots and subscriptions stop a restore and are named")
    func obstacles() async throws {
        let server = try FaultServer.lent
        let obstacles = [
            (
                "BEGIN; INSERT INTO public.things VALUES (0, 'x'); PREPARE TRANSACTION 'half_<db>'", "half_<db>",
                "ROLLBACK PREPARED 'half_<db>'", false
            ),
            (
                "SELECT pg_create_logical_replication_slot('slot_<db>', 'pgoutput')", "slot_<db>",
                "SELECT pg_drop_replication_slot('slot_<db>')", true
            ),
            (
                "CREATE SUBSCRIPTION sub_<db> CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false)",
                "sub_<db>", "ALTER SUBSCRIPTION sub_<db> SET (slot_name = NONE); DROP SUBSCRIPTION sub_<db>", true
            ),
        ]
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                for (make, what, undo, canBreak) in obstacles {
                    let named = what.replacing("<db>", with: name)
                    try await server.psql(make.replacing("<db>", with: name), in: name)
                    let before = try await server.fingerprint(name)
                    let run = try await sandbox.refuses(
                        1, named, hint: "--into", url: server.url(name), arguments: ["restore", archive, "--yes"])
                    #expect(run.talk.contains(canBreak ? "--break-replication" : "ROLLBACK PREPARED"), "\(run)")
                    #expect(try await server.beside(name).isEmpty)
                    #expect(try await server.fingerprint(name) == before)
                    let plan = try await sandbox.pgkeep("restore", archive, "--plan", url: server.url(name))
                    #expect(plan.status == 1 && plan.output.contains(named), "\(plan)")
                    try await server.psql(undo.replacing("<db>", with: name), in: name)
                }
                try await server.psql("SELECT pg_create_logical_replication_slot('slot_\(name)', 'pgoutput')", in: name)
                let broken = try await sandbox.pgkeep(
                    "restore", archive, "--yes", "--break-replication", url: server.url(name))
                #expect(broken.status == 0, "\(broken)")
                try await server.psql(
                    "SELECT pg_drop_replication_slot('slot_\(name)')", in: try await server.beside(name)[0])
            }
        }
    }

    /// Restores with rows that take their time while a file exists; `during` is called when the first of them waits.
    private func withSlowRestore(
        _ body: (_ name: String, _ sandbox: Sandbox, _ archive: String, _ gate: String) async throws -> Void
    ) async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let gate = "\(server.folder)/data/gate_\(name)"
                try await server.psql(
                    trap(
                        "WHILE (pg_catalog.pg_stat_file('gate_\(name)', true)).size IS NOT NULL "
                            + "LOOP PERFORM pg_catalog.pg_sleep(0.02); END LOOP;")
                        + "ALTER TABLE public.things ADD CHECK (public.trap(n) = n)", in: name)
                let archive = try await sandbox.backup(server.url(name))
                try await server.psql("INSERT INTO public.things VALUES (100000, 'later')", in: name)
                try await shell("touch \(gate)")
                try await body(name, sandbox, archive, gate)
            }
        }
    }

    private func untilLoading(_ name: String) async throws {
        let server = try FaultServer.lent
        try await until("the restore never came to the rows") {
            try await server.psql(
                "SELECT count(*) FROM pg_stat_activity "
                    + "WHERE datname LIKE '\(name)\\_restoring%' AND query LIKE '%COPY%'") != "0"
        }
    }

    @Test("kill -9 leaves the old database untouched, and the next restore removes what lies about")
    func killed() async throws {
        let server = try FaultServer.lent
        try await withSlowRestore { name, sandbox, archive, gate in
            let before = try await server.fingerprint(name)
            let run = try await sandbox.pgkeep("restore", archive, "--yes", url: server.url(name)) { pid in
                try await untilLoading(name)
                kill(pid, SIGKILL)
            }
            #expect(run.status == 137, "\(run)")
            #expect(try await server.fingerprint(name) == before)
            try await shell("rm \(gate)")
            try await until("the killed restore's sessions stay") {
                try await server.psql("SELECT count(*) FROM pg_stat_activity WHERE datname LIKE '\(name)\\_restoring%'")
                    == "0"
            }
            #expect(try await server.beside(name).count == 1)
            let next = try await sandbox.pgkeep("restore", archive, "--yes", url: server.url(name))
            #expect(next.status == 0, "\(next)")
            let aside = try await server.beside(name)
            #expect(aside.count == 1 && aside[0].hasPrefix("\(name)_before_"), "\(aside)")
            #expect(try await server.fingerprint(aside[0]) == before)
        }
    }

    @Test("A signal while rows load ends at once, and nothing stays", arguments: [SIGINT, SIGTERM])
    func signalled(number: Int32) async throws {
        let server = try FaultServer.lent
        try await withSlowRestore { name, sandbox, archive, gate in
            let before = try await server.fingerprint(name)
            let clock = ContinuousClock()
            let start = clock.now
            let run = try await sandbox.refuses(
                128 + number, "interrupted", hint: nil, url: server.url(name), arguments: ["restore", archive, "--yes"]
            ) { pid in
                try await untilLoading(name)
                kill(pid, number)
            }
            #expect(start.duration(to: clock.now) < .seconds(90), "\(run)")
            #expect(try await server.fingerprint(name) == before)
            #expect(try await server.beside(name).isEmpty, "\(run)")
            try await shell("rm \(gate)")
            let next = try await sandbox.pgkeep("restore", archive, "--yes", url: server.url(name))
            #expect(next.status == 0, "\(next)")
        }
    }

    @Test(
        "A server that is killed ends a restore with 7; when it is back, the old database is whole and the next one too"
    )
    func killedServer() async throws {
        // Its own server: others use the suite's.
        try await FaultServer.with { server in
            try await FaultServer.$shared.withValue(server) {
                try await withSlowRestore { name, sandbox, archive, gate in
                    let before = try await server.fingerprint(name)
                    try await sandbox.refuses(
                        7, "127.0.0.1:\(server.port)", hint: "pg_isready", url: server.url(name),
                        arguments: ["restore", archive, "--yes"]
                    ) { _ in
                        try await untilLoading(name)
                        try await server.crash()
                    }
                    try await server.restart()
                    #expect(try await server.fingerprint(name) == before)
                    try await shell("rm \(gate)")
                    let next = try await sandbox.pgkeep("restore", archive, "--yes", url: server.url(name))
                    #expect(next.status == 0, "\(next)")
                    let aside = try await server.beside(name)
                    #expect(aside.count == 1 && aside[0].hasPrefix("\(name)_before_"), "\(aside)")
                }
            }
        }
    }

    @Test("A cut connection ends a restore with 7, and nothing stays")
    func cut() async throws {
        let server = try FaultServer.lent
        try await withSlowRestore { name, sandbox, archive, _ in
            let before = try await server.fingerprint(name)
            try await sandbox.refuses(
                7, hint: "pg_isready", url: server.url(name), arguments: ["restore", archive, "--yes"]
            ) { _ in
                try await untilLoading(name)
                try await server.psql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE '\(name)\\_restoring%'")
            }
            #expect(try await server.fingerprint(name) == before)
            #expect(try await server.beside(name).isEmpty)
        }
    }

    @Test("Ctrl-C and SIGTERM at any moment of a restore: the old database or the new one, never half of one")
    func signals() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase(FaultServer.largeData) { name in
            try await Sandbox.with { sandbox in
                let url = server.url(name)
                let archive = try await sandbox.backup(url)
                let restored = try await server.fingerprint(name)
                let clock = ContinuousClock()
                let whole = try await clock.measure {
                    let run = try await sandbox.pgkeep("restore", archive, "--yes", url: url)
                    try #require(run.status == 0, "\(run)")
                }
                for moment in 0..<14 {
                    for aside in try await server.beside(name) { try await server.psql("DROP DATABASE \(aside)") }
                    try await server.psql("INSERT INTO public.things VALUES (\(200_000 + moment), 'later')", in: name)
                    let old = try await server.fingerprint(name)
                    let number = moment % 2 == 0 ? SIGINT : SIGTERM
                    let wait = whole * (Double(moment) / 13 + Double.random(in: 0...0.08))
                    let run = try await sandbox.pgkeep("restore", archive, "--yes", url: url) { pid in
                        try await Task.sleep(for: wait)
                        kill(pid, number)
                    }
                    let now = try await server.fingerprint(name)
                    let aside = try await server.beside(name)
                    #expect(aside.allSatisfy { $0.contains("_before_") }, "after \(wait): \(aside) \(run)")
                    if run.status == 0 {
                        #expect(now == restored)
                    } else {
                        #expect(run.status == 128 + number, "after \(wait): \(run)")
                        #expect(now == old, "after \(wait): \(run)")
                        #expect(aside.isEmpty, "after \(wait): \(run)")
                    }
                }
            }
        }
    }

    @Test("An archive that isn't there ends with 5", arguments: ["nothing.sql.gz", "/tmp/no/such/nothing.sql.gz"])
    func absent(archive: String) async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                try await sandbox.backup(server.url(name))
                let before = try await server.fingerprint(name)
                try await sandbox.refuses(
                    5, "nothing.sql.gz", hint: "pgkeep list", url: server.url(name),
                    arguments: ["restore", archive, "--yes"])
                #expect(try await server.fingerprint(name) == before)
                #expect(try await server.beside(name).isEmpty)
            }
        }
    }
}
