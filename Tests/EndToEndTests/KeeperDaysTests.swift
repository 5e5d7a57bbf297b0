import Foundation
import PGKeep
import PGKeepModel
import Testing

/// Days in the life of a keeper, on a clock that goes as fast as the work does: a real server, a real receiver.
@Suite("Days of a keeper", .enabled(if: FaultServer.isPossible))
struct KeeperDaysTests {
    /// A Saturday evening; the next day is a Sunday and the first of its month.
    private static let evening = Date(timeIntervalSince1970: 1_769_889_600)

    private func moment(_ text: String) throws -> Date { try #require(Date(iso8601: text)) }

    @Test(
        "All tiers, an outage and what it missed, a drill, a failure, its alert and all-clear: the journal tells the whole story"
    )
    func days() async throws {
        try await FaultServer.with { server in
            try await server.psql("CREATE DATABASE shop")
            try await server.psql(FaultServer.smallData, in: "shop")
            try await Sandbox.with { sandbox in
                try await Receiver.webhooks(in: sandbox) { receiver in
                    let time = SimulatedTime(KeeperDaysTests.evening)
                    var settings = Settings(
                        databaseURL: Secret(server.url("shop")), backupDirectory: sandbox.backups)
                    settings.timeZone = .gmt
                    settings.checklists = []
                    settings.alerts = try AlertChannel.list("\(receiver.address)/hook")
                    // The first day, up to an outage in the morning.
                    try await EmbeddedKeeper.run(settings, time) {
                        try await time.run(until: try moment("2026-02-01T05:00:00Z"), loops: Keeper.loops)
                    }
                    #expect(
                        try sandbox.tiers() == [
                            "daily 2026-01-31T20-00-00", "daily 2026-02-01T02-00-00", "weekly 2026-02-01T03-00-00",
                            "monthly 2026-02-01T04-00-00",
                        ])
                    // Down until after the next slot; then a night in which the server is away for a while.
                    try await time.run(until: try moment("2026-02-02T09:00:00Z"), loops: 0)
                    try await EmbeddedKeeper.run(settings, time) {
                        try await time.run(until: try moment("2026-02-03T01:00:00Z"), loops: Keeper.loops)
                        #expect(try sandbox.tiers().contains("daily 2026-02-02T09-00-00"))
                        try await server.crash()
                        try await time.run(until: try moment("2026-02-03T02:03:00Z"), loops: Keeper.loops)
                        try await server.restart()
                        try await time.run(until: try moment("2026-02-03T12:00:00Z"), loops: Keeper.loops)
                    }
                    // Three attempts, of which the third one came after the restart.
                    #expect(try sandbox.tiers().last?.hasPrefix("daily 2026-02-03T02-06") == true)
                    #expect(
                        try receiver.told("backupFailed") == ["opened 2026-02-03T02:0", "closed 2026-02-03T02:0"])
                    try await expectStory(sandbox)
                }
            }
        }
    }

    private func expectStory(_ sandbox: Sandbox) async throws {
        let journal = Journal(directory: "\(sandbox.backups)/.pgkeep")
        let lines = try journal.lines().filter { $0.event != "cleanup" && $0.event != "delete" }
        func told(_ lines: [JournalLine]) -> [String] {
            lines.map { "\($0.at.iso8601.dropFirst(8).prefix(8)) \($0.event) \($0.outcome)" }
        }
        // A drill is held beside the backups, and ends when it ends.
        #expect(told(lines.filter { $0.event == "drill" }) == ["02T09:00 drill ok"])
        let runs = told(lines.filter { $0.event != "alert" && $0.event != "drill" })
        #expect(
            runs == [
                "31T20:00 start ok", "31T20:00 backup ok", "01T02:00 backup ok", "01T03:00 backup ok",
                "01T04:00 backup ok", "01T05:00 stop ok", "02T09:00 start ok", "02T09:00 backup ok",
                "03T02:00 backup failed", "03T02:01 backup failed", "03T02:06 backup ok", "03T12:00 stop ok",
            ], "\(runs)")
        // Whoever watches looks beside the runs: the alert comes between the first failure and the backup.
        let alerts = lines.indices.filter { lines[$0].details["kind"] == .string("backupFailed") }
        let failed = try #require(lines.firstIndex { $0.outcome == "failed" })
        let taken = try #require(lines.lastIndex { $0.event == "backup" })
        #expect(alerts.count == 2 && failed < alerts[0] && alerts[0] < taken && taken < alerts[1], "\(lines)")
        #expect(try journal.verify().isIntact)
    }
}
