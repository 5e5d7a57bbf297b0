import Foundation
import PGKeepArchive
import PGKeepModel
import TestStores
import Testing

/// Copies in a bucket: checked by the store's own hash, locked, kept and thinned out with all their versions.
@Suite("Copies in a bucket", .server, .serverLog, .stores)
struct CopiesInBucketTests {
    private static let rows =
        "CREATE TABLE public.t AS SELECT n AS id, md5(n::text) AS word FROM generate_series(1, 50000) n"

    private func with(
        locking: Bool = false, _ more: [String: String?] = [:],
        _ body: (TestDatabase, Program, Bucket) async throws -> Void
    ) async throws {
        try await TestDatabase.with(.sql(CopiesInBucketTests.rows)) { database in
            let bucket = try Bucket(locking: locking)
            try await body(database, Program(database, environment: bucket.copying(more)), bucket)
        }
    }

    private func told(
        _ outcome: Outcome, _ status: Int32, at location: SourceLocation = #_sourceLocation
    ) throws -> CopiesTold {
        #expect(outcome.status == status, "\(outcome)", sourceLocation: location)
        return try JSONDecoder().decode(CopiesTold.self, from: Data(outcome.output.utf8))
    }

    @Test("A copy in a bucket is off site, on another storage, and compared by the MD5 that the store computed")
    func copied() async throws {
        try await with { database, program, bucket in
            let outcome = try await program.attempt("backup", "daily", "--json")
            let backup = try told(outcome, 0)
            let name = try #require(backup.name)
            #expect(try bucket.archives().keys.sorted() == [name])
            #expect(backup.copies?[0].made?[0].checked == "MD5")
            #expect(outcome.talk.contains("[Backup] Copied to \(bucket.address): \(name) ("), "\(outcome)")
            let fetched = "\(database.folder)/fetched"
            try bucket.contents(name, into: fetched)
            let original = try #require(backup.path)
            #expect(FileManager.default.contentsEqual(atPath: fetched, andPath: original))
            let list = try await program.json("list", as: [CopiesTold].self)
            #expect(list[0].redundancy?.copies == 2 && list[0].redundancy?.offSite == 1)
            #expect(list[0].redundancy?.storages == ["disk", "S3"])
            #expect(list[0].redundancy?.lacks == ["a third copy"])
            #expect(try await program.attempt("status").status == 0)
            try await program.run("pin", name)
            try await program.run("sync")
            #expect(try bucket.files()["\(name).pin"] != nil)
            try await program.run("remove", "--force", name)
            #expect(try bucket.archives().isEmpty)
        }
    }

    @Test(
        "A copy is locked until its tier's retention is over, which is read back, told, and left alone",
        arguments: LockMode.allCases)
    func locked(mode: LockMode) async throws {
        try await with(locking: true, ["BACKUP_LOCK": mode.rawValue, "BACKUP_LOCK_MANUAL_DAYS": "3"]) {
            database, program, bucket in
            for (tier, days) in [("daily", 30), ("manual", 3)] {
                let backup = try told(try await program.attempt("backup", tier, "--json"), 0)
                let name = try #require(backup.name.flatMap { ArchiveName($0) })
                let until = name.createdAt.addingTimeInterval(Double(days) * 86_400)
                #expect(backup.copies?[0].made?[0].lockedUntil == until.iso8601)
                #expect(backup.redundancy?.locked == 1)
                let metadata = try bucket.store.rclone([
                    "lsjson", "-q", "-M", "--stat", ":s3:\(bucket.name)/shop/\(name)",
                ])
                #expect(metadata.contains(mode.rawValue.uppercased()), "\(metadata)")
                #expect(metadata.contains(until.iso8601.prefix(19)), "\(metadata)")
            }
            #expect(try await program.run("status").contains("2 copies, 2 locked"))
            #expect(try await program.run("list").contains("1 locked"))
            // Removed here, it stays there, and it is told until when.
            let name = try #require(try bucket.archives().keys.sorted().first { $0.contains("_daily_") })
            let removed = try await program.attempt("remove", name)
            #expect(removed.status == 3, "\(removed)")
            #expect(removed.output.contains("Locked in \(bucket.address) until "), "\(removed)")
            #expect(try bucket.archives()[name] != nil)
            #expect(try await program.run("audit").contains("locked until"))
        }
    }

    @Test("A bucket that can't lock is told with the remedy; nothing is copied there unlocked")
    func unlockable() async throws {
        try await with(["BACKUP_LOCK": "governance"]) { database, program, bucket in
            let outcome = try await program.attempt("backup", "daily")
            #expect(outcome.status == 3, "\(outcome)")
            #expect(outcome.talk.contains("has no object lock"), "\(outcome)")
            #expect(try bucket.archives().isEmpty)
            let status = try told(try await program.attempt("status", "--json"), 3)
            #expect(status.conditions?.map(\.kind) == ["lockMissing"], "\(status)")
            let sync = try await program.attempt("sync")
            #expect(sync.status == 3 && sync.output.contains("--object-lock-enabled-for-bucket"), "\(sync)")
        }
    }

    @Test("A lock that is set later is missed from the newest copy, until the next backup")
    func lockedLater() async throws {
        try await with(locking: true) { database, program, bucket in
            try await program.run("backup", "daily")
            var locking = program
            locking.environment["BACKUP_LOCK"] = "governance"
            try await locking.run("sync")
            let status = try told(try await locking.attempt("status", "--json"), 3)
            #expect(status.conditions?.map(\.kind) == ["lockMissing"], "\(status)")
            try await locking.run("backup", "daily")
            #expect(try await locking.attempt("status").status == 0)
        }
    }

    @Test("A copy that comes after its lock's time is made unlocked, and that is said")
    func late() async throws {
        try await with(locking: true, ["BACKUP_LOCK": "compliance"]) { database, program, bucket in
            var alone = program
            alone.environment["BACKUP_VAULTS"] = .some(nil)
            alone.environment["BACKUP_LOCK"] = .some(nil)
            let old = try database.aged(.daily, daysAgo: 40)
            let sync = try await program.attempt("sync")
            #expect(sync.status == 0, "\(sync)")
            #expect(sync.talk.contains("Not locked: \(old) in \(bucket.address), its time was over at "), "\(sync)")
            #expect(try bucket.archives().keys.sorted() == [old])
            // Retention gives way to a newer one, with every version.
            try await alone.run("backup", "daily")
            let done = try await program.attempt("sync")
            #expect(done.talk.contains("Deleted old copy in \(bucket.address): \(old) (40 days old)"), "\(done)")
            let stem = old.prefix(while: { $0 != "." })
            #expect(try !bucket.versions().contains { $0.hasPrefix(stem) })
        }
    }

    @Test("An archive that was altered with all its checksums is told by its locked copy, which stays as it is")
    func altered() async throws {
        try await with(locking: true, ["BACKUP_LOCK": "compliance"]) { database, program, bucket in
            let archive = try await program.run("backup", "daily")
            let name = URL(filePath: archive).lastPathComponent
            let versions = try bucket.versions()
            try ForgedArchive.forge(archive, replacing: "c4ca4238", with: "c4cb4238")
            // A machine whose journal tells nothing.
            var other = program
            other.environment["BACKUP_STATE_DIR"] = "\(database.folder)/other"
            let sync = try await other.attempt("sync", "--check")
            #expect(sync.status == 3 && sync.output.contains(name), "\(sync)")
            #expect(try bucket.versions() == versions, "\(sync)")
            let fetched = "\(database.folder)/fetched"
            try bucket.contents(name, into: fetched)
            #expect(!FileManager.default.contentsEqual(atPath: fetched, andPath: archive))
        }
    }

    @Test("Credentials that are refused, and a bucket that isn't there, are told as such in seconds")
    func refused() async throws {
        try await with { database, program, bucket in
            var wrong = program
            wrong.environment["AWS_SECRET_ACCESS_KEY"] = "nonsense"
            let outcome = try await wrong.attempt("backup", "daily")
            #expect(outcome.status == 3, "\(outcome)")
            #expect(outcome.talk.contains("copies in \(bucket.address) are not up to date"), "\(outcome)")
            #expect(!outcome.talk.contains("nonsense"), "\(outcome)")
            let status = try told(try await wrong.attempt("status", "--json"), 3)
            #expect(status.conditions?.map(\.kind) == ["copyFailed"], "\(status)")
            var missing = program
            missing.environment["BACKUP_VAULTS"] = "s3://\(bucket.name)-not"
            let sync = try await missing.attempt("sync")
            #expect(sync.status == 3 && sync.output.contains("there is no bucket"), "\(sync)")
            #expect(try await program.attempt("sync").status == 0)
        }
    }

    @Test("A damaged copy under a lock is made anew as another version; the damaged one is still there")
    func damaged() async throws {
        try await with(locking: true, ["BACKUP_LOCK": "governance"]) { database, program, bucket in
            try await program.run("backup", "daily")
            let name = try #require(try bucket.archives().keys.first)
            let bytes = try bucket.archives()[name]
            try bucket.overwrite(name, with: "encrypted, pay up")
            let sync = try told(try await program.attempt("sync", "--json"), 0)
            #expect(sync.vaults?[0].made?.map(\.replaced) == [true])
            #expect(try bucket.archives()[name] == bytes)
            #expect(try bucket.versions().filter { $0.contains("daily_backup") }.count == 3)
        }
    }

    /// Some 40 MB as plain SQL.
    private static let more =
        "CREATE TABLE public.t AS SELECT n AS id, repeat(md5(n::text), 4) AS word FROM generate_series(1, 300000) n"

    @Test("A store that is killed while an archive goes there: the keeper tries again until it is there")
    func killed() async throws {
        try await TestDatabase.with(.sql(CopiesInBucketTests.more)) { database in
            let store = try ObjectStore()
            let bucket = try Bucket(on: store)
            let program = Program(database, environment: bucket.copying())
            var slow = program
            slow.environment["RCLONE_BWLIMIT"] = "2M"
            slow.environment["BACKUP_COMPRESSION"] = "false"
            let before = try store.storedBytes()
            async let taken = slow.attempt("backup", "daily")
            try await until("nothing came") { try store.storedBytes() > before + (4 << 20) }
            try store.kill()
            let outcome = try await taken
            #expect(outcome.status == 3, "\(outcome)")
            #expect(outcome.talk.contains("[Backup] ✅ Daily backup completed successfully"), "\(outcome)")
            let status = try told(try await program.attempt("status", "--json"), 3)
            #expect(status.conditions?.map(\.kind) == ["copyFailed"], "\(status)")
            try store.start()
            #expect(try bucket.archives().isEmpty)
            try await Sandbox.with { sandbox in
                let environment = bucket.copying(["BACKUP_DIR": database.backups, "BACKUP_LISTEN": "off"])
                    .compactMapValues(\.self)
                let run = try await sandbox.pgkeep("serve", url: database.url, environment: environment) { pid in
                    try await until("the copy never came") { try !bucket.archives().isEmpty }
                    kill(pid, SIGTERM)
                }
                #expect(run.status == 0, "\(run)")
            }
            #expect(try await program.attempt("status").status == 0)
        }
    }
}

extension TestDatabase {
    /// An archive of nothing but a footer that fits, taken so many days ago; its name.
    func aged(_ tier: Tier, daysAgo: Int) throws -> String {
        let now = Date().timeIntervalSince1970.rounded(.down)
        let createdAt = Date(timeIntervalSince1970: now - Double(daysAgo) * 86_400)
        let name = ArchiveName(app: try AppName(name), tier: tier, createdAt: createdAt, format: .plain).text
        let footer = ArchiveFooter(
            indexOffset: 0, indexLength: 0, indexSHA256: String(repeating: "0", count: 64), createdAt: createdAt,
            tables: 2, rows: 30, rawBytes: 400)
        try FileManager.default.createDirectory(atPath: backups, withIntermediateDirectories: true)
        try Data(footer.encoded(.none)).write(to: URL(filePath: "\(backups)/\(name)"))
        return name
    }
}
