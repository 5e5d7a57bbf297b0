import Foundation
import PGKeep
import PGKeepModel
import Testing

/// What a keeper lives through beside failing backups: a journal that can't be written, a clock that is set, databases
/// that come and go.
@Suite("Troubles of a keeper", .enabled(if: FaultServer.isPossible))
struct KeeperTroublesTests {
    /// A Wednesday evening.
    private static let evening = Date(timeIntervalSince1970: 1_770_235_200)

    private func moment(_ text: String) throws -> Date { try #require(Date(iso8601: text)) }

    private func withKeeper(
        _ body: @escaping @Sendable (FaultServer, Sandbox, Receiver, SimulatedTime, Settings) async throws -> Void
    ) async throws {
        try await FaultServer.with { server in
            try await server.psql("CREATE DATABASE shop")
            try await server.psql(FaultServer.smallData, in: "shop")
            try await Sandbox.with { sandbox in
                try await Receiver.webhooks(in: sandbox) { receiver in
                    let time = SimulatedTime(KeeperTroublesTests.evening)
                    var settings = Settings(
                        databaseURL: Secret(server.url("shop")), backupDirectory: sandbox.backups)
                    settings.timeZone = .gmt
                    settings.checklists = []
                    // Drills have days of their own.
                    settings.drillSchedule = nil
                    settings.alerts = try AlertChannel.list("\(receiver.address)/hook")
                    try await body(server, sandbox, receiver, time, settings)
                }
            }
        }
    }

    @Test("With a journal that can't be written, failures are counted, told, and tried again no more often than else")
    func journal() async throws {
        try await withKeeper { server, sandbox, receiver, time, settings in
            let journal = "\(sandbox.backups)/.pgkeep/journal.jsonl"
            try await EmbeddedKeeper.run(settings, time) {
                try await time.run(until: try moment("2026-02-04T21:00:00Z"), loops: Keeper.loops)
                try await server.crash()
                try await shell("mv \(journal) \(journal).aside; mkdir \(journal)")
                try await time.run(until: try moment("2026-02-05T02:30:00Z"), loops: Keeper.loops)
                #expect(try receiver.told("vaultUnreadable").map { $0.prefix(6) } == ["opened"])
                #expect(try receiver.told("backupFailed").map { $0.prefix(6) } == ["opened"])
                try await shell("rmdir \(journal); mv \(journal).aside \(journal)")
                try await server.restart()
                try await time.run(until: try moment("2026-02-06T02:30:00Z"), loops: Keeper.loops)
                for kind in ["vaultUnreadable", "backupFailed"] {
                    // The slot was given up: that is told again a day later, unless the next backup comes first.
                    let told = try receiver.told(kind).filter { !$0.hasPrefix("repeated") }
                    #expect(told.map { $0.prefix(6) } == ["opened", "closed"], "\(kind): \(told)")
                }
            }
            let lines = try Journal(directory: "\(sandbox.backups)/.pgkeep").lines()
            let gap = try #require(lines.first { $0.event == "gap" })
            // The slot's first attempt and three more, by 02:21, as with a journal.
            #expect(gap.details["failures"] == .integer(4), "\(gap)")
            #expect(try Journal(directory: "\(sandbox.backups)/.pgkeep").verify().isIntact)
        }
    }

    @Test("A clock that is put back, or jumps ahead by days, costs no more than a backup, and none twice")
    func clock() async throws {
        try await withKeeper { server, sandbox, receiver, time, settings in
            try await EmbeddedKeeper.run(settings, time) {
                try await time.run(until: try moment("2026-02-05T03:00:00Z"), loops: Keeper.loops)
                #expect(try sandbox.tiers() == ["daily 2026-02-04T20-00-00", "daily 2026-02-05T02-00-00"])
                // Back by three days: what was taken lies in the future, and is believed again when the time comes.
                time.jump(to: try moment("2026-02-02T03:00:00Z"))
                try await time.run(until: try moment("2026-02-03T03:00:00Z"), loops: Keeper.loops)
                let tiers = try sandbox.tiers()
                #expect(tiers.filter { $0 < "daily 2026-02-04" }.count <= 2, "\(tiers)")
                #expect(tiers.contains("daily 2026-02-03T02-00-00"), "\(tiers)")
                // Ahead by ten: each tier once, and the next slots as ever.
                time.jump(to: try moment("2026-02-13T12:00:00Z"))
                try await time.run(until: try moment("2026-02-14T03:00:00Z"), loops: Keeper.loops)
                let later = try sandbox.tiers().filter { $0.contains("2026-02-13") || $0.contains("2026-02-14") }
                #expect(
                    later.sorted() == [
                        "daily 2026-02-13T12-00-00", "daily 2026-02-14T02-00-00", "weekly 2026-02-13T12-00-00",
                    ], "\(later)")
            }
            #expect(try receiver.told("backupFailed").isEmpty)
            #expect(try Journal(directory: "\(sandbox.backups)/.pgkeep").verify().isIntact)
        }
    }

    @Test(
        "Of a server of which all is kept, a dropped database is told for a week, also by a keeper that was down then")
    func dropped() async throws {
        try await withKeeper { server, sandbox, receiver, time, settings in
            var settings = settings
            settings.databases = .every
            try await EmbeddedKeeper.run(settings, time) {
                try await time.run(until: try moment("2026-02-05T03:00:00Z"), loops: Keeper.loops)
            }
            try await server.psql("DROP DATABASE shop")
            // A start while the server is away: whose backups there are to be is known all the same.
            try await server.crash()
            try await EmbeddedKeeper.run(settings, time) {
                try await time.run(until: try moment("2026-02-05T04:00:00Z"), loops: Keeper.loops)
                let told = try receiver.requests("/hook").map { try $0.object }.compactMap { $0["app"] as? String }
                #expect(!told.contains("shop"))
                try await time.run(until: try moment("2026-02-06T05:00:00Z"), loops: Keeper.loops)
                #expect(try receiver.told("backupOverdue").contains { $0.hasPrefix("opened") })
                try await server.restart()
                try await time.run(until: try moment("2026-02-06T06:00:00Z"), loops: Keeper.loops)
            }
            let gone = try receiver.requests("/hook").map { try $0.object }
                .filter { $0["kind"] as? String == "databaseMissing" && $0["app"] as? String == "shop" }
            #expect(gone.map { $0["event"] as? String } == ["opened"])
            try await EmbeddedKeeper.run(settings, time) {
                try await time.run(until: try moment("2026-02-14T03:00:00Z"), loops: Keeper.loops)
            }
            let events = try receiver.told("databaseMissing").map { $0.prefix(6) }
            #expect(events.last == "closed", "\(events)")
        }
    }

    @Test("A table that is locked over a slot fails the run; the next attempt takes the backup")
    func locked() async throws {
        try await withKeeper { server, sandbox, receiver, time, settings in
            var settings = settings
            settings.lockTimeout = .seconds(1)
            try await EmbeddedKeeper.run(settings, time) {
                try await time.run(until: try moment("2026-02-05T01:59:00Z"), loops: Keeper.loops)
                async let holder = server.psql(
                    "BEGIN; LOCK TABLE public.things IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(600); COMMIT",
                    in: "shop")
                let held = "SELECT pid FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted"
                try await until("nobody holds the table") { try await !server.psql(held, in: "shop").isEmpty }
                try await time.run(until: try moment("2026-02-05T02:03:00Z"), loops: Keeper.loops)
                try await server.psql("SELECT pg_terminate_backend(pid) FROM (\(held)) l", in: "shop")
                _ = try? await holder
                try await time.run(until: try moment("2026-02-05T03:00:00Z"), loops: Keeper.loops)
            }
            let tiers = try sandbox.tiers()
            #expect(tiers.last?.hasPrefix("daily 2026-02-05T02-06") == true, "\(tiers)")
            #expect(try receiver.told("backupFailed").map { $0.prefix(6) } == ["opened", "closed"])
        }
    }
}
