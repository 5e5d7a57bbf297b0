import Foundation
import PGKeep
import PGKeepModel
import Testing

/// A keeper's drills, on a clock that goes as fast as the work does: a real server, real drills, a real receiver.
@Suite("Drills of a keeper", .enabled(if: FaultServer.isPossible))
struct KeeperDrillsTests {
    /// A Saturday evening; the next day is a Sunday and the first of its month.
    private static let evening = Date(timeIntervalSince1970: 1_769_889_600)

    private func moment(_ text: String) throws -> Date { try #require(Date(iso8601: text)) }

    private func withKeeper(
        _ schedule: String,
        _ body: @Sendable @escaping (FaultServer, Sandbox, Receiver, SimulatedTime, Settings) async throws -> Void
    ) async throws {
        try await FaultServer.with { server in
            try await server.psql("CREATE DATABASE shop")
            try await server.psql(FaultServer.smallData, in: "shop")
            try await Sandbox.with { sandbox in
                try await shell("chmod 755 \(sandbox.folder); install -d -m 1777 \(sandbox.drills)")
                try await Receiver.webhooks(in: sandbox) { receiver in
                    var settings = Settings(databaseURL: Secret(server.url("shop")), backupDirectory: sandbox.backups)
                    settings.timeZone = .gmt
                    settings.checklists = []
                    settings.drillDirectory = sandbox.drills
                    settings.drillSchedule = try CronExpression(schedule)
                    settings.alerts = try AlertChannel.list("\(receiver.address)/hook")
                    settings.retention = RetentionPolicy(daily: 1, weekly: 84, monthly: 365)
                    try await body(server, sandbox, receiver, SimulatedTime(KeeperDrillsTests.evening), settings)
                    try await sandbox.expectNoDrillResidue()
                }
            }
        }
    }

    /// Time, tier and outcome of each drill in the journal.
    private func drills(_ sandbox: Sandbox) throws -> [String] {
        try Journal(directory: "\(sandbox.backups)/.pgkeep").lines().filter { $0.event == "drill" }.map { line in
            let tier = line.archive.flatMap { ArchiveName($0) }?.tier.rawValue ?? ""
            return "\(line.at.iso8601.prefix(13)) \(tier) \(line.outcome)"
        }
    }

    @Test("One tier after the other is drilled; a drill that fails is alerted")
    func turns() async throws {
        try await withKeeper("0 6,8,10 * * *") { server, sandbox, receiver, time, settings in
            var settings = settings
            let check = "\(sandbox.folder)/check.sql"
            try "SELECT count(*) = 500 FROM things".write(toFile: check, atomically: true, encoding: .utf8)
            settings.drillChecks = [check]
            try await EmbeddedKeeper.run(settings, time) {
                try await time.run(until: try moment("2026-02-01T09:00:00Z"), loops: Keeper.loops)
                try "SELECT count(*) = 499 FROM things".write(toFile: check, atomically: true, encoding: .utf8)
                try await time.run(until: try moment("2026-02-01T12:00:00Z"), loops: Keeper.loops)
            }
            #expect(
                try drills(sandbox) == [
                    "2026-02-01T06 daily ok", "2026-02-01T08 weekly ok", "2026-02-01T10 monthly failed",
                ])
            #expect(try receiver.told("drillFailed").map { $0.prefix(20) } == ["opened 2026-02-01T10"])
            let told = try receiver.requests("/hook").first { $0.body.contains("drillFailed") }
            #expect(told?.body.contains("check check.sql: it returned f") == true)
        }
    }

    @Test("Retention keeps the newest proven backup, however old it is")
    func retention() async throws {
        try await withKeeper("0 6 1 * *") { _, sandbox, _, time, settings in
            try await EmbeddedKeeper.run(settings, time) {
                try await time.run(until: try moment("2026-02-03T03:00:00Z"), loops: Keeper.loops)
            }
            #expect(try drills(sandbox) == ["2026-02-01T06 daily ok"])
            let daily = try sandbox.tiers().filter { $0.hasPrefix("daily") }
            // Two days old is too old, but for this one.
            #expect(daily == ["daily 2026-02-01T02-00-00", "daily 2026-02-02T02-00-00", "daily 2026-02-03T02-00-00"])
        }
    }
}
