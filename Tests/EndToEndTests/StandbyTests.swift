import Foundation
import Testing

/// Backups from a server that follows another one, and what its replay does to them.
@Suite("Standby", .enabled(if: FaultServer.isPossible))
struct StandbyTests {
    /// Replay that waits for nobody, and says in the log who is in its way when it was told to end.
    private static let impatient = [
        "max_standby_streaming_delay": "0", "hot_standby_feedback": "off", "log_recovery_conflict_waits": "on",
        "deadlock_timeout": "50ms", "wal_receiver_status_interval": "1s",
    ]

    /// A primary whose vacuum comes only when it is asked, with a database and its standby.
    private func withPair(
        _ sql: String, standby settings: [String: String],
        _ body:
            @escaping @Sendable (_ primary: FaultServer, _ standby: FaultServer, _ sandbox: Sandbox) async throws
            -> Void
    ) async throws {
        try await FaultServer.with(settings: ["autovacuum": "off"]) { primary in
            try await primary.psql("CREATE DATABASE shop")
            try await primary.psql(sql, in: "shop")
            try await primary.withStandby(settings: settings) { standby in
                try await Sandbox.with { sandbox in
                    try await standby.caughtUp(with: primary)
                    try await body(primary, standby, sandbox)
                }
            }
        }
    }

    @Test("A backup from a standby holds what the primary holds, but for unlogged tables, which are named")
    func standby() async throws {
        try await withPair("SELECT 1", standby: [:]) { primary, standby, sandbox in
            try await TestDatabase.load("everything", ["big": "500"], into: primary.url("shop"))
            try await TestDatabase.load("newer", into: primary.url("shop"))
            // The WAL is up to 32 values ahead of a sequence, and with it the standby; setval writes the value as it is.
            try await primary.psql(
                """
                SELECT format('SELECT setval(%L, last_value, is_called) FROM %s', c.oid::regclass, c.oid::regclass)
                FROM pg_class c WHERE relkind = 'S' \\gexec
                """, in: "shop")
            try await standby.caughtUp(with: primary)
            let run = try await sandbox.pgkeep("backup", url: standby.url("shop"))
            try #require(run.status == 0, "\(run)")
            let warning = try #require(run.talk.split(separator: "\n").first { $0.contains("unlogged tables") })
            for name in ["kp.unlogged", "kp.by_list_default", "kp.unlogged_seq", "big.unlogged"] {
                #expect(warning.contains(name), "\(warning)")
            }
            let shown = try await sandbox.pgkeep("show", "latest", url: standby.url("shop"))
            #expect(shown.output.contains(", standby"), "\(shown)")
            // A standby takes no restore; its primary does.
            try await sandbox.refuses(
                1, "standby", url: standby.url("shop"), arguments: ["restore", "latest", "--into", "copy", "--yes"])
            let restored = try await sandbox.pgkeep(
                "restore", "latest", "--into", "copy", "--prove", "--yes", url: primary.url("shop"))
            try #require(restored.status == 0, "\(restored)")
            try await primary.psql("TRUNCATE kp.unlogged, kp.by_list_default, big.unlogged", in: "shop")
            let (source, copy) = (database("shop", primary, sandbox), database("copy", primary, sandbox))
            try await expectEqual(copy, try await Oracle.read(source), "from the standby")
        }
    }

    private func database(_ name: String, _ server: FaultServer, _ sandbox: Sandbox) -> TestDatabase {
        TestDatabase(name: name, folder: sandbox.folder, url: server.url(name))
    }

    /// Small data, and a table that fills the pipe behind pg_dump but not the connection before it: while the pipe is
    /// held, every session idles in its transaction.
    private static let idlingData =
        FaultServer.smallData + """
            CREATE TABLE public.middling AS
            SELECT n, repeat(md5(n::text), 8) AS what FROM generate_series(1, 600) n;
            """

    /// Two tables whose rows, compressed, are more than may wait for the schema: while pg_dump is held, their sessions
    /// stand in the middle of a COPY.
    private static let copyingData =
        FaultServer.smallData
        + ["heaps", "piles"].map { name in
            """
            CREATE TABLE public.\(name) (n int, what bytea);
            INSERT INTO public.\(name)
            SELECT n, (SELECT string_agg(sha512((n * k)::text::bytea), '') FROM generate_series(1, 8) k)
            FROM generate_series(1, 60000) n;
            """
        }.joined()

    /// What a primary does that replay can't do while somebody reads.
    private static let deeds = [
        "DELETE FROM public.things WHERE n > 100; VACUUM public.things", "TRUNCATE public.things",
    ]

    private func sessions(_ standby: FaultServer) async throws -> String {
        try await standby.psql(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name IN ('pgkeep backup', 'pg_dump')")
    }

    /// Waits for replay to get in a backup's way. VACUUM leaves what somebody looks at in that moment (a page that is
    /// being written, a row that the launcher of replication may still see): it is asked again now and then.
    private func untilReplayHits(
        _ what: String, _ primary: FaultServer, _ standby: FaultServer, _ holds: () async throws -> Bool
    ) async throws {
        var looks = 0
        do {
            try await until("\(what)") {
                looks += 1
                if looks.isMultiple(of: 50) { try await primary.psql("VACUUM public.things", in: "shop") }
                return try await holds()
            }
        } catch {
            let sessions = try await standby.psql(
                """
                SELECT pid, application_name, state, wait_event, backend_xmin, query FROM pg_stat_activity;
                SELECT pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()
                """)
            Issue.record("\(sessions)\n\(try await shell("tail -n 30 \(standby.folder)/log \(primary.folder)/log"))")
            throw error
        }
    }

    @Test("Replay that ends the sessions of a backup is named, with what helps", arguments: deeds)
    func endedSessions(deed: String) async throws {
        try await withPair(StandbyTests.idlingData, standby: StandbyTests.impatient) { primary, standby, sandbox in
            let gate = try GatedDump(in: sandbox, server: standby, after: 1)
            let run = try await sandbox.refuses(
                1, "the standby", "cancelled", "to go on replaying", "conflict with recovery",
                hint: "max_standby_streaming_delay", url: standby.url("shop"), environment: gate.environment
            ) { _ in
                try await gate.reached()
                try await primary.psql(deed, in: "shop")
                try await untilReplayHits("replay ends nobody", primary, standby) { try await sessions(standby) == "0" }
                gate.open()
            }
            #expect(run.hint?.contains("hot_standby_feedback") == true, "\(run)")
            // There is nothing in its way any more.
            try await sandbox.backup(standby.url("shop"))
        }
    }

    @Test("Replay that cancels a COPY of a backup is named, with what helps")
    func cancelledCopy() async throws {
        try await withPair(StandbyTests.copyingData, standby: StandbyTests.impatient) { primary, standby, sandbox in
            let gate = try GatedDump(in: sandbox, server: standby, after: 1)
            try await sandbox.refuses(
                1, "the standby", "cancelled", "to go on replaying", "conflict with recovery",
                hint: "max_standby_streaming_delay", url: standby.url("shop"), environment: gate.environment
            ) { _ in
                try await gate.reached()
                try await primary.psql(StandbyTests.deeds[0], in: "shop")
                // A session that waits to send its rows hears of it only when it goes on.
                try await untilReplayHits("replay cancels nobody", primary, standby) {
                    let told = try await shell("grep -c 'recovery still waiting' \(standby.folder)/log || true")
                    if told != "0" { return true }
                    return try await sessions(standby) == "0"
                }
                gate.open()
            }
        }
    }

    @Test(
        "A standby told to wait lets the backup end",
        arguments: zip([["hot_standby_feedback": "on"], ["max_standby_streaming_delay": "-1"]], deeds))
    func patient(settings: [String: String], deed: String) async throws {
        let settings = StandbyTests.impatient.merging(settings) { $1 }
        try await withPair(StandbyTests.idlingData, standby: settings) { primary, standby, sandbox in
            if settings["hot_standby_feedback"] == "on" {
                try await until("the standby gives no feedback") {
                    try await primary.psql("SELECT count(backend_xmin) FROM pg_stat_replication") == "1"
                }
            }
            let gate = try GatedDump(in: sandbox, server: standby, after: 1)
            let run = try await sandbox.pgkeep("backup", url: standby.url("shop"), environment: gate.environment) { _ in
                try await gate.reached()
                try await primary.psql(deed, in: "shop")
                let position = try await primary.psql("SELECT pg_current_wal_lsn()")
                try await until("the standby hears of nothing") {
                    try await standby.psql("SELECT pg_last_wal_receive_lsn() >= '\(position)'") == "t"
                }
                gate.open()
            }
            try #require(run.status == 0, "\(run)")
            let rows = try await shell("gunzip -c \(sandbox.backups)/*.sql.gz | grep -c 'thing '")
            #expect(rows == "500")
        }
    }
}
