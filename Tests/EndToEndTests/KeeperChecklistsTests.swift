import Foundation
import PGKeep
import PGKeepModel
import Testing

/// A keeper's checklists, on a clock that goes as fast as the work does.
@Suite("Checklists of a keeper", .enabled(if: FaultServer.isPossible))
struct KeeperChecklistsTests {
    private func moment(_ text: String) throws -> Date { try #require(Date(iso8601: text)) }

    @Test("Each is gone through when it is due, with its report; what somebody did is alerted by the next one")
    func onSchedule() async throws {
        try await FaultServer.with { server in
            try await server.psql("CREATE DATABASE shop")
            try await server.psql(FaultServer.smallData, in: "shop")
            try await Sandbox.with { sandbox in
                try await Receiver.webhooks(in: sandbox) { receiver in
                    // A Saturday evening; the next day is the first of its month.
                    let time = SimulatedTime(try moment("2026-01-31T20:00:00Z"))
                    var settings = Settings(databaseURL: Secret(server.url("shop")), backupDirectory: sandbox.backups)
                    settings.timeZone = .gmt
                    settings.drillSchedule = nil
                    settings.alerts = try AlertChannel.list("\(receiver.address)/hook")
                    try await EmbeddedKeeper.run(settings, time) {
                        try await time.run(until: try moment("2026-02-03T12:00:00Z"), loops: Keeper.loops)
                        #expect(
                            try reports(sandbox) == ["pgkeep-shop-month-2026-02-01", "pgkeep-shop-week-2026-02-02"])
                        #expect(try receiver.told("checklistFailed").isEmpty)
                        let taken = try #require(try archives(sandbox).last)
                        try FileManager.default.removeItem(atPath: "\(sandbox.backups)/\(taken)")
                        try await time.run(until: try moment("2026-02-09T07:00:00Z"), loops: Keeper.loops)
                        #expect(try reports(sandbox).last == "pgkeep-shop-week-2026-02-09")
                        #expect(try receiver.told("checklistFailed").map { $0.prefix(6) } == ["opened"])
                    }
                }
            }
        }
    }

    @Test("A report that can't be written is alerted")
    func unwritten() async throws {
        try await FaultServer.with { server in
            try await server.psql("CREATE DATABASE shop")
            try await server.psql(FaultServer.smallData, in: "shop")
            try await Sandbox.with { sandbox in
                try await Receiver.webhooks(in: sandbox) { receiver in
                    // A Sunday evening.
                    let time = SimulatedTime(try moment("2026-02-01T20:00:00Z"))
                    var settings = Settings(databaseURL: Secret(server.url("shop")), backupDirectory: sandbox.backups)
                    settings.timeZone = .gmt
                    settings.drillSchedule = nil
                    settings.checklists = [.week]
                    settings.alerts = try AlertChannel.list("\(receiver.address)/hook")
                    try Data().write(to: URL(filePath: "\(sandbox.folder)/file"))
                    settings.reportDirectory = "\(sandbox.folder)/file/reports"
                    try await EmbeddedKeeper.run(settings, time) {
                        try await time.run(until: try moment("2026-02-02T12:00:00Z"), loops: Keeper.loops)
                        let told = try receiver.requests("/hook").filter { $0.body.contains("checklistFailed") }
                        #expect(told.count == 1 && told[0].body.contains("the report could not be written"))
                    }
                }
            }
        }
    }

    private func archives(_ sandbox: Sandbox) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: sandbox.backups).filter { ArchiveName($0) != nil }.sorted()
    }

    /// Without endings: each is there as a page and as data.
    private func reports(_ sandbox: Sandbox) throws -> [String] {
        let files = try FileManager.default.contentsOfDirectory(atPath: "\(sandbox.backups)/.pgkeep/reports")
        let pages = files.filter { $0.hasSuffix(".html") }.map { String($0.dropLast(5)) }
        #expect(files.count == 2 * pages.count)
        return pages.sorted { $0.suffix(10) < $1.suffix(10) }
    }
}
