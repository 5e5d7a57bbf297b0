import Foundation
import Testing

/// Backups beside their own history: what collapsed stops retention, what merely differs is told.
@Suite("Suspect backups", .server, .serverLog)
struct SuspectTests {
    /// Five thousand rows that compress well, in a table among others.
    private static let shop = """
        CREATE TABLE public.orders AS SELECT n AS id, repeat('order of a customer ', 10) AS note FROM generate_series(1, 5000) n;
        CREATE TABLE public.users AS SELECT n AS id, repeat('user ', 20) AS name FROM generate_series(1, 1000) n;
        CREATE TABLE public.staging AS SELECT n AS id FROM generate_series(1, 700) n;
        """

    private struct Report: Decodable {
        struct Anomaly: Decodable {
            var kind: String
            var subject: String?
            var message: String
            var collapse: Bool
        }
        var name: String
        var suspect: Bool
        var anomalies: [Anomaly]
    }

    private struct Status: Decodable {
        struct App: Decodable {
            var app: String
            var fresh: Bool
        }
        struct Condition: Decodable {
            var kind: String
            var message: String
        }
        var healthy: Bool
        var needsAttention: Bool
        var apps: [App]
        var conditions: [Condition]
    }

    /// Three backups that tell what is usual.
    private func withHistory(_ body: (TestDatabase, Program) async throws -> Void) async throws {
        try await TestDatabase.with(.sql(SuspectTests.shop)) { database in
            let program = Program(database)
            for _ in 0..<3 {
                let report: Report = try await program.json("backup", "daily")
                #expect(report.anomalies.isEmpty && !report.suspect)
            }
            try await body(database, program)
        }
    }

    private func report(_ outcome: Outcome) throws -> Report {
        try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
    }

    private func status(_ program: Program, _ status: Int32) async throws -> Status {
        let outcome = try await program.attempt("status", "--json")
        #expect(outcome.status == status, "\(outcome)")
        return try JSONDecoder().decode(Status.self, from: Data(outcome.output.utf8))
    }

    @Test("Lost rows make a backup suspect: told with numbers and 3, nothing is deleted, until it is accepted")
    func lostRows() async throws {
        try await withHistory { database, program in
            #expect(try await status(program, 0).healthy)
            let old = try oldCopy(in: database)
            try await database.execute("DELETE FROM public.orders WHERE id > 500")
            let outcome = try await program.attempt("backup", "daily", "--json")
            #expect(outcome.status == 3, "\(outcome)")
            let report = try report(outcome)
            #expect(report.suspect)
            let rows = try #require(report.anomalies.first { $0.kind == "rows" })
            #expect(rows.collapse)
            #expect(rows.message == "it holds 2,200 rows in all, 33 % of the usual 6,700 (median of 3 backups)")
            #expect(report.anomalies.contains { $0.kind == "tableRows" && $0.subject == "public.orders" })
            #expect(outcome.talk.contains("[Backup] ⚠️ Backup is suspect: \(report.name)\n"))
            #expect(outcome.talk.contains("[Backup] Warning: \(rows.message)\n"))
            #expect(outcome.talk.contains("until: pgkeep accept \(report.name)\n"))
            let mark = try String(contentsOfFile: "\(database.backups)/\(report.name).suspect", encoding: .utf8)
            #expect(mark.contains(rows.message))
            #expect(FileManager.default.fileExists(atPath: old))

            let told = try await program.attempt("status")
            #expect(
                told.status == 3 && told.output.hasPrefix("Attention: one thing is not as it should be\n"), "\(told)")
            #expect(
                told.output.contains("33 % of the usual 6,700") && told.output.contains("pgkeep accept \(report.name)"))
            #expect(try await status(program, 3).conditions.map(\.kind) == ["backupAbnormal"])
            let audit = try await program.run("audit")
            #expect(audit.contains("Backup is suspect: \(report.name)") && !audit.contains("tableFacts"))

            #expect(try await program.run("restore", report.name, "--plan").contains("is suspect and not accepted"))

            // The next one of that size is suspect as well, as long as nobody accepted one.
            let again = try self.report(try await program.attempt("backup", "daily", "--json"))
            #expect(again.suspect)
            for name in [report.name, again.name] { try await program.run("accept", name) }
            let after: Report = try await program.json("backup", "daily")
            #expect(!after.suspect && after.anomalies.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: old))
            #expect(try await status(program, 0).healthy)

            // What was accepted is what is usual: to lose half of that is told at once.
            try await database.execute("TRUNCATE public.orders, public.users")
            #expect(try self.report(try await program.attempt("backup", "daily", "--json")).suspect)
        }
    }

    @Test("Rows that somebody encrypted make a backup suspect")
    func encrypted() async throws {
        try await withHistory { database, program in
            try await database.execute(
                """
                UPDATE public.orders SET note = (SELECT string_agg(sha256((id * 100 + i)::text::bytea)::text, '')
                    FROM generate_series(1, 4) i);
                """)
            let report = try report(try await program.attempt("backup", "daily", "--json"))
            #expect(report.suspect && report.anomalies.contains { $0.kind == "compressibility" }, "\(report)")
            #expect(report.anomalies.contains { $0.kind == "tableCompressibility" && $0.subject == "public.orders" })
        }
    }

    @Test("A staging table that was emptied and one that is gone are told, and freeze nothing")
    func staging() async throws {
        try await withHistory { database, program in
            let old = try oldCopy(in: database)
            try await database.execute("TRUNCATE public.staging; CREATE TABLE public.more AS SELECT 1 AS a")
            let emptied: Report = try await program.json("backup", "daily")
            #expect(!emptied.suspect && emptied.anomalies.map(\.kind) == ["tableRows"])
            #expect(!FileManager.default.fileExists(atPath: old))
            #expect(try await status(program, 3).conditions.map(\.kind) == ["backupAbnormal"])
            try await database.execute("DROP TABLE public.staging, public.more")
            let gone: Report = try await program.json("backup", "daily")
            #expect(!gone.suspect && gone.anomalies.map(\.kind) == ["tablesLost"])
            let usual: Report = try await program.json("backup", "daily")
            #expect(usual.anomalies.isEmpty)
            #expect(try await status(program, 0).apps.map(\.fresh) == [true])
        }
    }

    /// An archive that retention would delete.
    private func oldCopy(in database: TestDatabase) throws -> String {
        let files = FileManager.default
        let name = try #require(try files.contentsOfDirectory(atPath: database.backups).first { $0.hasSuffix(".gz") })
        let old = name.replacing(/\d{4}-\d\d-\d\dT/, with: "2020-01-01T")
        try files.copyItem(atPath: "\(database.backups)/\(name)", toPath: "\(database.backups)/\(old)")
        return "\(database.backups)/\(old)"
    }
}

/// `pgkeep status` of what lies in a folder; no server is asked.
@Suite("Status")
struct StatusTests {
    @Test("Without any backup status ends with 3 and says so first")
    func none() async throws {
        try await Sandbox.with { sandbox in
            let run = try await sandbox.pgkeep("status", environment: ["BACKUP_APP_NAME": "shop"])
            #expect(run.status == 3)
            #expect(
                run.output.hasPrefix(
                    "NOT PROTECTED: shop\n\n! shop: there is no good backup\n    pgkeep backup daily\n"))
        }
    }

    @Test("A server that can't be reached fails the backup, which status tells with its reason")
    func failed() async throws {
        try await Sandbox.with { sandbox in
            let url = "postgresql://postgres@127.0.0.1:1/shop"
            #expect(try await sandbox.pgkeep("backup", "daily", url: url).status == 7)
            #expect(try await sandbox.pgkeep("backup", "daily", url: url).status == 7)
            let run = try await sandbox.pgkeep("status", url: url)
            #expect(run.status == 3)
            #expect(
                run.output.contains(
                    "! shop: the daily backup failed 2 times in a row: could not connect to 127.0.0.1:1"), "\(run)")
            #expect(!run.output.contains("\t"))
        }
    }

    @Test("Without an app's name and without DATABASE_URL there is nothing to tell of an empty folder")
    func empty() async throws {
        try await Sandbox.with { sandbox in
            let run = try await sandbox.pgkeep("status")
            #expect(run.status == 0 && run.output.hasPrefix("No backups, and no app to protect\n"), "\(run)")
        }
    }
}
