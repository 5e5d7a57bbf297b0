import Foundation
import PGKeepArchive
import PGKeepModel
import Testing

/// What is kept in a vault for copies, and for how long, whatever else lies there: archives of all ages, no server.
@Suite("Keeping copies")
struct CopiesKeptTests {
    private func time(daysAgo: Int) -> Date {
        Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down) - Double(daysAgo) * 86_400)
    }

    /// An archive of nothing but a footer that fits, 256 bytes long.
    @discardableResult
    private func put(_ tier: Tier, daysAgo: Int, in folder: String) throws -> String {
        let createdAt = time(daysAgo: daysAgo)
        let name = ArchiveName(app: try AppName("app"), tier: tier, createdAt: createdAt, format: .plain).text
        let footer = ArchiveFooter(
            indexOffset: 0, indexLength: 0, indexSHA256: String(repeating: "0", count: 64), createdAt: createdAt,
            tables: 2, rows: 30, rawBytes: 400)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(footer.encoded(.none)).write(to: URL(filePath: "\(folder)/\(name)"))
        return name
    }

    private func with(_ body: (Sandbox, String) async throws -> Void) async throws {
        try await Sandbox.with { sandbox in
            let vault = "\(sandbox.folder)/nas"
            try FileManager.default.createDirectory(atPath: vault, withIntermediateDirectories: true)
            try await body(sandbox, vault)
        }
    }

    @discardableResult
    private func run(
        _ line: String, _ status: Int32 = 0, in sandbox: Sandbox, at location: SourceLocation = #_sourceLocation
    ) async throws -> PGKeepRun {
        let run = try await sandbox.pgkeep(
            line.split(separator: " ").map(String.init),
            environment: ["BACKUP_APP_NAME": "app", "BACKUP_VAULTS": "file://\(sandbox.folder)/nas"])
        #expect(run.status == status, "\(run)", sourceLocation: location)
        return run
    }

    private func there(_ vault: String) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: vault))
    }

    @Test("Retention does in a vault what it does at home, after the copies that should be there were made")
    func retention() async throws {
        try await with { sandbox, vault in
            let old = try put(.daily, daysAgo: 29, in: sandbox.backups)
            let pinned = try put(.daily, daysAgo: 28, in: sandbox.backups)
            let manual = try put(.manual, daysAgo: 400, in: sandbox.backups)
            try await run("pin \(pinned)", in: sandbox)
            try await run("sync", in: sandbox)
            #expect(try there(vault) == [old, pinned, "\(pinned).pin", manual])
            // They grow old; a newer one comes.
            let (older, olderPinned) = (try put(.daily, daysAgo: 45, in: vault), try rename(pinned, daysAgo: 44, vault))
            try FileManager.default.removeItem(atPath: "\(vault)/\(old)")
            try FileManager.default.removeItem(atPath: "\(sandbox.backups)/\(old)")
            let new = try put(.daily, daysAgo: 1, in: sandbox.backups)
            let shown = try await run("cleanup --dry-run", 3, in: sandbox)
            #expect(shown.output.contains("1 copy is missing: nothing is deleted there"), "\(shown)")
            let done = try await run("sync", in: sandbox)
            #expect(done.talk.contains("Deleted old copy in file://\(vault): \(older) (45 days old)"), "\(done)")
            #expect(try there(vault) == [new, pinned, "\(pinned).pin", olderPinned, "\(olderPinned).pin", manual])
            let audit = try await run("audit", in: sandbox)
            #expect(audit.output.contains("Deleted old copy in file://\(vault): \(older) (45 days old)"), "\(audit)")
        }
    }

    /// A copy of an archive under an older name, pinned as well.
    private func rename(_ name: String, daysAgo: Int, _ vault: String) throws -> String {
        let older = try put(.daily, daysAgo: daysAgo, in: vault)
        try FileManager.default.copyItem(atPath: "\(vault)/\(name).pin", toPath: "\(vault)/\(older).pin")
        return older
    }

    @Test("Whatever somebody puts into a vault, no real archive goes for it")
    func forged() async throws {
        try await with { sandbox, vault in
            // Backups have stopped: the newest of them is too old, and the one to be kept.
            let real = try put(.daily, daysAgo: 40, in: sandbox.backups)
            try put(.daily, daysAgo: 60, in: sandbox.backups)
            try await run("sync", in: sandbox)
            #expect(try there(vault) == [real])
            // Perfect in form, of yesterday, and proven; of years to come; garbage; and a real one's name with other bytes.
            let yesterday = try put(.daily, daysAgo: 1, in: vault)
            try Data("{}".utf8).write(to: URL(filePath: "\(vault)/\(yesterday).proof"))
            let future = try put(.daily, daysAgo: -30_000, in: vault)
            let garbage = "app_daily_backup_\(time(daysAgo: 2).iso8601.prefix(19).replacing(":", with: "-")).sql.gz"
            try Data("garbage".utf8).write(to: URL(filePath: "\(vault)/\(garbage)"))
            for command in ["sync", "cleanup"] { try await run(command, in: sandbox) }
            #expect(try there(vault) == [real, yesterday, "\(yesterday).proof", future, garbage])
            // A machine that lost its folder and keeps its journal knows which one is real all the same.
            try FileManager.default.removeItem(atPath: "\(sandbox.backups)/\(real)")
            try await run("sync", in: sandbox)
            #expect(try there(vault).contains(real))
            // What is forged goes when it is too old itself, and a real one is there.
            let forgedOld = try put(.daily, daysAgo: 41, in: vault)
            let new = try put(.daily, daysAgo: 3, in: sandbox.backups)
            try await run("sync", in: sandbox)
            #expect(try !there(vault).contains(forgedOld) && there(vault).isSuperset(of: [new, yesterday, future]))
        }
    }

    @Test("A forged proof takes nothing from the backup that was really proven")
    func forgedProof() async throws {
        try await with { sandbox, vault in
            let proven = try put(.daily, daysAgo: 40, in: sandbox.backups)
            let proof = Data(#"{"at":"2026-01-01T00:00:00Z"}"#.utf8)
            try proof.write(to: URL(filePath: "\(sandbox.backups)/\(proven).proof"))
            let new = try put(.daily, daysAgo: 1, in: sandbox.backups)
            try await run("sync", in: sandbox)
            #expect(try there(vault) == [proven, "\(proven).proof", new])
            try proof.write(to: URL(filePath: "\(vault)/\(new).proof"))
            for command in ["cleanup", "sync"] { try await run(command, in: sandbox) }
            #expect(try there(vault).isSuperset(of: [proven, new]))
        }
    }

    @Test("A copy that rotted in its vault doesn't push out the one before it")
    func rotten() async throws {
        try await with { sandbox, vault in
            let before = try put(.daily, daysAgo: 33, in: sandbox.backups)
            try await run("sync", in: sandbox)
            let newest = try put(.daily, daysAgo: 32, in: sandbox.backups)
            // Both are too old by now; only the newest would be kept.
            try FileManager.default.copyItem(atPath: "\(sandbox.backups)/\(newest)", toPath: "\(vault)/\(newest)")
            var bytes = try Data(contentsOf: URL(filePath: "\(vault)/\(newest)"))
            bytes[30] ^= 1
            try bytes.write(to: URL(filePath: "\(vault)/\(newest)"))
            try await run("sync", 3, in: sandbox)
            // It is too old, and no good: it goes, and is then found missing.
            #expect(try there(vault) == [before])
            try await run("sync", in: sandbox)
            #expect(try there(vault) == [newest])
        }
    }
}
