import Foundation
import PGKeepModel
import Testing

/// The program as a service: what it answers, how it stops, and several of them side by side.
@Suite("pgkeep serve", .lendsServer, .enabled(if: FaultServer.isPossible))
struct ServeTests {
    private static let offWeekly = ["BACKUP_WEEKLY_SCHEDULE": "off", "BACKUP_MONTHLY_SCHEDULE": "off"]

    /// Settings of a keeper that answers on a port of its own.
    private func settings(_ more: [String: String] = [:]) throws -> (environment: [String: String], url: String) {
        let port = try FaultServer.freePort()
        return (["BACKUP_LISTEN": "127.0.0.1:\(port)"].merging(more) { $1 }, "http://127.0.0.1:\(port)")
    }

    /// Body and status of a page; status 0 while nobody answers.
    private func page(_ url: String) async throws -> (status: Int, body: String) {
        let text = try await shell("curl -s -w '\\n%{http_code}' \(url) || true")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return (Int(lines.last ?? "") ?? 0, lines.dropLast().joined(separator: "\n"))
    }

    @Test("The first backup makes it healthy; metrics are Prometheus'; SIGTERM ends it with 0, as the journal tells")
    func life() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let (environment, url) = try settings()
                let run = try await sandbox.pgkeep("serve", url: server.url(name), environment: environment) { pid in
                    try await until("it is not healthy") { try await page("\(url)/healthz").status == 200 }
                    #expect(try await page("\(url)/livez").body.contains("alive"))
                    let metrics = try await page("\(url)/metrics").body
                    #expect(metrics.contains("app=\"\(name)\""), "\(metrics)")
                    try await shell("curl -s \(url)/metrics | promtool check metrics")
                    #expect(try await page("\(url)/").status == 404)
                    for set in [[:], ["BACKUP_DATABASES": "*"], ["BACKUP_DATABASES": name]] {
                        // Other programs know of it by the note that it leaves soon after its start.
                        try await until("nobody knows what is next with \(set)") {
                            let status = try await sandbox.pgkeep("status", url: server.url(name), environment: set)
                            return status.output.contains("Monthly:") && status.output.contains("next ")
                        }
                    }
                    kill(pid, SIGTERM)
                }
                #expect(run.status == 0, "\(run)")
                #expect(run.talk.contains("[Backup] Daily backup scheduled for "), "\(run)")
                #expect(run.talk.contains("[Backup] Monthly backup scheduled for "), "\(run)")
                #expect(run.talk.contains("[Backup] Daily backup of \(name): there is no daily backup yet"), "\(run)")
                let audit = try await sandbox.pgkeep("audit", "--json", url: server.url(name))
                // Nobody is at work any more: nobody knows what is next.
                let status = try await sandbox.pgkeep("status", url: server.url(name))
                #expect(!status.output.contains("next "), "\(status)")
                for event in ["start", "backup", "stop"] { #expect(audit.output.contains("\"\(event)\""), "\(audit)") }
            }
        }
    }

    @Test("Without a server it starts, tells why it is not healthy, and alerts")
    func unreachable() async throws {
        try await Sandbox.with { sandbox in
            try await Receiver.webhooks(in: sandbox) { receiver in
                let (environment, url) = try settings(["BACKUP_ALERTS": "\(receiver.address)/hook"])
                let nowhere = "postgresql://postgres@127.0.0.1:\(try FaultServer.freePort())/shop"
                let run = try await sandbox.pgkeep("serve", url: nowhere, environment: environment) { pid in
                    try await until("nobody is told") {
                        try receiver.requests("/hook").contains { $0.body.contains("backupFailed") }
                    }
                    let health = try await page("\(url)/healthz")
                    #expect(health.status == 503 && health.body.contains("there is no good backup"), "\(health)")
                    #expect(try await page("\(url)/livez").status == 200)
                    kill(pid, SIGTERM)
                }
                #expect(run.status == 0, "\(run)")
            }
        }
    }

    @Test("A run that does not end in time is abandoned, and leaves nothing")
    func abandoned() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let gate = try GatedDump(in: sandbox, server: server)
                let (environment, _) = try settings(gate.environment.merging(["BACKUP_STOP_TIMEOUT": "1s"]) { $1 })
                let run = try await sandbox.pgkeep("serve", url: server.url(name), environment: environment) { pid in
                    try await gate.reached()
                    kill(pid, SIGTERM)
                }
                #expect(run.status == 0, "\(run)")
                #expect(run.talk.contains("interrupted"), "\(run)")
                #expect(try sandbox.archives().isEmpty)
                #expect(try !sandbox.files().contains { $0.hasSuffix(".partial") })
            }
        }
    }

    @Test("A run that ends in time is finished before it stops")
    func finished() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let gate = try GatedDump(in: sandbox, server: server)
                let (environment, _) = try settings(gate.environment)
                let run = try await sandbox.pgkeep("serve", url: server.url(name), environment: environment) { pid in
                    try await gate.reached()
                    kill(pid, SIGTERM)
                    gate.open()
                }
                #expect(run.status == 0, "\(run)")
                #expect(try sandbox.archives().keys.contains { $0.contains("_daily_backup_") }, "\(run)")
            }
        }
    }

    @Test("Nothing that moves for too long ends a backup with 7")
    func stalled() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let gate = try GatedDump(in: sandbox, server: server)
                let settings = ["BACKUP_STALL_TIMEOUT": "2s", "BACKUP_LOCK_TIMEOUT": "1"]
                try await sandbox.refuses(
                    7, "nothing moved for 2", hint: "pg_stat_activity", url: server.url(name),
                    environment: gate.environment.merging(settings) { $1 })
            }
        }
    }

    @Test("SIGHUP reads the settings anew; wrong ones are told, and the old ones stay")
    func hangUp() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let file = "\(sandbox.folder)/.env"
                @Sendable func write(_ text: String) throws {
                    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
                }
                let (environment, url) = try settings(ServeTests.offWeekly)
                let log = "\(sandbox.folder)/talk"
                let run = try await sandbox.pgkeep(
                    ["serve"], url: server.url(name), environment: environment,
                    through: ["/bin/bash", "-c", "exec \"$@\" 2> >(tee '\(log)' >&2)", "serve"]
                ) { pid in
                    func says(_ words: String) throws -> Bool {
                        try String(contentsOfFile: log, encoding: .utf8).contains(words)
                    }
                    try await until("it is not healthy") { try await page("\(url)/healthz").status == 200 }
                    try write("BACKUP_DAILY_SCHEDULE=\"17 5 * * *\"\n")
                    kill(pid, SIGHUP)
                    try await until("the new slot is not told") { try says("05:17:00") }
                    try write("BACKUP_DAILY_SCHEDULE=\"61 5 * * *\"\n")
                    kill(pid, SIGHUP)
                    try await until("what is wrong is not told") { try says("the settings stay as they were") }
                    kill(pid, SIGTERM)
                }
                #expect(run.status == 0, "\(run)")
                #expect(run.talk.contains("minute"), "\(run)")
            }
        }
    }

    @Test("A port that is taken is told with what to do")
    func taken() async throws {
        let server = try FaultServer.lent
        try await Sandbox.with { sandbox in
            try await Receiver.webhooks(in: sandbox) { receiver in
                let run = try await sandbox.pgkeep(
                    "serve", url: server.url("postgres"),
                    environment: ["BACKUP_LISTEN": "127.0.0.1:\(receiver.port)"])
                #expect(run.status == 1, "\(run)")
                #expect(run.error.contains("could not listen on 127.0.0.1:\(receiver.port)"), "\(run)")
                #expect(run.hint?.contains("BACKUP_LISTEN=") == true, "\(run)")
            }
        }
    }
}
