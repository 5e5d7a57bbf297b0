import Foundation
import PGKeepArchive
import PGKeepModel
import PGKeepVaults
import Testing

@testable import PGKeep

/// What is known of sealed archives without opening them, and with keys.
@Suite struct SealingTests {
    /// A sealed archive of nothing but a footer, and the vault and journal that it lies in.
    private func withSealed(
        hoursAgo: Double = 1, recorded: Bool, _ body: (WatchFolder, PrivateKey, String) async throws -> Void
    ) async throws {
        try await WatchFolder.with { folder in
            let key = try PrivateKey()
            let plain = try folder.name(.daily, hoursAgo: hoursAgo)
            let name = ArchiveName(
                app: plain.app, tier: .daily, createdAt: plain.createdAt, format: .plain, sealed: true)
            let footer = ArchiveFooter(
                indexOffset: 0, indexLength: 0, indexSHA256: String(repeating: "0", count: 64),
                createdAt: name.createdAt, tables: 2, rows: 30, rawBytes: 400)
            let upload = try folder.vault.begin(name.text)
            let sink = try SealingSink(upload, for: [key.recipient])
            try footer.encoded(.none).withUnsafeBytes { try sink.write($0, at: 0) }
            let seal = try sink.finish()
            try upload.publish()
            if recorded {
                try folder.journal.append(
                    JournalEvent(
                        .backup, archive: name.text,
                        details: [
                            "app": "shop", "tier": "daily", "bytes": .integer(seal.bytes), "rawBytes": 400, "rows": 30,
                            "tables": 2, "sha256": .string(seal.sha256), "durationSeconds": 1.5,
                            "systemIdentifier": "77",
                        ]), at: folder.time(hoursAgo: hoursAgo))
            }
            try await body(folder, key, name.text)
        }
    }

    private func catalogue(_ folder: WatchFolder, keys: [PrivateKey] = []) throws -> Catalogue {
        Catalogue(
            vault: folder.vault, app: try AppName("shop"),
            seals: SealKnowledge(records: { try folder.journal.sealedRecords() }, keys: { keys }))
    }

    @Test("The journal tells a sealed archive's rows, tables and bytes")
    func fromJournal() async throws {
        try await withSealed(recorded: true) { folder, _, name in
            let backup = try #require(try catalogue(folder).backups().first)
            #expect(backup.name == name && backup.sealed && backup.isGood)
            #expect(backup.rows == 30 && backup.tables == 2 && backup.rawBytes == 400)
            #expect(try folder.journal.sealedRecords()[name]?.systemIdentifier == "77")
        }
    }

    @Test("Where the journal knows nothing a key does, and nobody without one")
    func fromKey() async throws {
        try await withSealed(recorded: false) { folder, key, name in
            let blind = try #require(try catalogue(folder).backups().first)
            #expect(blind.isGood && blind.rows == nil && blind.tables == nil)
            let stranger = try #require(try catalogue(folder, keys: [PrivateKey()]).backups().first)
            #expect(stranger.isGood && stranger.rows == nil)
            let known = try catalogue(folder, keys: [key]).backup(name)
            #expect(known.rows == 30 && known.tables == 2 && known.rawBytes == 400)
        }
    }

    @Test("A sealed archive that was cut or lengthened is no good, as the journal's length tells, or a key")
    func length() async throws {
        for recorded in [true, false] {
            try await withSealed(recorded: recorded) { folder, key, name in
                let file = try FileHandle(forWritingTo: URL(filePath: "\(folder.path)/\(name)"))
                try file.truncate(atOffset: try file.seekToEnd() - 1)
                try file.close()
                let backup = try #require(try catalogue(folder, keys: recorded ? [] : [key]).backups().first)
                #expect(!backup.isGood)
                #expect(try catalogue(folder, keys: [key]).latest(now: WatchFolder.now) == nil)
            }
        }
    }

    @Test("The watch takes a sealed archive for good by its header and its length, without any key")
    func watched() async throws {
        try await withSealed(recorded: true) { folder, _, name in
            let facts = try folder.look()
            #expect(facts.isHealthy && facts.apps[0].lastGood?.name == name)
            try Data("x".utf8).write(to: URL(filePath: "\(folder.path)/\(name)"))
            let later = try folder.look()
            #expect(!later.isHealthy && later.apps[0].damaged.map(\.name) == [name])
        }
    }

    @Test("A seal is verified from outside against what the journal tells")
    func outside() async throws {
        try await withSealed(recorded: true) { folder, _, name in
            let source = try folder.vault.open(name)
            let record = try #require(try folder.journal.sealedRecords()[name])
            func verify(_ record: SealedRecord?, quick: Bool = false) throws -> SealVerification {
                try SealVerification(source, record: record, quick: quick, progress: nil) {}
            }
            let whole = try verify(record)
            #expect(whole.isWhole && whole.unchecked.isEmpty)
            for partial in [try verify(record, quick: true), try verify(nil)] {
                #expect(!partial.isWhole && partial.unchecked.count == 1)
            }
            var other = record
            other.sha256 = String(repeating: "0", count: 64)
            #expect {
                try verify(other)
            } throws: {
                ($0 as? PGKeepError)?.code == .damaged
            }
            other = record
            other.bytes += 1
            #expect(throws: PGKeepError.self) { try verify(other, quick: true) }
        }
    }

    @Test("Recipients and key files are lists, each thing once; a folder may be the home folder's")
    func settings() async throws {
        let keys = try (1...2).map { _ in try PrivateKey().recipient }
        let settings = try await Settings.load(
            environment: [
                "BACKUP_ENCRYPTION_RECIPIENTS": " \(keys[0]), \(keys[1]),\(keys[0]) ",
                "BACKUP_ENCRYPTION_KEY_FILE": "/a.key, ~/b.key",
            ], directory: NSTemporaryDirectory())
        #expect(settings.encryptionRecipients == keys)
        #expect(settings.encryptionKeyFiles == ["/a.key", "\(NSHomeDirectory())/b.key"])
    }

    @Test("Keys come from files, old ones among new ones; who else can read a file is told")
    func keyFiles() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pgkeep-keys-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let made = try ["a", "b"].map { try BackupSystem.generateKey(into: "\(folder)/\($0)", now: WatchFolder.now) }
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: made[1].path)
        var warnings: [String] = []
        let keys = try KeyFiles.keys(in: made.map(\.path)) { warnings.append($0) }
        #expect(keys.map(\.recipient) == made.map(\.publicKey))
        #expect(warnings == ["the key file \(folder)/b can be read by others; chmod 600 \(folder)/b"])
        #expect(throws: PGKeepError.self) { try BackupSystem.generateKey(into: made[0].path, now: WatchFolder.now) }
        #expect(try KeyFiles.keys(in: [made[0].path]) { _ in }.first?.recipient == made[0].publicKey)
    }
}
