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

    @Test(
        "Each Sunday another tier is drilled; a drill that fails is alerted, and retention keeps the newest proven one")
    func weeks() async throws {
        try await FaultServer.with { server in
            try await server.psql("CREATE DATABASE shop")
            try await server.psql(FaultServer.smallData, in: "shop")
            try await Sandbox.with { sandbox in
                try await shell("chmod 755 \(sandbox.folder); install -d -m 1777 \(sandbox.drills)")
                try await Receiver.webhooks(in: sandbox) { receiver in
                    let time = SimulatedTime(KeeperDrillsTests.evening)
                    var settings = Settings(databaseURL: Secret(server.url("shop")), backupDirectory: sandbox.backups)
                    settings.timeZone = .gmt
                    settings.drillDirectory = sandbox.drills
                    settings.alerts = try AlertChannel.list("\(receiver.address)/hook")
                    settings.retention = RetentionPolicy(daily: 1, weekly: 8, monthly: 365)
                    let check = "\(sandbox.folder)/check.sql"
                    try "SELECT count(*) = 500 FROM things".write(toFile: check, atomically: true, encoding: .utf8)
                    settings.drillChecks = [check]
                    try await EmbeddedKeeper.run(settings, time) {
                        try await time.run(until: try moment("2026-02-14T12:00:00Z"), loops: Keeper.loops)
                        // What the third one will find is not what the check expects.
                        try await server.psql("DELETE FROM things WHERE n = 7", in: "shop")
                        try "SELECT count(*) = 499 FROM things".write(toFile: check, atomically: true, encoding: .utf8)
                        try await time.run(until: try moment("2026-02-17T12:00:00Z"), loops: Keeper.loops)
                    }
                    let journal = try Journal(directory: "\(sandbox.backups)/.pgkeep").lines()
                    let drills = journal.filter { $0.event == "drill" }.map { line in
                        let tier = line.archive.flatMap { ArchiveName($0) }?.tier.rawValue ?? ""
                        return "\(line.at.iso8601.prefix(13)) \(tier) \(line.outcome)"
                    }
                    // The monthly one of the first of the month still has all rows.
                    #expect(
                        drills == ["2026-02-01T06 daily ok", "2026-02-08T06 weekly ok", "2026-02-15T06 monthly failed"])
                    #expect(try receiver.told("drillFailed").map { $0.prefix(20) } == ["opened 2026-02-15T06"])
                    // The daily one of the first Sunday is gone, the weekly one of the second is the newest proven one.
                    let kept = try FileManager.default.contentsOfDirectory(atPath: sandbox.backups)
                        .filter { $0.hasSuffix(".proof") }
                    #expect(kept.count == 1 && kept[0].contains("_weekly_backup_2026-02-08"), "\(kept)")
                    try await sandbox.expectNoDrillResidue()
                }
            }
        }
    }
}
