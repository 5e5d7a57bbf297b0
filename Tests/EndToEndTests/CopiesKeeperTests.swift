import Foundation
import PGKeep
import PGKeepModel
import Testing

/// A keeper's care for copies, on a clock that goes as fast as the work does.
@Suite("Copies of a keeper", .enabled(if: FaultServer.isPossible))
struct CopiesKeeperTests {
    private static let evening = Date(timeIntervalSince1970: 1_770_235_200)

    private func moment(_ text: String) throws -> Date { try #require(Date(iso8601: text)) }

    @Test("Copies are made beside the backups; a vault that is away is told, and made up for as soon as it is back")
    func away() async throws {
        try await FaultServer.with { server in
            try await server.psql("CREATE DATABASE shop")
            try await server.psql(FaultServer.smallData, in: "shop")
            try await Sandbox.with { sandbox in
                try await Receiver.webhooks(in: sandbox) { receiver in
                    let vault = "\(sandbox.folder)/nas"
                    let time = SimulatedTime(CopiesKeeperTests.evening)
                    var settings = Settings(databaseURL: Secret(server.url("shop")), backupDirectory: sandbox.backups)
                    settings.timeZone = .gmt
                    settings.checklists = []
                    settings.alerts = try AlertChannel.list("\(receiver.address)/hook")
                    settings.vaults = [try VaultAddress("file://\(vault)")]
                    @Sendable func copies() throws -> Set<String> {
                        Set(try FileManager.default.contentsOfDirectory(atPath: vault).filter { $0.contains(".sql") })
                    }
                    try await EmbeddedKeeper.run(settings, time) {
                        try await time.run(until: try moment("2026-02-05T02:30:00Z"), loops: Keeper.loops)
                        #expect(try sandbox.tiers() == ["daily 2026-02-04T20-00-00", "daily 2026-02-05T02-00-00"])
                        #expect(try receiver.told("copyFailed").map { $0.prefix(6) } == ["opened"])
                        #expect(try receiver.told("backupFailed").isEmpty)
                        try FileManager.default.createDirectory(atPath: vault, withIntermediateDirectories: true)
                        // Tried again each hour at the latest.
                        try await time.run(until: try moment("2026-02-05T04:00:00Z"), loops: Keeper.loops)
                        #expect(try copies() == Set(sandbox.archives().keys))
                        #expect(try receiver.told("copyFailed").map { $0.prefix(6) } == ["opened", "closed"])
                        // Somebody deletes one of them: it is told, and made again.
                        let name = try #require(try copies().min())
                        try FileManager.default.removeItem(atPath: "\(vault)/\(name)")
                        try await time.run(until: try moment("2026-02-06T02:40:00Z"), loops: Keeper.loops)
                        #expect(try copies() == Set(sandbox.archives().keys))
                    }
                    #expect(try sandbox.archives().count == 3)
                    let lines = try Journal(directory: "\(sandbox.backups)/.pgkeep").lines()
                    #expect(lines.contains { $0.event == "copy" && $0.outcome == "failed" })
                    #expect(lines.count { $0.event == "copy" && $0.outcome == "ok" } == 4)
                }
            }
        }
    }

    @Test("Keepers that copy to different places, or lock differently, are told so")
    func apart() async throws {
        func shared(_ change: (inout Settings) throws -> Void) throws -> Settings {
            var settings = Settings(databaseURL: nil)
            try change(&settings)
            return settings
        }
        let one = try shared { $0.vaults = [try VaultAddress("s3://a"), try VaultAddress("s3://b")] }
        let same = try shared { $0.vaults = [try VaultAddress("s3://b"), try VaultAddress("s3://a")] }
        let other = try shared { $0.vaults = [try VaultAddress("s3://a")] }
        #expect(one.sharedByKeepers == same.sharedByKeepers)
        #expect(one.sharedByKeepers["BACKUP_VAULTS"] == "s3://a s3://b")
        #expect(one.sharedByKeepers != other.sharedByKeepers)
        #expect(try shared { $0.lock = .governance }.sharedByKeepers["BACKUP_LOCK"] == "governance")
    }
}
