import Foundation
import PGKeep
import PGKeepArchive
import PGKeepModel
import PGKeepVaults
import Testing

struct CatalogueTests {
    private let now = Date(timeIntervalSince1970: 1_769_479_200)

    private func withVault<Result>(_ body: (DirectoryVault, Catalogue) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pgkeep-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let vault = try DirectoryVault(folder)
        return try body(vault, Catalogue(vault: vault, app: try AppName("app")))
    }

    /// An archive of nothing but a footer that fits.
    @discardableResult
    private func put(
        _ vault: DirectoryVault, _ tier: Tier, daysAgo: Int, app: String = "app", whole: Bool = true
    ) throws -> String {
        let createdAt = now.addingTimeInterval(Double(-daysAgo) * 86_400)
        let name = ArchiveName(app: try AppName(app), tier: tier, createdAt: createdAt, format: .plain)
        let footer = ArchiveFooter(
            indexOffset: 0, indexLength: 0, indexSHA256: String(repeating: "0", count: 64), createdAt: createdAt,
            tables: 2, rows: 30, rawBytes: 400)
        try vault.put(name.text, whole ? footer.encoded(.none) : Array("cut off".utf8))
        return name.text
    }

    @Test("Only whole names of the app are listed, newest first, with what footer and marks tell")
    func list() throws {
        try withVault { vault, catalogue in
            let old = try put(vault, .daily, daysAgo: 2)
            let new = try put(vault, .weekly, daysAgo: 1)
            let broken = try put(vault, .daily, daysAgo: 0, whole: false)
            try put(vault, .daily, daysAgo: 0, app: "app_staging")
            try vault.put("notes.txt", [])
            try catalogue.pin(old, at: now, by: "me")
            try catalogue.suspect(new, at: now, reason: "half the rows")
            let backups = try catalogue.backups()
            #expect(backups.map(\.name) == [broken, new, old])
            #expect(backups.map(\.pinned) == [false, false, true])
            #expect(backups.map(\.suspect) == [false, true, false])
            #expect(backups.map(\.rows) == [nil, 30, 30])
            #expect(backups.map(\.isGood) == [false, true, true])
            #expect(try catalogue.latest(now: now)?.name == new)
            #expect(try catalogue.accept(new))
            #expect(try catalogue.unpin(old))
            #expect(try catalogue.unpin(old) == false)
            let stats = BackupStats(of: try catalogue.backups(), now: now)
            #expect(stats.totalBackups == 3 && stats.damaged == 1 && stats.tiers == ["daily": 2, "weekly": 1])
            #expect(stats.latestBackup == new && stats.oldestBackup == old)
        }
    }

    @Test("Latest, names and paths are found; an unknown one says what comes nearest")
    func resolve() throws {
        try withVault { vault, catalogue in
            let name = try put(vault, .daily, daysAgo: 1)
            try put(vault, .daily, daysAgo: -2)
            #expect(try catalogue.resolve("latest", now: now).name == name)
            #expect(try catalogue.resolve(name, now: now).backup?.rows == 30)
            #expect(try catalogue.resolve("\(vault.name)/\(name)", now: now).backup?.name == name)
            let error = #expect(throws: PGKeepError.self) {
                try catalogue.resolve(name.replacingOccurrences(of: "daily", with: "dayly"), now: now)
            }
            #expect(error?.code == .noSuchArchive)
            #expect(error?.cause?.contains(name) == true)
        }
    }

    @Test("Cleanup deletes what is past its age, marks included, and nothing while a backup is suspect")
    func cleanup() throws {
        try withVault { vault, catalogue in
            let new = try put(vault, .daily, daysAgo: 1)
            let old = try put(vault, .daily, daysAgo: 40)
            let pinned = try put(vault, .daily, daysAgo: 41)
            try vault.put("\(old).proof", [])
            try vault.put("\(new).proof", [])
            try catalogue.pin(pinned, at: now, by: nil)
            try catalogue.suspect(new, at: now, reason: "half the rows")
            #expect(try catalogue.cleanUp(.standard, now: now, dryRun: false).deleted.isEmpty)
            try catalogue.accept(new)
            #expect(try catalogue.cleanUp(.standard, now: now, dryRun: true).deleted.map(\.name) == [old])
            #expect(try vault.exists(old))
            let report = try catalogue.cleanUp(.standard, now: now, dryRun: false)
            #expect(report.deleted.map(\.name) == [old] && report.deleted.map(\.ageDays) == [40])
            #expect(try Set(vault.list().map(\.name)) == [new, "\(new).proof", pinned, "\(pinned).pin"])
        }
    }

    @Test("The last good backup goes by force only, and a pinned one too")
    func remove() throws {
        try withVault { vault, catalogue in
            let name = try put(vault, .manual, daysAgo: 1)
            try put(vault, .manual, daysAgo: 2, whole: false)
            #expect(throws: PGKeepError.self) { try catalogue.remove(name, force: false) }
            #expect(try catalogue.remove(name, force: true).name == name)
            #expect(try !vault.exists(name))
        }
    }

    @Test("A run lock names who holds it, and is free once that is gone")
    func lock() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pgkeep-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let app = try AppName("app")
        do {
            let lock = try RunLock(directory: folder, app: app, doing: "a daily backup")
            let error = #expect(throws: PGKeepError.self) {
                try RunLock(directory: folder, app: app, doing: "cleanup")
            }
            #expect(error?.code == .busy)
            #expect(error?.cause == "process \(getpid()) (a daily backup)")
            withExtendedLifetime(lock) {}
        }
        #expect(throws: Never.self) { try RunLock(directory: folder, app: app, doing: "cleanup") }
    }
}
