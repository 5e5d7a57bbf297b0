import Foundation
import Testing

/// One program for all databases of a server, or for a list of them.
@Suite("Several databases", .serverLog)
struct SeveralDatabasesTests {
    private struct Turn: Decodable {
        struct Failure: Decodable { var message: String }
        var app: String
        var path: String?
        var error: Failure?
    }

    private func archives(_ database: TestDatabase) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: database.backups).filter { $0.contains("_backup_") }
    }

    @Test("One that fails doesn't keep the others from their turn; the status is 1, and all is said", .server)
    func oneFails() async throws {
        try await TestDatabase.with(.sql("CREATE TABLE public.a AS SELECT 1 AS n")) { database in
            let other = try await database.sibling("b")
            let names = "\(database.name)_gone,\(database.name),\(other.name)"
            let program = Program(database, environment: ["BACKUP_DATABASES": names])
            let run = try await program.attempt("backup", "daily")
            #expect(run.status == 1, "\(run)")
            let paths = run.output.split(separator: "\n")
            #expect(paths.count == 2 && paths[0].contains("/\(database.name)_daily_backup_"), "\(run)")
            #expect(run.talk.contains("pgkeep: error: \(database.name)_gone: "), "\(run)")
            #expect(run.talk.contains("[Backup] Database: \(other.name)\n"), "\(run)")
            #expect(run.talk.contains("pgkeep: error: 1 of 3 databases failed: \(database.name)_gone\n"), "\(run)")
            #expect(try archives(database).count == 2)

            let json = try await program.attempt("backup", "weekly", "--json")
            let turns = try JSONDecoder().decode([Turn].self, from: Data(json.output.utf8))
            #expect(turns.map(\.app) == ["\(database.name)_gone", database.name, other.name])
            #expect(turns.map { $0.error == nil } == [false, true, true])
            #expect(turns[0].error?.message.isEmpty == false && turns[1].path?.contains("_weekly_backup_") == true)
        }
    }

    @Test("What is about one of them asks for --app, by the names, and takes it", .server)
    func oneOfThem() async throws {
        try await TestDatabase.with { database in
            let other = try await database.sibling("b")
            let program = Program(database, environment: ["BACKUP_DATABASES": "\(database.name),\(other.name)"])
            try await program.run("backup", "--app", other.name)
            let list = try await program.attempt("list")
            #expect(list.status == 64, "\(list)")
            #expect(list.talk.contains("this is about one of them: \(database.name), \(other.name)"), "\(list)")
            #expect(list.talk.contains("pgkeep: hint: add --app \(database.name)"), "\(list)")
            #expect(try await program.run("list", "--app", other.name).contains("Total: 1 backup,"))
            #expect(try await program.run("list", "--app", database.name) == "No backups found")
            #expect(try await program.run("list", "--database-url", other.url).contains("Total: 1 backup,"))
            let unknown = try await program.attempt("list", "--app", "nobody")
            #expect(unknown.status == 64 && unknown.talk.contains("no database is kept as nobody"), "\(unknown)")
            // A file is a file, whosever it is.
            let path = "\(database.backups)/\(try archives(database)[0])"
            #expect(try await program.attempt("verify", path).status == 0)
        }
    }

    @Test(
        "Every database of the server is kept, new ones too, but none that a restore keeps aside",
        .enabled(if: FaultServer.isPossible))
    func every() async throws {
        try await FaultServer.with { server in
            try await Sandbox.with { sandbox in
                for name in ["shop", "\"my shop\""] { try await server.psql("CREATE DATABASE \(name)") }
                try await sandbox.backup(server.url("shop"))
                let restored = try await sandbox.pgkeep("restore", "latest", "--yes", url: server.url("shop"))
                #expect(restored.status == 0, "\(restored)")
                #expect(try await server.beside("shop").count == 1)

                let every = ["BACKUP_DATABASES": "*"]
                func asked() async throws -> [String] {
                    let run = try await sandbox.pgkeep(
                        "backup", "daily", "--json", url: server.url("postgres"), environment: every)
                    #expect(run.status == 0, "\(run)")
                    return try JSONDecoder().decode([Turn].self, from: Data(run.output.utf8)).map(\.app)
                }
                #expect(try await asked() == ["my%20shop", "postgres", "shop"])
                try await server.psql("CREATE DATABASE crm; DROP DATABASE \"my shop\"")
                #expect(try await asked() == ["crm", "postgres", "shop"])

                // Without a server: what lies in the folder tells the names.
                let list = try await sandbox.pgkeep("list", environment: every)
                #expect(list.status == 64 && list.talk.contains(": crm, my%20shop, postgres, shop"), "\(list)")
                let dropped = try await sandbox.pgkeep(
                    "list", "--app", "my%20shop", url: server.url("postgres"), environment: every)
                #expect(dropped.output.contains("Total: 1 backup,"), "\(dropped)")
            }
        }
    }

    @Test("Databases of a list have settings of their own", .server)
    func listed() async throws {
        try await TestDatabase.with { database in
            let other = try await database.sibling("b")
            let yaml = """
                databases:
                  - url: \(database.url)
                    app: first
                    compression: none
                  - url: \(other.url)
                    app: second
                """
            try Data(yaml.utf8).write(to: URL(fileURLWithPath: "\(database.folder)/pgkeep.yaml"))
            let program = Program(database, environment: ["DATABASE_URL": nil])
            let paths = try await program.run("backup", "daily").split(separator: "\n")
            #expect(paths.count == 2)
            #expect(paths[0].contains("/first_daily_") && paths[0].hasSuffix(".sql"))
            #expect(paths[1].contains("/second_daily_") && paths[1].hasSuffix(".sql.gz"))
            let both = try await Program(database).attempt("backup")
            #expect(both.status == 78 && both.talk.contains("DATABASE_URL is set (environment)"), "\(both)")
        }
    }
}
