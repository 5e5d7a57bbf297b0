import Foundation
import PGKeepModel
import Testing

/// Copies in other folders: made after a backup, checked, told, brought up to date, and kept no longer than they should.
@Suite("Copies", .server, .serverLog)
struct CopiesTests {
    private static let rows =
        "CREATE TABLE public.t AS SELECT n AS id, md5(n::text) AS word FROM generate_series(1, 100000) n"

    /// `MS_REMOUNT` of mount(2).
    private static let remount: UInt = 32

    /// Two folders for copies, and a program that knows them.
    private func with(
        _ sql: String = rows, _ body: (TestDatabase, Program, [String]) async throws -> Void
    ) async throws {
        try await TestDatabase.with(.sql(sql)) { database in
            let folders = ["nas", "usb"].map { "\(database.folder)/\($0)" }
            for folder in folders {
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            }
            let vaults = folders.map { "file://\($0)" }.joined(separator: ", ")
            try await body(database, Program(database, environment: ["BACKUP_VAULTS": vaults]), folders)
        }
    }

    private func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains(".sql") }.sorted()
    }

    private func told(_ outcome: Outcome, _ status: Int32, at location: SourceLocation = #_sourceLocation) throws
        -> CopiesTold
    {
        #expect(outcome.status == status, "\(outcome)", sourceLocation: location)
        return try JSONDecoder().decode(CopiesTold.self, from: Data(outcome.output.utf8))
    }

    @Test("After a backup each vault has a copy, compared with the original, in the journal and in what is told")
    func backup() async throws {
        try await with { database, program, folders in
            let outcome = try await program.attempt("backup", "daily", "--json")
            let backup = try told(outcome, 0)
            let name = try #require(backup.name)
            let original = try Data(contentsOf: URL(filePath: try #require(backup.path)))
            for folder in folders {
                #expect(try Data(contentsOf: URL(filePath: "\(folder)/\(name)")) == original)
                let mode =
                    try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")[.posixPermissions] as? Int
                #expect(mode == 0o600)
                #expect(outcome.talk.contains("[Backup] Copied to file://\(folder): \(name) ("), "\(outcome)")
            }
            #expect(backup.copies?.map { $0.made?.map(\.name) } == [[name], [name]])
            #expect(backup.copies?.allSatisfy { $0.made?[0].checked == "18 samples" } == true)

            let list = try await program.json("list", as: [CopiesTold].self)
            #expect(list[0].redundancy?.copies == 3 && list[0].redundancy?.missing == [])
            // All three lie on one file system: that is one kind of storage, and it isn't off site.
            #expect(list[0].redundancy?.storages == ["disk"])
            #expect(list[0].redundancy?.lacks == ["a second kind of storage", "a copy off site"])
            #expect(try await program.run("list").contains("Copies"))
            let status = try await program.attempt("status")
            #expect(status.status == 0, "\(status)")
            #expect(status.output.contains("lacks a second kind of storage, a copy off site"), "\(status)")
            #expect(status.output.contains("file://\(folders[0]): 1 copy, seen "), "\(status)")
            #expect(!status.output.contains("the only copies"))
            let audit = try await program.run("audit")
            #expect(audit.contains("[Backup] Copied to file://\(folders[1]): \(name) ("), "\(audit)")
            #expect(try await program.run("audit", "verify").contains("all of them fit"))
            #expect(try await program.run("stats").contains("file://\(folders[0]): 1 copy"))
        }
    }

    @Test("Without vaults status says calmly that there is one copy, and how to have others; that is no alert")
    func oneCopy() async throws {
        try await with { database, program, _ in
            var program = program
            program.environment = [:]
            try await program.run("backup")
            let status = try await program.attempt("status")
            #expect(status.status == 0, "\(status)")
            #expect(status.output.contains("These are the only copies: BACKUP_VAULTS"), "\(status)")
            let sync = try await program.attempt("sync")
            #expect(sync.status == 78 && sync.talk.contains("BACKUP_VAULTS is not set"), "\(sync)")
        }
    }

    @Test("A copy that is gone is told at once, and made again by sync, which says first what is missing where")
    func gone() async throws {
        try await with { database, program, folders in
            try await program.run("backup", "daily")
            let name = try names(folders[0])[0]
            #expect(try await program.attempt("status").status == 0)
            try FileManager.default.removeItem(atPath: "\(folders[0])/\(name)")
            let status = try told(try await program.attempt("status", "--json"), 3)
            #expect(status.conditions?.map(\.kind) == ["copyMissing"])
            #expect(status.conditions?[0].message.contains("was in file://\(folders[0]) is gone: \(name)") == true)
            let shown = try told(try await program.attempt("sync", "--dry-run", "--json"), 3)
            #expect(shown.vaults?.map(\.missing) == [[name], []])
            #expect(try names(folders[0]).isEmpty)
            let words = try await program.attempt("sync", "--dry-run")
            #expect(words.output.contains("file://\(folders[0]): 0 copies, 1 missing\n  missing: \(name)"), "\(words)")
            let done = try told(try await program.attempt("sync", "--json"), 0)
            #expect(done.vaults?[0].made?.map(\.name) == [name] && done.vaults?[1].made?.isEmpty == true)
            #expect(try await program.attempt("status").status == 0)
            #expect(try told(try await program.attempt("sync", "--json"), 0).vaults?[0].made?.isEmpty == true)
        }
    }

    @Test("A vault that is set later gets everything with its marks; marks that are taken here are taken there")
    func later() async throws {
        try await with { database, program, folders in
            var alone = program
            alone.environment = [:]
            for _ in 0..<3 { try await alone.run("backup", "daily") }
            let all = try names(database.backups)
            try await alone.run("pin", all[0])
            try await program.run("sync")
            #expect(try names(folders[0]) == (all + ["\(all[0]).pin"]).sorted())
            try await program.run("unpin", all[0])
            try await program.run("sync")
            #expect(try names(folders[1]) == all)
        }
    }

    @Test("A vault that can't be reached fails no backup: told with 3 and a hint, and made up for later")
    func unreachable() async throws {
        try await with { database, program, folders in
            try FileManager.default.removeItem(atPath: folders[1])
            let outcome = try await program.attempt("backup", "daily", "--json")
            let backup = try told(outcome, 3)
            #expect(backup.copies?[0].made?.count == 1)
            #expect(backup.copies?[1].problem == "there is no folder \(folders[1])")
            #expect(outcome.talk.contains("copies in file://\(folders[1]) are not up to date"), "\(outcome)")
            #expect(!FileManager.default.fileExists(atPath: folders[1]), "made where nothing was mounted")
            let status = try told(try await program.attempt("status", "--json"), 3)
            #expect(status.conditions?.map(\.kind) == ["copyFailed"])
            #expect(status.conditions?[0].subject == "file://\(folders[1])")
            let list = try await program.json("list", as: [CopiesTold].self)
            #expect(list[0].redundancy?.copies == 2 && list[0].redundancy?.missing == ["file://\(folders[1])"])
            try FileManager.default.createDirectory(atPath: folders[1], withIntermediateDirectories: true)
            try await program.run("sync")
            #expect(try names(folders[1]) == names(database.backups))
            #expect(try await program.attempt("status").status == 0)
        }
    }

    @Test("A folder that had copies and is empty is taken for one that isn't mounted")
    func notMounted() async throws {
        try await with { database, program, folders in
            try await program.run("backup", "daily")
            try FileManager.default.moveItem(atPath: folders[0], toPath: "\(folders[0]).away")
            try FileManager.default.createDirectory(atPath: folders[0], withIntermediateDirectories: true)
            let refused = try await program.attempt("sync")
            #expect(refused.status == 3, "\(refused)")
            #expect(refused.output.contains("is empty, and 1 copy was made there"), "\(refused)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folders[0]).isEmpty)
            // What the hint says of a new disk.
            #expect(refused.output.contains("touch \(folders[0])/pgkeep-vault.id"), "\(refused)")
            _ = FileManager.default.createFile(atPath: "\(folders[0])/pgkeep-vault.id", contents: nil)
            try await program.run("sync")
            #expect(try names(folders[0]) == names(database.backups))
        }
    }

    @Test("A damaged copy is named and made anew: one cut short by its length, one with a flipped bit by comparing")
    func damaged() async throws {
        try await with { database, program, folders in
            try await program.run("backup", "daily")
            let name = try names(folders[0])[0]
            let original = try Data(contentsOf: URL(filePath: "\(folders[0])/\(name)"))
            try original.prefix(5000).write(to: URL(filePath: "\(folders[0])/\(name)"))
            var flipped = original
            // Every byte of a small archive is compared; of this one both ends are.
            flipped[100] ^= 4
            try flipped.write(to: URL(filePath: "\(folders[1])/\(name)"))
            let status = try told(try await program.attempt("status", "--json"), 3)
            #expect(status.conditions?.map(\.kind) == ["verifyFailed"], "\(status)")
            let first = try await program.attempt("sync", "--json")
            let cut = try told(first, 0)
            #expect(cut.vaults?[0].made?.map(\.replaced) == [true], "\(first)")
            #expect(first.talk.contains("the copy of \(name) in file://\(folders[0]) is damaged: it is made anew"))
            #expect(try Data(contentsOf: URL(filePath: "\(folders[0])/\(name)")) == original)
            #expect(try Data(contentsOf: URL(filePath: "\(folders[1])/\(name)")) == flipped)
            let second = try told(try await program.attempt("sync", "--check", "--json"), 0)
            #expect(second.vaults?[1].made?.map(\.replaced) == [true])
            #expect(try Data(contentsOf: URL(filePath: "\(folders[1])/\(name)")) == original)
            #expect(try await program.attempt("status").status == 0)
        }
    }

    @Test("A copy that nobody made sure of is compared before it counts, as after a run that was killed between")
    func unsure() async throws {
        try await with { database, program, folders in
            var alone = program
            alone.environment["BACKUP_VAULTS"] = .some(nil)
            try await alone.run("backup", "daily")
            let name = try names(database.backups)[0]
            let original = try Data(contentsOf: URL(filePath: "\(database.backups)/\(name)"))
            var flipped = original
            flipped[100] ^= 4
            try original.write(to: URL(filePath: "\(folders[0])/\(name)"))
            try flipped.write(to: URL(filePath: "\(folders[1])/\(name)"))
            let sync = try await program.attempt("sync", "--json")
            let report = try told(sync, 0)
            #expect(report.vaults?[0].made?.isEmpty == true, "\(sync)")
            #expect(report.vaults?[1].made?.map(\.replaced) == [true], "\(sync)")
            #expect(try Data(contentsOf: URL(filePath: "\(folders[1])/\(name)")) == original)
            // Once it is in the journal it counts without another look.
            let audit = try await program.run("audit")
            #expect(audit.contains("Copied to file://\(folders[0]): \(name) ("), "\(audit)")
        }
    }

    @Test("A copy is never replaced by what is damaged here, and never where another whole archive has its name")
    func notReplaced() async throws {
        try await with { database, program, folders in
            try await program.run("backup", "daily")
            try await program.run("backup", "daily")
            let (first, second) = (try names(folders[0])[0], try names(folders[0])[1])
            func url(_ folder: String, _ name: String) -> URL { URL(filePath: "\(folder)/\(name)") }
            // The one here is damaged in its middle, the copy is cut: neither may be lost.
            var flipped = try Data(contentsOf: url(database.backups, first))
            flipped[flipped.count / 2] ^= 1
            try flipped.write(to: url(database.backups, first))
            let cut = flipped.prefix(6000)
            try cut.write(to: url(folders[0], first))
            // Under the other's name lies a whole archive that isn't ours.
            let other = try await database.sibling("other")
            try await other.execute("CREATE TABLE public.u AS SELECT 1 AS id")
            var elsewhere = program
            elsewhere.environment = ["BACKUP_DIR": "\(database.folder)/elsewhere", "DATABASE_URL": other.url]
            let foreign = try Data(contentsOf: URL(filePath: try await elsewhere.run("backup", "daily")))
            try foreign.write(to: url(folders[1], second))
            let sync = try await program.attempt("sync", "--json")
            let report = try told(sync, 3)
            #expect(report.vaults?[0].differing?.map(\.name) == [first], "\(sync)")
            #expect(report.vaults?[0].differing?[0].reason.contains("can't be shown to be whole") == true, "\(sync)")
            #expect(try Data(contentsOf: url(folders[0], first)) == cut)
            #expect(report.vaults?[1].differing?.map(\.name) == [second], "\(sync)")
            #expect(try Data(contentsOf: url(folders[1], second)) == foreign)
        }
    }

    @Test("A full disk fails no backup, leaves nothing half there, and is made up for", .enabled(if: geteuid() == 0))
    func full() async throws {
        try await with { database, program, folders in
            guard mount("tmpfs", folders[0], "tmpfs", 0, "size=256k") == 0 else { return }
            defer { umount(folders[0]) }
            let outcome = try await program.attempt("backup", "daily")
            #expect(outcome.status == 3, "\(outcome)")
            #expect(outcome.talk.contains("No space left on device"), "\(outcome)")
            #expect(try names(folders[0]).isEmpty)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folders[0]).allSatisfy { !$0.hasSuffix(".partial") }
            )
            #expect(try names(folders[1]).count == 1)
            let status = try told(try await program.attempt("status", "--json"), 3)
            #expect(status.conditions?.map(\.kind) == ["copyFailed"])
            #expect(mount("tmpfs", folders[0], "tmpfs", CopiesTests.remount, "size=64m") == 0)
            try await program.run("sync")
            #expect(try names(folders[0]) == names(folders[1]))
            // Another file system is another kind of storage.
            let list = try await program.json("list", as: [CopiesTold].self)
            #expect(list[0].redundancy?.storages == ["disk", "disk at \(folders[0])"])
        }
    }

    @Test("Copies of the same app from another server are not mixed with ours")
    func otherServer() async throws {
        try await with { database, program, folders in
            let note = #"{"app":"\#(database.name)","systemIdentifier":"4711"}"#
            try Data(note.utf8).write(to: URL(filePath: "\(folders[0])/pgkeep-app-\(database.name).json"))
            let outcome = try await program.attempt("backup", "daily")
            #expect(outcome.status == 3, "\(outcome)")
            #expect(
                outcome.talk.contains("in \(folders[0]) are of another server: system identifier 4711"), "\(outcome)")
            #expect(try names(folders[0]).isEmpty && names(folders[1]).count == 1)
            let sync = try await program.attempt("sync")
            #expect(sync.output.contains("export BACKUP_APP_NAME=\(database.name)-2"), "\(sync)")
        }
    }

    @Test("A second run at an app's copies ends with 6; removing a backup removes its copies")
    func lockAndRemoval() async throws {
        try await with { database, program, folders in
            try await program.run("backup", "daily")
            try await program.run("backup", "daily")
            let lock = "\(database.backups)/.pgkeep/copies/\(database.name).lock"
            let busy = try await Shell.start(
                "flock", [lock, Program.path, "sync"], environment: program.variables, folder: database.folder)
            #expect(busy.status == 6, "\(busy)")
            let name = try names(folders[0])[0]
            try FileManager.default.removeItem(atPath: "\(folders[1])/\(name)")
            let removed = try await program.attempt("remove", name)
            #expect(removed.status == 0, "\(removed)")
            #expect(removed.output.contains("Removed from file://\(folders[0])"), "\(removed)")
            #expect(!removed.output.contains(folders[1]))
            #expect(try !names(folders[0]).contains(name) && !names(database.backups).contains(name))
        }
    }

    @Test("Sealed backups are copied as they are, without any key")
    func sealed() async throws {
        try await with { database, program, folders in
            let key = "\(database.folder)/pgkeep.key"
            var program = program
            program.environment["BACKUP_ENCRYPTION_RECIPIENTS"] = try await program.run("keygen", "--out", key)
            try await program.run("backup", "daily")
            let name = try names(folders[0])[0]
            #expect(name.hasSuffix(".enc"))
            try Data("cut".utf8).write(to: URL(filePath: "\(folders[0])/\(name)"))
            let sync = try told(try await program.attempt("sync", "--json"), 0)
            #expect(sync.vaults?[0].made?.map(\.replaced) == [true])
            #expect(
                FileManager.default.contentsEqual(atPath: "\(folders[0])/\(name)", andPath: "\(folders[1])/\(name)"))
        }
    }
}
