import Foundation
import Testing

/// Serialized: moments are shares of a run's time.
@Suite("Faults while a backup runs", .serialized, .lendsServer, .enabled(if: FaultServer.isPossible))
struct FaultsBackupTests {
    @Test("A second backup at the same time ends with 6 and names the first; the first goes on")
    func second() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let gate = try GatedDump(in: sandbox, server: server)
                let url = server.url(name)
                let run = try await sandbox.pgkeep("backup", "weekly", url: url, environment: gate.environment) { pid in
                    try await gate.reached()
                    let second = try await sandbox.pgkeep("backup", url: url)
                    #expect(second.status == 6, "\(second)")
                    #expect(second.error.contains("\(pid)") && second.error.contains("weekly"), "\(second)")
                    #expect(second.hint?.contains("ps -fp \(pid)") == true, "\(second)")
                    let cleanup = try await sandbox.pgkeep("cleanup", url: url)
                    #expect(cleanup.status == 6, "\(cleanup)")
                    // Another app's backup is none of its business.
                    try await sandbox.backup(url, environment: ["BACKUP_APP_NAME": "other"])
                    let list = try await sandbox.pgkeep("list", url: url)
                    #expect(list.status == 0, "\(list)")
                    gate.open()
                }
                #expect(run.status == 0, "\(run)")
                #expect(try sandbox.archives().count == 2)
                try await sandbox.backup(url)
            }
        }
    }

    @Test("A server that is killed half way ends with 7; when it is back, the next backup is whole")
    func killedServer() async throws {
        try await FaultServer.with { server in
            try await server.psql("CREATE DATABASE shop")
            try await server.psql(FaultServer.largeData, in: "shop")
            try await Sandbox.with { sandbox in
                try await sandbox.backup(server.url("shop"))
                for bytes in [1, 600, 20_000] {
                    let gate = try GatedDump(in: sandbox, server: server, after: bytes)
                    try await sandbox.refuses(
                        7, "server", hint: "pg_isready", url: server.url("shop"), environment: gate.environment
                    ) { _ in
                        try await gate.reached()
                        try await server.crash()
                        gate.open()
                    }
                    try await server.restart()
                    try await sandbox.backup(server.url("shop"))
                }
            }
        }
    }

    @Test(
        "A connection that is cut half way ends with 7, or with what pg_dump says of it",
        arguments: ["pgkeep backup", "pg_dump", "everything"])
    func cut(who: String) async throws {
        let server = try FaultServer.lent
        try await server.withDatabase(FaultServer.largeData) { name in
            try await Sandbox.with { sandbox in
                try await sandbox.backup(server.url(name))
                let gate = try GatedDump(in: sandbox, server: server, after: who == "pgkeep backup" ? 600 : 1)
                let run = try await sandbox.refuses(
                    7, hint: nil, url: server.url(name), environment: gate.environment
                ) { _ in
                    try await gate.reached()
                    let whose = who == "everything" ? "" : "AND application_name = '\(who)'"
                    try await server.psql(
                        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                            + "WHERE datname = '\(name)' \(whose)")
                    gate.open()
                }
                #expect(!run.error.contains("interrupted"), "\(run)")
                try await nothingRuns(in: name, server)
                try await sandbox.backup(server.url(name))
            }
        }
    }

    /// No session of ours stays behind.
    private func nothingRuns(in name: String, _ server: FaultServer) async throws {
        let sessions = """
            SELECT application_name, state, query FROM pg_stat_activity
            WHERE datname = '\(name)' AND backend_type = 'client backend'
            """
        let deadline = ContinuousClock.now.advanced(by: .seconds(60))
        var left = try await server.psql(sessions)
        while !left.isEmpty, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(20))
            left = try await server.psql(sessions)
        }
        #expect(left.isEmpty, "these sessions stay: \(left)")
    }

    @Test("A table that stays locked is tried again, and ends with 6 and who to look for")
    func locked() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                try await sandbox.backup(server.url(name))
                async let holder: String = server.psql(
                    "BEGIN; LOCK TABLE public.things IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(600); COMMIT", in: name)
                try await until("nobody holds the lock") {
                    try await server.psql(
                        "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted AND database = "
                            + "(SELECT oid FROM pg_database WHERE datname = '\(name)')") == "1"
                }
                let run = try await sandbox.refuses(
                    6, "lock", hint: "pg_stat_activity", url: server.url(name),
                    environment: ["BACKUP_LOCK_TIMEOUT": "1"])
                for attempt in 2...5 { #expect(run.talk.contains("attempt \(attempt) of 5"), "\(run)") }
                // It succeeds as soon as the lock is gone, without being asked again.
                let patient = try await sandbox.pgkeep(
                    "backup", url: server.url(name), environment: ["BACKUP_LOCK_TIMEOUT": "1"]
                ) { _ in
                    let here = "(SELECT oid FROM pg_database WHERE datname = '\(name)')"
                    let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND database = \(here)"
                    try await until("nobody waits") { try await server.psql(waiting) != "0" }
                    try await until("the wait never ends") { try await server.psql(waiting) == "0" }
                    try await server.psql(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                            + "WHERE query LIKE '%pg_sleep(600)%' AND datname = '\(name)'")
                }
                #expect(patient.status == 0, "\(patient)")
                #expect(patient.talk.contains("attempt 2 of 5"), "\(patient)")
                _ = try? await holder
            }
        }
    }

    @Test("After kill -9 the next run removes the debris and is whole")
    func killed() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase(FaultServer.largeData) { name in
            try await Sandbox.with { sandbox in
                let url = server.url(name, password: "s3cret")
                let kept = try await sandbox.backup(url)
                let before = try sandbox.archives()
                let temporary = "\(sandbox.folder)/tmp"
                try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: false)
                let gate = try GatedDump(in: sandbox, server: server, after: 20_000)
                let run = try await sandbox.pgkeep(
                    "backup", url: url, environment: gate.environment.merging(["TMPDIR": temporary]) { $1 }
                ) { pid in
                    try await gate.reached()
                    kill(pid, SIGKILL)
                }
                #expect(run.status == 137, "\(run)")
                #expect(try sandbox.archives() == before)
                #expect(try sandbox.files().filter { $0.hasSuffix(".partial") }.count == 1)
                let list = try await sandbox.pgkeep("list", "--json", url: url)
                #expect(list.output.components(separatedBy: "\"path\"").count == 2, "\(list)")
                // pg_dump and the sessions end by themselves.
                try await nothingRuns(in: name, server)
                // Another app's debris may be a backup at work.
                let foreign = "\(sandbox.backups)/.other_daily_backup_2026-01-27T02-00-00.sql.gz.partial"
                try Data("x".utf8).write(to: URL(fileURLWithPath: foreign))
                let next = try await sandbox.pgkeep("backup", url: url, environment: ["TMPDIR": temporary])
                #expect(next.status == 0, "\(next)")
                #expect(next.talk.contains("Removed what an interrupted run left"), "\(next)")
                #expect(try sandbox.files().filter { $0.hasSuffix(".partial") }.count == 1)
                #expect(FileManager.default.fileExists(atPath: foreign))
                #expect(try sandbox.archives().count == 2)
                let left = try FileManager.default.subpathsOfDirectory(atPath: temporary)
                #expect(left.isEmpty, "a passfile stays in the temporary folder: \(left)")
                let verified = try await sandbox.pgkeep("verify", "all", url: url)
                #expect(verified.status == 0, "\(verified) \(kept)")
            }
        }
    }

    @Test("Ctrl-C and SIGTERM at any moment of a backup end with 130 and 143 and leave nothing")
    func signals() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase(FaultServer.largeData) { name in
            try await Sandbox.with { sandbox in
                let url = server.url(name)
                let clock = ContinuousClock()
                let whole = try await clock.measure { try await sandbox.backup(url) }
                var ends: [Int32: Int] = [:]
                for moment in 0..<24 {
                    let number = moment % 2 == 0 ? SIGINT : SIGTERM
                    let before = try sandbox.archives()
                    let wait = whole * (Double(moment) / 22 + Double.random(in: 0...0.04))
                    let run = try await sandbox.pgkeep("backup", url: url) { pid in
                        try await Task.sleep(for: wait)
                        kill(pid, number)
                    }
                    ends[run.status, default: 0] += 1
                    #expect(run.status == 128 + number || run.status == 0, "after \(wait): \(run)")
                    let after = try sandbox.archives()
                    if run.status != 0 {
                        // Published or not: what is there is whole.
                        #expect(after.count <= before.count + 1)
                    }
                    #expect(before.allSatisfy { after[$0.key] == $0.value })
                    let left = try sandbox.files().filter { $0.hasSuffix(".partial") }
                    #expect(left.isEmpty, "after \(wait): \(left)")
                    try await nothingRuns(in: name, server)
                }
                #expect(ends.count > 1, "\(ends)")
                try await sandbox.backup(url)
                let verified = try await sandbox.pgkeep("verify", "all", url: url)
                #expect(verified.status == 0, "\(verified)")
                let audit = try await sandbox.pgkeep("audit", "verify", url: url)
                #expect(audit.status == 0, "\(audit)")
            }
        }
    }

    @Test("A signal while pg_dump stands still ends at once", arguments: [SIGINT, SIGTERM])
    func signalWhileBlocked(number: Int32) async throws {
        let server = try FaultServer.lent
        try await server.withDatabase(FaultServer.largeData) { name in
            try await Sandbox.with { sandbox in
                for bytes in [1, 600, 20_000] {
                    let gate = try GatedDump(in: sandbox, server: server, after: bytes)
                    let clock = ContinuousClock()
                    let start = clock.now
                    try await sandbox.refuses(
                        128 + number, "interrupted", hint: nil, url: server.url(name), environment: gate.environment
                    ) { pid in
                        try await gate.reached()
                        kill(pid, number)
                    }
                    #expect(start.duration(to: clock.now) < .seconds(60))
                    try await nothingRuns(in: name, server)
                }
            }
        }
    }

    @Test("A signal ends verify with 130 or 143", arguments: [SIGINT, SIGTERM])
    func signalVerify(number: Int32) async throws {
        let server = try FaultServer.lent
        try await server.withDatabase(FaultServer.largeData) { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                let before = try sandbox.archives()
                let many = Array(repeating: archive, count: 60)
                for moment in 0..<5 {
                    let run = try await sandbox.pgkeep(["verify"] + many, url: server.url(name)) { pid in
                        try await Task.sleep(for: .milliseconds(10 + moment * 90))
                        kill(pid, number)
                    }
                    #expect(run.status == 128 + number, "\(moment): \(run)")
                }
                #expect(try sandbox.archives() == before)
                let run = try await sandbox.pgkeep("verify", url: server.url(name))
                #expect(run.status == 0, "\(run)")
            }
        }
    }
}
