import Foundation
import PGKeepModel
import PGKeepVaults
import TestStores
import Testing

/// What an S3 store does beyond keeping files: locks, versions, long lists.
@Suite(.enabled(if: StorePrograms.areHere, "the stores are not here: scripts/stores fetches them"))
struct ObjectLockTests {
    private func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("pgkeep-\(UUID())").path
        defer { unlink(file) }
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return try body(file)
    }

    private func put(_ text: String, _ name: String, _ vault: any Vault, lock: ObjectLock? = nil) throws {
        try withFile(text) { try vault.put(file: $0, as: name, lock: lock, progress: { _ in }, check: {}) }
    }

    private func text(_ source: any ByteSource) throws -> String {
        String(decoding: try source.read(Int(source.byteCount), at: 0), as: UTF8.self)
    }

    @Test("A lock is set, read back, and held by the store", arguments: LockMode.allCases)
    func locked(mode: LockMode) throws {
        let vault = try S3Bucket(locking: true).vault("db")
        let until = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 + 86_400).rounded(.down))
        try put("kept", "a.sql.gz", vault, lock: ObjectLock(mode: mode, until: until))
        #expect(try vault.lock(of: "a.sql.gz") == ObjectLock(mode: mode, until: until))
        // Marks are not locked, and go in and out all the same.
        try vault.put("a.sql.gz.pin", [1])
        #expect(try vault.lock(of: "a.sql.gz.pin") == nil)
        try vault.remove("a.sql.gz.pin")

        let current = try #require(try vault.versions()?.first { $0.name == "a.sql.gz" })
        #expect(current.isCurrent)
        let refused = #expect(throws: PGKeepError.self) { try vault.remove(current) }
        #expect(refused?.code == .privileges)
        #expect(refused?.message.contains("is locked in") == true)
        #expect(try vault.exists("a.sql.gz"))

        // A delete hides the name, and what is locked is still there.
        try vault.remove("a.sql.gz")
        #expect(try !vault.exists("a.sql.gz"))
        let hidden = try #require(try vault.versions()?.first { $0.name == "a.sql.gz" })
        #expect(!hidden.isCurrent)
        #expect(hidden.id == current.id)
        #expect(try text(vault.open(hidden)) == "kept")
        #expect(throws: PGKeepError.self) { try vault.remove(hidden) }
        #expect(try text(vault.open(hidden)) == "kept")
    }

    @Test("A bucket that can't lock is told, with the remedy, and nothing is put there")
    func unlockable() throws {
        let vault = try S3Bucket().vault("db")
        let error = #expect(throws: PGKeepError.self) {
            try put("kept", "a", vault, lock: ObjectLock(mode: .compliance, until: Date(timeIntervalSinceNow: 3_600)))
        }
        #expect(error?.code == .settings)
        #expect(error?.hint?.contains("--object-lock-enabled-for-bucket") == true)
        #expect(try vault.list().isEmpty)
    }

    @Test("What was overwritten and deleted is found and opened, and a version is removed for good")
    func versions() throws {
        let vault = try S3Bucket(locking: true).vault("db")
        try put("the first", "a.sql.gz", vault)
        try vault.put("a.sql.gz", Array("overwritten by somebody".utf8))
        try put("other", "b", vault)
        try vault.remove("a.sql.gz")
        #expect(try vault.list().map(\.name) == ["b"])

        let all = try #require(try vault.versions())
        #expect(all.map(\.name).sorted() == ["a.sql.gz", "a.sql.gz", "b"])
        #expect(all.filter(\.isCurrent).map(\.name) == ["b"])
        let first = try #require(all.first { $0.bytes == 9 })
        let second = try #require(all.first { $0.bytes == 23 })
        // Two of one second can't be told apart; then that is said.
        if first.id != second.id {
            #expect(try text(vault.open(first)) == "the first")
        } else {
            #expect(throws: PGKeepError.self) { try vault.open(first) }
        }
        #expect(try text(vault.open(second)) == "overwritten by somebody")

        try vault.remove(second)
        #expect(try vault.versions()?.map(\.bytes).sorted() == [5, 9])
        #expect(try text(vault.open(first)) == "the first")
        try vault.remove(try #require(all.first { $0.name == "b" }))
        #expect(try vault.versions()?.map(\.bytes) == [9])
        #expect(try vault.list().isEmpty)
    }

    @Test("The hash of a file of one part is the store's own")
    func storedHash() throws {
        let vault = try S3Bucket().vault("")
        try put("hello", "a", vault)
        #expect(try vault.storedHash("a") == StoredHash(.md5, hex: "5d41402abc4b2a76b9719d911017c592"))
    }

    @Test("Five thousand files are listed within two seconds")
    func long() throws {
        let bucket = try S3Bucket()
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pgkeep-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }  // a leftover harms no other test
        for number in 0..<5_000 { try Data("\(number)".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(number)")) }
        try bucket.store.rclone(["copy", folder, ":s3:\(bucket.name)/db", "--transfers", "32", "--checkers", "32"])
        let vault = try bucket.vault("db")
        let start = ContinuousClock.now
        #expect(try vault.list().count == 5_000)
        let took = start.duration(to: .now)
        #expect(took < .seconds(2), "it took \(took)")
    }
}
