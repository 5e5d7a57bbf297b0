import Foundation
import Testing

/// What is found out before a restore touches anything.
@Suite("The plan of a restore", .lendsServer, .enabled(if: FaultServer.isPossible))
struct RestorePlanTests {
    private struct Plan: Decodable {
        struct Session: Decodable {
            var user: String?
            var application: String
            var count: Int
        }
        struct Extension: Decodable {
            var name: String
            var version: String
            var available: String?
        }
        struct Blocker: Decodable {
            var kind: String
            var message: String
            var hint: String
        }
        var database: String
        var keptAside: String?
        var sessions: Int
        var sessionGroups: [Session]
        var encoding: String
        var missingRoles: [String]
        var extensions: [Extension]
        var missingTablespaces: [String]
        var asSuperuser: Bool
        var neededBytes: Int64
        var freeBytes: Int64?
        var estimatedSeconds: Double
        var estimateIsMeasured: Bool
        var warnings: [String]
        var blockers: [Blocker]
    }

    private func plan(
        _ sandbox: Sandbox, _ arguments: [String], url: String, status: Int32 = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Plan {
        let run = try await sandbox.pgkeep(["restore"] + arguments + ["--plan", "--json"], url: url)
        #expect(run.status == status, "\(run)", sourceLocation: sourceLocation)
        return try JSONDecoder().decode(Plan.self, from: Data(run.output.utf8))
    }

    @Test("It tells what is replaced, whose sessions end, which roles and extensions there are, the room and the time")
    func facts() async throws {
        let server = try FaultServer.lent
        let role = "owner_\(UUID().uuidString.prefix(6).lowercased())"
        try await server.withDatabase(
            FaultServer.smallData + "CREATE EXTENSION hstore; CREATE PUBLICATION news FOR ALL TABLES;"
        ) { name in
            try await server.psql("CREATE ROLE \(role)")
            try await server.psql("ALTER TABLE public.things OWNER TO \(role)", in: name)
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                try await server.psql("DROP OWNED BY \(role); DROP ROLE \(role)", in: name)
                let session = "\(server.url(name))?application_name=till%207"
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        // Ended by the restore, else by the statement's own limit.
                        _ = try await shell("\(server.tools)/psql -X -d '\(session)' -c 'SELECT pg_sleep(600)' || true")
                    }
                    try await until("the session is there") {
                        try await server.psql(
                            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'till 7'") == "1"
                    }
                    let plan = try await plan(sandbox, [archive], url: server.url(name))
                    #expect(plan.database == name && plan.blockers.isEmpty)
                    #expect(plan.keptAside?.hasPrefix("\(name)_before_") ?? false)
                    #expect(plan.sessionGroups.contains { $0.application == "till 7" && $0.count == 1 })
                    #expect(plan.missingRoles == [role] && plan.asSuperuser && plan.encoding == "UTF8")
                    #expect(plan.extensions.map(\.name) == ["hstore"] && plan.extensions[0].available != nil)
                    #expect(plan.neededBytes > 0 && plan.freeBytes ?? 0 > 0)
                    #expect(plan.estimatedSeconds >= 1 && !plan.estimateIsMeasured)
                    #expect(plan.warnings.contains { $0.contains("publication news") })
                    let text = try await sandbox.pgkeep("restore", archive, "--plan", url: server.url(name))
                    for words in ["till 7", role, "hstore", "Space:", "Time:"] {
                        #expect(text.output.contains(words), "\(words): \(text)")
                    }
                    let restored = try await sandbox.pgkeep("restore", archive, "--yes", url: server.url(name))
                    #expect(restored.status == 0, "\(restored)")
                    try await group.waitForAll()
                }
                try await server.psql("DROP OWNED BY \(role); DROP ROLE \(role)", in: name)
            }
        }
    }

    @Test("A template, a prepared transaction, a logical slot and a taken name are in the way, each with its remedy")
    func blockers() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                let before = try await server.fingerprint(name)
                func blocked(_ kind: String, _ arguments: [String] = []) async throws {
                    let plan = try await plan(sandbox, [archive] + arguments, url: server.url(name), status: 1)
                    #expect(plan.blockers.map(\.kind) == [kind])
                    #expect(plan.blockers.allSatisfy { !$0.hint.isEmpty && !$0.message.isEmpty })
                    let run = try await sandbox.pgkeep(
                        ["restore", archive, "--yes"] + arguments, url: server.url(name))
                    #expect(run.status == 1 && run.talk.contains(plan.blockers[0].hint), "\(run)")
                    #expect(try await server.beside(name).isEmpty)
                }
                try await blocked("exists", ["--into", name])
                try await server.psql("ALTER DATABASE \(name) IS_TEMPLATE true")
                try await blocked("template")
                try await server.psql("ALTER DATABASE \(name) IS_TEMPLATE false")
                try await server.psql(
                    "BEGIN; INSERT INTO public.things VALUES (1000, 'x'); PREPARE TRANSACTION 'it''s \(name)'", in: name
                )
                try await blocked("preparedTransaction")
                try await server.psql("ROLLBACK PREPARED 'it''s \(name)'", in: name)
                try await server.psql("SELECT pg_create_logical_replication_slot('\(name)', 'test_decoding')", in: name)
                try await blocked("replication")
                let forced = try await plan(sandbox, [archive, "--break-replication"], url: server.url(name))
                #expect(forced.blockers.isEmpty)
                try await server.psql("SELECT pg_drop_replication_slot('\(name)')", in: name)
                #expect(try await server.fingerprint(name) == before)
            }
        }
    }

    @Test("A tablespace that is missing is in the way, and one that exists is used")
    func tablespaces() async throws {
        let server = try FaultServer.lent
        let space = "space_\(UUID().uuidString.prefix(6).lowercased())"
        let folder = "\(server.folder)/\(space)"
        try await shell("install -d -m 0700 \(geteuid() == 0 ? "-o postgres " : "")\(folder)")
        try await server.psql("CREATE TABLESPACE \(space) LOCATION '\(folder)'")
        try await server.withDatabase { name in
            try await server.psql("CREATE TABLE public.far (n int) TABLESPACE \(space)", in: name)
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                let there = try await plan(sandbox, [archive], url: server.url(name))
                #expect(there.blockers.isEmpty && there.missingTablespaces.isEmpty)
                try await server.psql("DROP TABLE public.far", in: name)
                try await server.psql("DROP TABLESPACE \(space)")
                let gone = try await plan(sandbox, [archive], url: server.url(name), status: 1)
                #expect(gone.missingTablespaces == [space] && gone.blockers.map(\.kind) == ["tablespace"])
                #expect(gone.blockers[0].hint.contains("CREATE TABLESPACE"))
            }
        }
    }

    @Test("A database of another encoding is told before it is replaced")
    func encodings() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                try await server.psql(
                    "CREATE DATABASE \(name)_latin TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
                let plan = try await plan(sandbox, [archive, "--to", "\(name)_latin"], url: server.url(name))
                #expect(plan.warnings.contains { $0.contains("LATIN1") && $0.contains("UTF8") })
                #expect(plan.encoding == "UTF8")
            }
        }
    }

    @Test("After restores that took their time, the next one's is measured")
    func timing() async throws {
        let server = try FaultServer.lent
        let sql = FaultServer.smallData + "CREATE TABLE public.slow (n int); INSERT INTO public.slow VALUES (1);"
        try await server.withDatabase(sql) { name in
            try await server.psql(
                """
                CREATE FUNCTION public.wait(n int) RETURNS int LANGUAGE sql IMMUTABLE AS
                $$ SELECT n FROM pg_sleep(CASE WHEN current_database() LIKE '%restoring%' THEN 3 ELSE 0 END) $$;
                CREATE INDEX ON public.slow (public.wait(n));
                """, in: name)
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                let run = try await sandbox.pgkeep("restore", archive, "--yes", url: server.url(name))
                #expect(run.status == 0, "\(run)")
                let plan = try await plan(sandbox, [archive], url: server.url(name))
                #expect(plan.estimateIsMeasured && plan.estimatedSeconds > 2.5)
            }
        }
    }
}
