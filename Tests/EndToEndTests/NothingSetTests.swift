import Foundation
import Testing

/// Every command in an empty folder, with nothing set or with the app's name alone: no server is asked.
@Suite("Bad input: nothing is set")
struct NothingSetTests {
    @Test(
        "A command that needs a database says which variable to set, and ends with 78",
        arguments: [
            "backup", "backup daily", "list", "stats", "show latest", "verify", "verify all", "restore latest --yes",
            "restore latest --plan", "restore --undo --yes", "restore latest --table t", "remove some.sql.gz",
            "cleanup", "cleanup --dry-run", "pin latest", "unpin latest", "accept latest",
        ])
    func needsDatabase(line: String) async throws {
        try await Sandbox.with { sandbox in
            try await sandbox.refuses(
                78, "DATABASE_URL is not set", hint: "export DATABASE_URL=postgresql://",
                arguments: line.split(separator: " ").map(String.init))
        }
    }

    @Test(
        "Where the app's name is enough, what isn't there is told as such",
        arguments: [
            ("list", 0, "No backups found"), ("stats", 0, "Total Backups: 0"), ("verify", 5, "no good backup of app"),
            ("verify all", 5, "no backup to verify"), ("show latest", 5, "no good backup of app"),
            ("pin latest", 5, "no good backup of app"), ("remove some.sql.gz", 5, "no archive some.sql.gz"),
            ("show ./some.sql.gz", 5, "no file ./some.sql.gz"), ("cleanup", 0, "0 backups deleted"),
            ("audit", 0, ""), ("audit verify", 0, "Journal: 0 lines"), ("settings check", 0, "valid"),
            ("settings", 0, "BACKUP_APP_NAME"),
        ])
    func needsArchive(line: String, status: Int32, words: String) async throws {
        try await Sandbox.with { sandbox in
            let run = try await sandbox.pgkeep(
                line.split(separator: " ").map(String.init), environment: ["BACKUP_APP_NAME": "app"])
            #expect(run.status == status, "\(run)")
            #expect(words.isEmpty || (run.output + run.talk).contains(words), "\(run)")
            #expect((run.hint != nil) == (status != 0), "\(run)")
        }
    }

    @Test(
        "Nonsense on the command line ends with 64, and with the usage or what comes nearest",
        arguments: [
            ("bakup", "backup"), ("backup hourly", "hourly"), ("backup daily weekly", "weekly"),
            ("list --all", "--all"),
            ("restore", "give an archive"), ("restore --into", "--into"), ("show", "archive"), ("pin", "archive"),
            ("settings chek", "chek"), ("verify --quik", "--quick"), ("remove", "archive"),
            ("restore --at noon --yes", "noon"), ("restore latest", "nobody can answer"),
        ])
    func nonsense(line: String, words: String) async throws {
        try await Sandbox.with { sandbox in
            let arguments = line.split(separator: " ").map(String.init)
            let run = try await sandbox.pgkeep(arguments, url: "postgresql://h/d")
            #expect(run.status == 64, "\(run)")
            #expect(run.talk.contains(words) && run.output.isEmpty, "\(run)")
            let json = try await sandbox.pgkeep(arguments + ["--json"], url: "postgresql://h/d")
            #expect(json.status == 64, "\(json)")
            struct Told: Decodable {
                struct Details: Decodable {
                    var code: String
                    var exitStatus: Int32
                }
                var error: Details
            }
            let told = try JSONDecoder().decode(Told.self, from: Data(json.output.utf8))
            #expect(told.error.code == "usage" && told.error.exitStatus == 64)
        }
    }
}
