import Foundation
import Logging
import PGKeep
import PGKeepModel
import Testing

/// The library inside another program: the example's server, and the calls that a server makes.
@Suite("Embedded in a server", .lendsServer, .enabled(if: FaultServer.isPossible))
struct EmbeddedTests {
    /// Built beside the program.
    private static let example = URL(fileURLWithPath: Sandbox.program).deletingLastPathComponent()
        .appendingPathComponent("HummingbirdServer").path

    private func system(_ url: String, _ sandbox: Sandbox) -> BackupSystem {
        BackupSystem(
            settings: Settings(databaseURL: Secret(url), backupDirectory: sandbox.backups),
            logger: Logger(label: "server") { _ in SwiftLogNoOpLogHandler() })
    }

    @Test("The example takes the first backup, lists it, takes one by hand, and stops on SIGTERM")
    func exampleServer() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let port = try FaultServer.freePort()
                let page = "http://127.0.0.1:\(port)/backups"
                @Sendable func ask(_ options: String = "") async throws -> [Backup] {
                    let text = try await shell("curl -sf \(options) \(page) || true")
                    return text.isEmpty ? [] : try JSONDecoder().decode([Backup].self, from: Data(text.utf8))
                }
                let run = try await sandbox.pgkeep(
                    [], url: server.url(name), environment: ["PORT": String(port)],
                    through: ["/bin/bash", "-c", "exec '\(EmbeddedTests.example)'"]
                ) { pid in
                    try await until("the first backup is not listed") { try await ask().map(\.tier) == [.daily] }
                    let taken = try await ask("-X POST")
                    #expect(taken.map(\.tier) == [.manual])
                    #expect(try await ask().contains { $0.name == taken.first?.name })
                    kill(pid, SIGTERM)
                }
                #expect(run.status == 0, "\(run)")
                #expect(try sandbox.archives().count == 2)
            }
        }
    }

    @Test("One tier is scheduled alone, until its task is cancelled; its backup comes back")
    func oneTier() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let system = system(server.url(name), sandbox)
                let before = try await server.fingerprint(name)
                let keeping = Task { try await system.scheduleWeeklyBackup() }
                let journal = Journal(directory: "\(sandbox.backups)/.pgkeep")
                try await until("there is no backup") { try journal.lines().contains { $0.event == "backup" } }
                keeping.cancel()
                _ = await keeping.result
                let backups = try await system.listBackups()
                #expect(backups.map(\.tier) == [.weekly])
                try await server.psql("DELETE FROM public.things", in: name)
                let report = try await system.restoreBackup(from: "latest")
                #expect(report.rows > 0)
                #expect(try await server.fingerprint(name) == before)
            }
        }
    }

    @Test("At the start folder and journal are made, and only what is wrong is told")
    func start() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let system = system(server.url(name), sandbox)
                #expect(try await system.initializeBackupSystem().map(\.kind) == [.backupOverdue])
                for folder in [sandbox.backups, "\(sandbox.backups)/.pgkeep"] {
                    let attributes = try FileManager.default.attributesOfItem(atPath: folder)
                    #expect(attributes[.posixPermissions] as? Int == 0o700)
                }
                #expect(try await system.auditVerify().isIntact)
                _ = try await system.createBackup(.daily)
                #expect(try await system.initializeBackupSystem().isEmpty)
            }
        }
    }

    @Test("A server that is away is told at the start, not thrown; a folder that can't be made is thrown")
    func startWithoutServer() async throws {
        try await Sandbox.with { sandbox in
            let nowhere = "postgresql://postgres@127.0.0.1:\(try FaultServer.freePort())/shop"
            let conditions = try await system(nowhere, sandbox).initializeBackupSystem()
            #expect(Set(conditions.map(\.kind)) == [.backupOverdue, .databaseMissing])
            #expect(conditions.allSatisfy { $0.app == "shop" })

            let file = "\(sandbox.folder)/file"
            try Data().write(to: URL(fileURLWithPath: file))
            let settings = Settings(databaseURL: Secret(nowhere), backupDirectory: file)
            let blocked = BackupSystem(settings: settings, logger: Logger(label: "server"))
            await #expect(throws: PGKeepError.self) { try await blocked.initializeBackupSystem() }
        }
    }
}
