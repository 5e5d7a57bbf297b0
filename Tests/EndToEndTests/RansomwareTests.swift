import Foundation
import PGKeep
import PGKeepModel
import TestStores
import Testing

/// The two demonstrations that copies are for: an intruder who has everything, and a server that is gone.
@Suite("After an attack", .server, .serverLog, .stores)
struct RansomwareTests {
    private struct Version: Decodable {
        var name: String
        var version: String
        var bytes: Int64
        var isCurrent: Bool
    }

    private func restorer(_ database: TestDatabase, _ bucket: Bucket, _ folder: String) -> Program {
        // A new machine: nothing of the old one's folder or journal.
        Program(database, environment: bucket.environment(["BACKUP_DIR": folder]))
    }

    @Test("An intruder with the keeper's own credentials deletes and overwrites everything, and nothing is lost")
    func ransomware() async throws {
        try await TestDatabase.with(.fixture("everything", ["big": "20000"])) { database in
            let bucket = try Bucket(locking: true)
            let program = Program(database, environment: bucket.copying(["BACKUP_LOCK": "compliance"]))
            let before = try await Oracle.read(database)
            try await program.run("backup", "daily")
            try await program.run("backup", "weekly")
            let names = try bucket.archives().keys.sorted()

            // Locally all is gone; in the bucket each name is overwritten, then deleted; versions are tried too.
            for file in try FileManager.default.contentsOfDirectory(atPath: database.backups) where !file.hasPrefix(".")
            {
                try FileManager.default.removeItem(atPath: "\(database.backups)/\(file)")
            }
            for name in names {
                try bucket.overwrite(name, with: "your files are encrypted")
                try bucket.delete(name)
                let locked = try bucket.versions().filter { $0.contains("_backup_") }
                for version in locked {
                    _ = try? bucket.store.rclone([
                        "deletefile", "--s3-versions", ":s3:\(bucket.name)/shop/\(version)",
                    ])
                }
            }
            #expect(try bucket.archives().isEmpty)
            // The keeper does its work on, and destroys nothing that is left.
            try await database.execute("CREATE TABLE public.ransom AS SELECT 'pay up' AS note")
            _ = try await program.attempt("backup", "daily")
            for command in ["sync", "cleanup"] { _ = try await program.attempt(command) }

            let reader = restorer(database, bucket, "\(database.folder)/elsewhere")
            let versions = try await reader.json("list", "--vault", bucket.address, "--versions", as: [Version].self)
            for (number, name) in names.enumerated() {
                let mine = versions.filter { $0.name == name }
                let version = try #require(mine.max { $0.bytes < $1.bytes }, "\(versions)")
                let new = try await database.sibling("again\(number)", created: false)
                try await reader.run(
                    "restore", "\(bucket.address)/\(name)@\(version.version)", "--into", new.name, "--prove", "--yes")
                try await expectEqual(new, before, "restored from a version")
            }
        }
    }

    @Test("A journal that was written anew, with the archives here gone, is contradicted by those in the bucket")
    func journalWrittenAnew() async throws {
        try await TestDatabase.with(.sql("CREATE TABLE public.t AS SELECT generate_series(1, 100) AS n")) { database in
            let bucket = try Bucket(locking: true)
            let program = Program(database, environment: bucket.copying(["BACKUP_LOCK": "compliance"]))
            for tier in ["daily", "weekly", "monthly"] { try await program.run("backup", tier) }
            #expect(try await program.attempt("audit", "verify").status == 0)
            let journal = Journal(directory: "\(database.backups)/.pgkeep")
            let lines = try journal.lines()
            for name in try FileManager.default.contentsOfDirectory(atPath: database.backups) where name != ".pgkeep" {
                try FileManager.default.removeItem(atPath: "\(database.backups)/\(name)")
            }
            // The chain fits again, but for what the first backup's line says.
            try FileManager.default.removeItem(atPath: journal.path)
            for line in lines {
                var details = line.details
                if line.seq == lines.first?.seq { details["rows"] = 0 }
                let kind = try #require(JournalEvent.Kind(rawValue: line.event))
                try journal.append(JournalEvent(kind, archive: line.archive, details: details), at: line.at)
            }
            let audit = try await program.attempt("audit", "verify")
            #expect(audit.status == 4 && audit.output.contains(bucket.address), "\(audit)")
        }
    }

    @Test(
        "A lost server: a new machine with pgkeep, the bucket's name and the private key has the newest backup, proven")
    func lostServer() async throws {
        try await TestDatabase.with(.fixture("everything", ["big": "20000"])) { database in
            let bucket = try Bucket()
            let key = "\(database.folder)/pgkeep.key"
            var program = Program(database, environment: bucket.copying())
            program.environment["BACKUP_ENCRYPTION_RECIPIENTS"] = try await program.run("keygen", "--out", key)
            try await program.run("backup", "daily")
            try await database.execute("CREATE TABLE public.later AS SELECT generate_series(1, 100) AS n")
            let newest = try await Oracle.read(database)
            try await program.run("backup", "daily")
            try FileManager.default.removeItem(atPath: database.backups)

            var reader = restorer(database, bucket, "\(database.folder)/elsewhere")
            reader.environment["BACKUP_ENCRYPTION_KEY_FILE"] = key
            let new = try await database.sibling("again", created: false)
            try await reader.run("restore", "\(bucket.address)/latest", "--into", new.name, "--prove", "--yes")
            try await expectEqual(new, newest, "restored on a new machine")
        }
    }
}
