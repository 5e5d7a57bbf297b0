import Foundation
import PGKeep
import PGKeepModel
import Testing

/// What goes wrong around a service that is left alone.
@Suite("pgkeep serve: mishaps", .enabled(if: FaultServer.isPossible))
struct ServeMishapsTests {
    @Test("A server that is away is told of by webhook and by mail while it is tried again, and so is its return")
    func mailed() async throws {
        try await FaultServer.with { server in
            try await server.psql("CREATE DATABASE shop")
            try await server.crash()
            try await Sandbox.with { sandbox in
                try await Receiver.mail(user: "bob", password: "secret", in: sandbox) { mailbox in
                    try await Receiver.webhooks(in: sandbox) { receiver in
                        let mail =
                            "mailto://bob:secret@127.0.0.1:\(mailbox.port)/?from=k@example.org&to=ops@example.org&mode=insecure"
                        let tools = try #require(Receiver.apprise)
                        let settings = [
                            "BACKUP_ALERTS": "\(receiver.address)/hook \(mail)", "BACKUP_LISTEN": "off",
                            "BACKUP_ALERT_TIMEOUT": "5m",
                            "PATH": "\(tools):/usr/local/bin:/usr/bin:/bin",
                        ]
                        let run = try await sandbox.pgkeep("serve", url: server.url("shop"), environment: settings) {
                            pid in
                            try await until("no webhook is told") {
                                try receiver.requests("/hook").contains { $0.body.contains("the daily backup failed") }
                            }
                            try await until("no mail is sent") {
                                try mailbox.mails().contains { $0.contains("the daily backup failed") }
                            }
                            try await server.restart()
                            // The second attempt is a minute after the first one.
                            try await until("nobody is told that it is over") {
                                try mailbox.mails().contains { $0.contains("Over after") }
                            }
                            kill(pid, SIGTERM)
                        }
                        #expect(run.status == 0, "\(run)")
                        #expect(try sandbox.archives().count == 1)
                    }
                }
            }
        }
    }

    @Test("A database that is dropped is told of, and the others are kept")
    func dropped() async throws {
        try await FaultServer.with { server in
            for name in ["shop", "stock"] { try await server.psql("CREATE DATABASE \(name)") }
            try await Sandbox.with { sandbox in
                let state = "\(sandbox.folder)/state"
                let settings = [
                    "BACKUP_DATABASES": "*", "BACKUP_LISTEN": "off", "BACKUP_STATE_DIR": state,
                    "BACKUP_WEEKLY_SCHEDULE": "off", "BACKUP_MONTHLY_SCHEDULE": "off",
                ]
                let run = try await sandbox.pgkeep("serve", url: server.url("postgres"), environment: settings) { pid in
                    try await until("not all of them are backed up") { try sandbox.archives().count == 3 }
                    try await server.psql("DROP DATABASE stock WITH (FORCE)")
                    kill(pid, SIGHUP)
                    try await until("nobody says that it is gone") {
                        try await shell("grep -c databaseMissing \(state)/journal.jsonl || true") == "1"
                    }
                    kill(pid, SIGTERM)
                }
                #expect(run.status == 0 && run.talk.contains("no longer on the server"), "\(run)")
                #expect(try sandbox.archives().keys.contains { $0.hasPrefix("stock_") })
            }
        }
    }

    @Test("Backups that can't be looked at are told of, end nothing, and are no all-clear for what was wrong before")
    func unreadable() async throws {
        try await FaultServer.with { server in
            try await Sandbox.with { sandbox in
                let state = "\(sandbox.folder)/state"
                let settings = [
                    "BACKUP_DATABASES": "postgres,nowhere", "BACKUP_LISTEN": "off", "BACKUP_STATE_DIR": state,
                ]
                @Sendable func alerts(_ kind: String) async throws -> [String] {
                    try Journal(directory: state).lines().filter { $0.details["kind"] == .string(kind) }
                        .compactMap { if case .string(let event)? = $0.details["notice"] { event } else { nil } }
                }
                let url = server.url("postgres")
                let run = try await sandbox.pgkeep("serve", url: url, environment: settings) { pid in
                    try await until("the failure is not told") { try await alerts("backupFailed").count == 1 }
                    try await until("there is no backup") { try sandbox.archives().count == 1 }
                    // Whoever looks between the two makes the folder anew.
                    try await shell(
                        """
                        mv \(sandbox.backups) \(sandbox.folder)/aside
                        until touch \(sandbox.backups) && test -f \(sandbox.backups); do rm -r \(sandbox.backups); done
                        """)
                    kill(pid, SIGHUP)
                    try await until("nobody is told") { try await alerts("vaultUnreadable").count == 1 }
                    try await shell("rm \(sandbox.backups); mv \(sandbox.folder)/aside \(sandbox.backups)")
                    kill(pid, SIGHUP)
                    try await until("it is never over") { try await alerts("vaultUnreadable").count == 2 }
                    kill(pid, SIGTERM)
                }
                #expect(run.status == 0, "\(run)")
                #expect(try await alerts("backupFailed").count == 1, "\(run)")
            }
        }
    }

    @Test("A server that accepts connections and never answers does not keep another one from its backup")
    func silent() async throws {
        try await FaultServer.with { server in
            try await server.psql("CREATE DATABASE shop")
            try await Sandbox.with { sandbox in
                let port = try FaultServer.freePort()
                let listener = """
                    import socket, time
                    s = socket.create_server(('127.0.0.1', \(port)))
                    held = []
                    s.settimeout(300)
                    while True: held.append(s.accept())
                    """
                try await shell(
                    "python3 -c \"\(listener)\" </dev/null >/dev/null 2>&1 & echo $! >\(sandbox.folder)/pid")
                let yaml = """
                    databases:
                      - url: postgresql://postgres@127.0.0.1:\(port)/silent?connect_timeout=3
                      - url: \(server.url("shop"))
                    """
                try Data(yaml.utf8).write(to: URL(fileURLWithPath: "\(sandbox.folder)/pgkeep.yaml"))
                do {
                    let run = try await sandbox.pgkeep("serve", environment: ["BACKUP_LISTEN": "off"]) { pid in
                        try await until("shop is not backed up") {
                            try sandbox.archives().keys.contains { $0.hasPrefix("shop_daily_backup_") }
                        }
                        kill(pid, SIGTERM)
                    }
                    #expect(run.status == 0 && run.talk.contains("❌ Daily backup failed: "), "\(run)")
                } catch {
                    try await shell("kill $(cat \(sandbox.folder)/pid)")
                    throw error
                }
                try await shell("kill $(cat \(sandbox.folder)/pid)")
            }
        }
    }
}
