import Foundation
import PGKeepArchive
import PGKeepModel
import Testing

/// What lies in the folder, told and thinned out by the program: archives of all ages, and files that are none.
@Suite("Keeping backups")
struct KeepingTests {
    private let app = ["BACKUP_APP_NAME": "app"]

    /// An archive of nothing but a footer that fits, 256 bytes long.
    @discardableResult
    private func put(_ tier: Tier, daysAgo: Int, app: String = "app", in sandbox: Sandbox) throws -> String {
        let time = Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down))
        let createdAt = time.addingTimeInterval(Double(-daysAgo) * 86_400)
        let name = ArchiveName(app: try AppName(app), tier: tier, createdAt: createdAt, format: .plain).text
        let footer = ArchiveFooter(
            indexOffset: 0, indexLength: 0, indexSHA256: String(repeating: "0", count: 64), createdAt: createdAt,
            tables: 2, rows: 30, rawBytes: 400)
        try put(name, footer.encoded(.none), in: sandbox)
        return name
    }

    private func put(_ name: String, _ bytes: [UInt8] = [], in sandbox: Sandbox) throws {
        try FileManager.default.createDirectory(atPath: sandbox.backups, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: "\(sandbox.backups)/\(name)"))
    }

    /// The lines of a table, each run of blanks one.
    private func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    }

    /// Runs a command that must end with `status`.
    @discardableResult
    private func run(
        _ line: String, _ status: Int32 = 0, in sandbox: Sandbox, at location: SourceLocation = #_sourceLocation
    ) async throws -> PGKeepRun {
        let run = try await sandbox.pgkeep(line.split(separator: " ").map(String.init), environment: app)
        #expect(run.status == status, "\(run)", sourceLocation: location)
        return run
    }

    @Test("list and stats tell names, tiers, sizes, ages and marks, the newest first")
    func told() async throws {
        try await Sandbox.with { sandbox in
            let daily = try put(.daily, daysAgo: 0, in: sandbox)
            let weekly = try put(.weekly, daysAgo: 1, in: sandbox)
            let manual = try put(.manual, daysAgo: 400, in: sandbox)
            try put(.daily, daysAgo: 0, app: "app_staging", in: sandbox)
            try put("app_daily_backup_2026-01-27T02-00-00.sql.gz.part", in: sandbox)
            try put("\(manual).pin", in: sandbox)
            try put("\(weekly).suspect", in: sandbox)
            let list = lines(try await run("list", in: sandbox).output)
            #expect(
                list == [
                    "Filename Type Size Age State", "\(daily) daily 256 B today",
                    "\(weekly) weekly 256 B 1 day ago suspect", "\(manual) manual 256 B 400 days ago pinned",
                    "Total: 3 backups, 768 B total size",
                ])
            let stats = lines(try await run("stats", in: sandbox).output)
            #expect(stats.prefix(3) == ["Total Backups: 3", "Total Size: 768 B", "Latest Backup: \(daily)"])
            #expect(stats[3].hasPrefix("Latest Date: 20"))
            #expect(stats[4] == "Oldest Backup: \(manual)" && stats[5].hasPrefix("Oldest Date: 20"))
        }
    }

    @Test("cleanup shows first and deletes then: what is too old, with its marks, and nothing else")
    func cleanup() async throws {
        try await Sandbox.with { sandbox in
            let old = try put(.daily, daysAgo: 40, in: sandbox)
            let kept = [
                try put(.daily, daysAgo: 30, in: sandbox), try put(.daily, daysAgo: 41, in: sandbox),
                try put(.weekly, daysAgo: 90, in: sandbox), try put(.manual, daysAgo: 5000, in: sandbox),
                try put(.daily, daysAgo: 99, app: "app_staging", in: sandbox), "notes.txt",
                "app_daily_backup_2020-01-27.sql.gz",
            ]
            try put("notes.txt", in: sandbox)
            try put("app_daily_backup_2020-01-27.sql.gz", in: sandbox)
            try put("\(kept[1]).pin", in: sandbox)
            try put("\(old).proof", in: sandbox)
            try put("\(kept[0]).proof", in: sandbox)
            let before = try sandbox.archives()
            let shown = try await run("cleanup --dry-run", in: sandbox)
            #expect(try sandbox.archives() == before)
            #expect(
                lines(shown.output) == [
                    "Filename Age Size Decision Reason",
                    "\(old) 40 days 256 B would delete older than 30 days",
                    "\(kept[0]) 30 days 256 B kept newest good daily backup",
                    "\(kept[1]) 41 days 256 B kept pinned",
                    "\(kept[2]) 90 days 256 B kept newest good weekly backup",
                    "\(kept[3]) 5000 days 256 B kept taken by hand",
                    "Total: 1 backup would be deleted, 256 B freed, 4 kept",
                ])
            let done = try await run("cleanup", in: sandbox)
            #expect(
                done.talk == """
                    [Backup] Deleted old backup: \(old) (40 days old)
                    [Backup] Cleanup completed: 1 backup deleted, 256 B freed

                    """)
            let left = try sandbox.files().filter { !$0.hasPrefix(".pgkeep") }
            #expect(Set(left) == Set(kept + ["\(kept[0]).proof", "\(kept[1]).pin"]))
            let audit = try await run("audit", in: sandbox)
            #expect(audit.output.contains("[Backup] Deleted old backup: \(old) (40 days old)"))
        }
    }

    @Test("A backup of the future is reported with 3, and neither deleted nor taken for the latest")
    func future() async throws {
        try await Sandbox.with { sandbox in
            let future = try put(.daily, daysAgo: -400, in: sandbox)
            let now = try put(.daily, daysAgo: 1, in: sandbox)
            let done = try await run("cleanup", 3, in: sandbox)
            #expect(done.output.contains("Dated in the future, look at it: \(future)"), "\(done)")
            let stats = try await run("stats", in: sandbox)
            #expect(stats.output.contains("Latest Backup: \(now)"), "\(stats)")
            #expect(try sandbox.archives().count == 2)
        }
    }

    @Test("pin and unpin, a suspect that freezes deletion until it is accepted, and removal by hand")
    func marks() async throws {
        try await Sandbox.with { sandbox in
            let old = try put(.daily, daysAgo: 40, in: sandbox)
            let good = try put(.daily, daysAgo: 2, in: sandbox)
            let new = try put(.daily, daysAgo: 1, in: sandbox)
            try await run("pin \(old)", in: sandbox)
            #expect(try await run("cleanup", in: sandbox).output.contains("kept      pinned"))
            try await run("unpin \(old)", in: sandbox)
            try put("\(new).suspect", in: sandbox)
            let frozen = try await run("cleanup", in: sandbox)
            #expect(frozen.output.contains("a suspect backup is not accepted yet"), "\(frozen)")
            try await run("accept \(new)", in: sandbox)
            #expect(try await run("cleanup --dry-run", in: sandbox).output.contains("would delete"))
            let removed = try await run("remove \(old)", in: sandbox)
            #expect(removed.output == "Removed: \(old), 256 B freed\n")
            try await run("remove \(good)", in: sandbox)
            let last = try await run("remove \(new)", 1, in: sandbox)
            #expect(last.error.contains("the last good backup of app"), "\(last)")
            #expect(last.hint == "pgkeep: hint: pgkeep remove --force \(new)")
            try await run("remove --force \(new)", in: sandbox)
            try await run("remove \(new)", 5, in: sandbox)
            #expect(try sandbox.archives().isEmpty)
            let audit = try await run("audit", in: sandbox)
            let told = ["Pinned: \(old)", "Unpinned: \(old)", "Accepted: \(new)", "Removed by hand: \(old)"]
            for words in told { #expect(audit.output.contains("[Backup] \(words)"), "\(audit)") }
            #expect(try await run("audit verify", in: sandbox).output == "Journal: 6 lines, all of them fit\n")
        }
    }

    @Test("A journal that was changed by a letter ends audit verify with 4 and the line's number")
    func tampered() async throws {
        try await Sandbox.with { sandbox in
            let name = try put(.daily, daysAgo: 1, in: sandbox)
            for word in ["pin", "unpin", "pin"] { try await run("\(word) \(name)", in: sandbox) }
            let path = "\(sandbox.backups)/.pgkeep/journal.jsonl"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try text.replacing("\"unpin\"", with: "\"unpix\"").write(toFile: path, atomically: false, encoding: .utf8)
            let verdict = try await run("audit verify", 4, in: sandbox)
            #expect(verdict.output.contains("line 2 doesn't fit"), "\(verdict)")
        }
    }
}
