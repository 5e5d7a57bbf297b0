import Foundation
import PGKeepArchive
import PGKeepModel
import PGKeepVaults
import Testing

@testable import PGKeep

/// A vault with a journal beside it, filled by hand, at a time of its own.
struct WatchFolder {
    static let now = Date(timeIntervalSince1970: 1_769_479_200)

    let path: String
    let vault: DirectoryVault
    let journal: Journal
    var settings: Settings

    static func with<Result>(_ body: (WatchFolder) async throws -> Result) async throws -> Result {
        let path = FileManager.default.temporaryDirectory.appending(path: "pgkeep-watch-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(try WatchFolder(path))
    }

    private init(_ path: String) throws {
        self.path = path
        vault = try DirectoryVault(path)
        settings = Settings(databaseURL: nil, backupDirectory: path)
        journal = Journal(directory: settings.stateDirectory)
    }

    func app(_ name: String = "shop", next: [Tier: Date] = [:]) throws -> WatchedApp {
        WatchedApp(try AppName(name), settings: settings, nextRuns: next)
    }

    func time(hoursAgo: Double) -> Date { WatchFolder.now.addingTimeInterval(-hoursAgo * 3600) }

    func name(_ tier: Tier, hoursAgo: Double, app: String = "shop") throws -> ArchiveName {
        ArchiveName(app: try AppName(app), tier: tier, createdAt: time(hoursAgo: hoursAgo), format: .plain)
    }

    /// An archive of nothing but a footer that fits.
    @discardableResult
    func put(_ tier: Tier, hoursAgo: Double, app: String = "shop", whole: Bool = true) throws -> String {
        let name = try name(tier, hoursAgo: hoursAgo, app: app)
        let footer = ArchiveFooter(
            indexOffset: 0, indexLength: 0, indexSHA256: String(repeating: "0", count: 64), createdAt: name.createdAt,
            tables: 2, rows: 30, rawBytes: 400)
        let bytes = whole ? footer.encoded(.none) : Array("cut off".utf8)
        try Data(bytes).write(to: URL(filePath: "\(path)/\(name.text)"))
        return name.text
    }

    /// The journal's line of a backup.
    func record(
        _ tier: Tier, hoursAgo: Double, app: String = "shop", details: [String: JSONValue] = [:]
    ) throws {
        var all: [String: JSONValue] = [
            "app": .string(app), "tier": .string(tier.rawValue), "bytes": 256, "rawBytes": 400, "rows": 30,
            "durationSeconds": 1.5,
        ]
        all.merge(details) { $1 }
        let name = try name(tier, hoursAgo: hoursAgo, app: app).text
        try journal.append(JournalEvent(.backup, archive: name, details: all), at: time(hoursAgo: hoursAgo))
    }

    func recordFailure(_ tier: Tier, hoursAgo: Double, code: String = "unreachable") throws {
        try journal.append(
            JournalEvent(
                .backup, outcome: .failed,
                details: [
                    "app": "shop", "tier": .string(tier.rawValue), "code": .string(code),
                    "error": "connection refused",
                ]), at: time(hoursAgo: hoursAgo))
    }

    func look(next: [Tier: Date] = [:], now: Date = WatchFolder.now) throws -> ProtectionFacts {
        try Watcher(settings, now: { now }).lookNow(at: [app(next: next)])
    }
}
