import Foundation
import PGKeep
import PGKeepModel
import Testing

/// Several keepers of one database, each with a journal of its own, as on several machines.
@Suite("Several keepers", .lendsServer, .enabled(if: FaultServer.isPossible))
struct KeepersTests {
    /// Only the first backup is due, whatever the time: the slots are half a day away.
    private static let alone = [
        "BACKUP_LISTEN": "off", "BACKUP_WEEKLY_SCHEDULE": "off", "BACKUP_MONTHLY_SCHEDULE": "off",
        "BACKUP_DAILY_SCHEDULE": "0 \((Int(Date().timeIntervalSince1970) / 3600 + 12) % 24) * * *",
    ]

    private func settings(_ sandbox: Sandbox, _ keeper: Int, _ more: [String: String] = [:]) -> [String: String] {
        KeepersTests.alone.merging(["BACKUP_STATE_DIR": "\(sandbox.folder)/state\(keeper)"]) { $1 }
            .merging(more) { $1 }
    }

    /// How many keepers have announced themselves.
    private func keepers(_ server: FaultServer) async throws -> Int {
        let count = try await server.psql(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock'")
        return try #require(Int(count))
    }

    @Test("Three keepers take a slot once; two of them killed, the third one takes it")
    func threeKeepers() async throws {
        try await FaultServer.with { server in
            try await server.psql("CREATE DATABASE shop")
            try await server.psql(FaultServer.smallData, in: "shop")
            try await Sandbox.with { sandbox in
                let gates = try (0..<3).map { _ in try GatedDump(in: sandbox, server: server) }
                try await withThrowingTaskGroup(of: PGKeepRun.self) { group in
                    func start(_ keeper: Int, _ during: @escaping @Sendable (pid_t) async throws -> Void) {
                        let environment = settings(sandbox, keeper, gates[keeper].environment)
                        group.addTask {
                            try await sandbox.pgkeep(
                                "serve", url: server.url("shop"), environment: environment, during: during)
                        }
                    }
                    // Each is killed in the middle of its run, with the next one waiting for the lock.
                    for keeper in 0..<2 {
                        start(keeper) { pid in
                            try await gates[keeper].reached()
                            try await until("nobody else is there") { try await keepers(server) >= 2 }
                            kill(pid, SIGKILL)
                        }
                        try await gates[keeper].reached()
                    }
                    start(2) { pid in
                        try await gates[2].reached()
                        gates[2].open()
                        try await until("there is no backup") { try sandbox.archives().count == 1 }
                        kill(pid, SIGTERM)
                    }
                    var statuses: [Int32] = []
                    for try await run in group { statuses.append(run.status) }
                    #expect(statuses.sorted() == [0, 137, 137])
                }
                #expect(try sandbox.archives().count == 1)
                try await until("locks stay") {
                    try await server.psql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == "0"
                }
            }
        }
    }

    @Test("A keeper that comes second says that another is at it, then that the slot was taken")
    func second() async throws {
        try await FaultServer.with { server in
            try await server.psql("CREATE DATABASE shop")
            try await server.psql(FaultServer.smallData, in: "shop")
            try await Sandbox.with { sandbox in
                let gate = try GatedDump(in: sandbox, server: server)
                let done = "\(sandbox.folder)/done"
                async let first = sandbox.pgkeep(
                    "serve", url: server.url("shop"), environment: settings(sandbox, 1, gate.environment)
                ) { pid in
                    try await until("the other one is not done") { FileManager.default.fileExists(atPath: done) }
                    kill(pid, SIGTERM)
                }
                try await gate.reached()
                let log = "\(sandbox.folder)/talk"
                let run = try await sandbox.pgkeep(
                    ["serve"], url: server.url("shop"), environment: settings(sandbox, 2),
                    through: ["/bin/bash", "-c", "exec \"$@\" 2> >(tee '\(log)' >&2)", "serve"]
                ) { pid in
                    @Sendable func says(_ words: String) throws -> Bool {
                        guard FileManager.default.fileExists(atPath: log) else { return false }
                        return try String(contentsOfFile: log, encoding: .utf8).contains(words)
                    }
                    try await until("it doesn't see the other one") { try says("another keeper is at it") }
                    gate.open()
                    try await until("it does not yield") { try says("was taken by another keeper") }
                    kill(pid, SIGTERM)
                }
                #expect(FileManager.default.createFile(atPath: done, contents: nil))
                #expect(try await first.status == 0)
                #expect(run.status == 0, "\(run)")
                #expect(try sandbox.archives().count == 1)
                let journal = try Journal(directory: "\(sandbox.folder)/state2").lines()
                #expect(journal.contains { $0.event == "yield" && $0.details["tier"] == .string("daily") })
            }
        }
    }

    @Test(
        "Keepers that can't exclude each other, or are set differently, are found and told",
        arguments: [
            (
                ["BACKUP_DAILY_SCHEDULE": "30 1 * * *"],
                "BACKUP_DAILY_SCHEDULE is '30 1 * * *' here and '0 "
            ),
            (["BACKUP_DIR": "elsewhere"], "keeps this database into another folder"),
        ])
    func apart(difference: [String: String], words: String) async throws {
        try await FaultServer.with { server in
            try await server.psql("CREATE DATABASE shop")
            try await Sandbox.with { sandbox in
                try await Receiver.webhooks(in: sandbox) { receiver in
                    async let first = sandbox.pgkeep(
                        "serve", url: server.url("shop"), environment: settings(sandbox, 1)
                    ) { pid in
                        try await until("nobody is told") {
                            try receiver.requests("/hook").contains { $0.body.contains("keepersApart") }
                        }
                        kill(pid, SIGTERM)
                    }
                    try await until("the first one is not there") {
                        let files = (try? FileManager.default.contentsOfDirectory(atPath: sandbox.backups)) ?? []
                        return try await keepers(server) == 1 && files.contains { $0.hasPrefix("pgkeep-keeper-") }
                    }
                    let more = difference.merging(["BACKUP_ALERTS": "\(receiver.address)/hook"]) { $1 }
                    let run = try await sandbox.pgkeep(
                        "serve", url: server.url("shop"), environment: settings(sandbox, 2, more)
                    ) { pid in
                        try await until("nobody is told") {
                            try receiver.requests("/hook").contains { $0.body.contains("keepersApart") }
                        }
                        kill(pid, SIGTERM)
                    }
                    #expect(try await first.status == 0)
                    #expect(run.status == 0 && run.talk.contains(words), "\(run)")
                }
            }
        }
    }

    @Test("A keeper on a standby is told of: its locks are not those of the primary")
    func standby() async throws {
        try await FaultServer.with { server in
            try await server.psql("CREATE DATABASE shop")
            try await server.withStandby { standby in
                try await standby.caughtUp(with: server)
                try await Sandbox.with { sandbox in
                    try await Receiver.webhooks(in: sandbox) { receiver in
                        @Sendable func isTold() throws -> Bool {
                            try receiver.requests("/hook").contains { $0.body.contains("they don't exclude") }
                        }
                        async let first = sandbox.pgkeep(
                            "serve", url: server.url("shop"), environment: settings(sandbox, 1)
                        ) { pid in
                            try await until("nobody is told") { try isTold() }
                            kill(pid, SIGTERM)
                        }
                        try await until("the first one is not there") { try await keepers(server) == 1 }
                        let alerts = ["BACKUP_ALERTS": "\(receiver.address)/hook"]
                        let run = try await sandbox.pgkeep(
                            "serve", url: standby.url("shop"), environment: settings(sandbox, 2, alerts)
                        ) { pid in
                            try await until("nobody is told") { try isTold() }
                            kill(pid, SIGTERM)
                        }
                        #expect(try await first.status == 0)
                        let place = "the standby 127.0.0.1:\(standby.port)"
                        #expect(
                            run.status == 0 && run.talk.contains("this keeper's locks are on \(place)"), "\(run)")
                    }
                }
            }
        }
    }
}
