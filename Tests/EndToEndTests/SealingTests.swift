import Foundation
import PGKeepArchive
import PGKeepModel
import Testing

/// Sealed backups: taken with nothing but a public key, looked after without any, brought back with the private one.
@Suite("Sealed backups", .server, .serverLog)
struct SealingTests {
    /// What `list` and `verify` tell.
    private struct Told: Decodable {
        var name: String
        var sealed: Bool
        var rows: Int64?
        var tables: Int?
        var rawBytes: Int64?
        var bytes: Int64?
        var verifiedAt: String?
        var valid: Bool?
        var unchecked: [String]?
    }

    /// A key of a test's own.
    private struct Key {
        var path: String
        var publicKey: String

        init(in database: TestDatabase, _ name: String = "pgkeep.key") async throws {
            path = "\(database.folder)/\(name)"
            publicKey = try await Program(database).run("keygen", "--out", path)
        }

        /// What the machine has that takes backups.
        var sealing: [String: String?] { ["BACKUP_ENCRYPTION_RECIPIENTS": publicKey] }
        /// What a machine has that brings them back.
        var opening: [String: String?] { ["BACKUP_ENCRYPTION_KEY_FILE": path] }
    }

    @Test("A database of everything comes back out of its seal", arguments: ["true", "zstd:3", "false"])
    func roundTrip(compression: String) async throws {
        try await TestDatabase.with(.fixture("everything", ["big": "100000"])) { database in
            let key = try await Key(in: database)
            let source = try await Oracle.read(database)
            let taking = Program(
                database, environment: key.sealing.merging(["BACKUP_COMPRESSION": compression]) { $1 })
            let archive = try await taking.run("backup")
            #expect(archive.hasSuffix(".enc"))
            #expect(try SealHeader.begins(FileBytes(archive)))

            let reading = Program(database, environment: key.opening)
            try await reading.run("verify", "latest")
            let new = try await database.sibling("new", created: false)
            try await reading.run("restore", "latest", "--into", new.name, "--prove", "--yes")
            try await expectEqual(new, source, "into a new database")

            let plain = try await reading.run("decrypt", "latest")
            #expect(archive.hasSuffix("/\(plain).enc"))
            let plainPath = "\(database.folder)/\(plain)"
            let mode = try FileManager.default.attributesOfItem(atPath: plainPath)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let other = try await database.sibling("plain")
            try await Shell.run(
                "\(RoundTrip.unpacker(of: plain)) \"$2\" | psql -X -q -v ON_ERROR_STOP=1 -o /dev/null -d \"$1\"",
                other.url, plainPath)
            try await expectEqual(other, source, "decrypted, then by psql")
            try await Shell.run(
                #""$PROGRAM" decrypt latest --out - | cmp - "$1""#, plainPath,
                environment: reading.variables.merging(["PROGRAM": Program.path]) { $1 })
            let audit = try await reading.run("audit")
            #expect(audit.contains("[Backup] Decrypted: \(plain).enc, to \(plain)\n"), "\(audit)")
            #expect(audit.contains("[Backup] Decrypted: \(plain).enc, to -"), "\(audit)")
        }
    }

    @Test("What needs no key works without one, and says what it could not check")
    func withoutKey() async throws {
        try await TestDatabase.with(.fixture("tables")) { database in
            let key = try await Key(in: database)
            let program = Program(database, environment: key.sealing)
            let taken = try await program.json("backup", "daily", as: Told.self)
            #expect(taken.sealed && (taken.rows ?? 0) > 0)
            try await program.run("backup", "daily")
            let list = try await program.json("list", as: [Told].self)
            #expect(list.count == 2 && list.allSatisfy(\.sealed))
            #expect(list[1].rows == taken.rows && list[1].tables == taken.tables && list[1].rawBytes == taken.rawBytes)
            let words = try await program.run("list")
            #expect(words.contains("sealed"), "\(words)")
            #expect(try await program.run("stats").contains("Sealed:"))

            let verified = try await program.json("verify", "latest", as: Told.self)
            #expect(verified.valid == true)
            #expect(verified.unchecked == ["its contents: no key is set (BACKUP_ENCRYPTION_KEY_FILE)"])
            #expect(try await program.json("list", as: [Told].self)[0].verifiedAt != nil)
            let quick = try await program.attempt("verify", "latest", "--quick")
            #expect(quick.status == 0 && quick.output.contains("not checked: its SHA-256"), "\(quick)")
            #expect(quick.talk.contains("[Backup] ✅ Seal is intact"), "\(quick)")

            let name = list[1].name
            try await program.run("pin", name)
            try await program.run("unpin", name)
            try await program.run("cleanup")
            try await program.run("status")
            for arguments in [["show", name], ["diff", name], ["decrypt", name], ["restore", name, "--yes"]] {
                let refused = try await program.attempt(arguments)
                #expect(refused.status == 11, "\(arguments): \(refused)")
                #expect(refused.talk.contains("is sealed, and no key is set that would open it"), "\(refused)")
                #expect(refused.talk.contains("export BACKUP_ENCRYPTION_KEY_FILE="), "\(refused)")
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: database.folder)
            #expect(!left.contains { $0.contains("decrypt") || $0.hasSuffix(".partial") || $0.hasSuffix(".gz") })
            try await program.run("remove", name)
        }
    }

    @Test("With the key everything that reads archives reads sealed ones")
    func withKey() async throws {
        try await TestDatabase.with(.fixture("tables")) { database in
            let key = try await Key(in: database)
            let program = Program(database, environment: key.sealing.merging(key.opening) { $1 })
            let archive = try await program.run("backup")
            #expect(try await program.run("show", "latest").contains("public."))
            #expect(try await program.run("diff", "latest").isEmpty == false)
            let moved = "\(database.folder)/elsewhere.sql.gz.enc"
            try FileManager.default.copyItem(atPath: archive, toPath: moved)
            #expect(try await program.json("verify", moved, as: Valid.self).valid)
            let tables = try await database.execute(
                "SELECT format('public.%I', tablename) FROM pg_tables WHERE schemaname = 'public' ORDER BY 1 LIMIT 1"
            )
            try await program.run("restore", "latest", "--table", tables, "--schema", "again")
            let found = try await database.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'again'")
            #expect(found == "1")
        }
    }

    private struct Valid: Decodable { var valid: Bool }

    @Test("A backup without a seal after sealed ones is taken, and warned of")
    func unsealedAfterSealed() async throws {
        try await TestDatabase.with(.sql("CREATE TABLE public.t AS SELECT 1 AS id")) { database in
            let key = try await Key(in: database)
            let sealed = try await Program(database, environment: key.sealing).run("backup")
            let open = try await Program(database).attempt("backup")
            let name = URL(filePath: sealed).lastPathComponent
            #expect(open.status == 0, "\(open)")
            #expect(open.talk.contains("Warning: \(name) is sealed, and this backup is not"), "\(open)")
            let again = try await Program(database).attempt("backup")
            #expect(again.status == 0 && !again.talk.contains("is sealed"), "\(again)")
        }
    }

    @Test("A new key seals what is new, and the old one still opens what is old")
    func rotation() async throws {
        try await TestDatabase.with(.sql("CREATE TABLE public.t AS SELECT 1 AS id")) { database in
            let (old, new) = (try await Key(in: database, "old.key"), try await Key(in: database, "new.key"))
            let first = try await Program(database, environment: old.sealing).run("backup")
            let both = ["BACKUP_ENCRYPTION_RECIPIENTS": "\(old.publicKey), \(new.publicKey)"]
            let second = try await Program(database, environment: both).run("backup")
            let third = try await Program(database, environment: new.sealing).run("backup")
            for (archive, key, status) in [
                (first, old, 0), (second, old, 0), (second, new, 0), (third, new, 0), (first, new, 11),
                (third, old, 11),
            ] {
                let run = try await Program(database, environment: key.opening).attempt("verify", archive)
                #expect(Int(run.status) == status, "\(run)")
            }
            let keys = ["BACKUP_ENCRYPTION_KEY_FILE": "\(new.path),\(old.path)"]
            try await Program(database, environment: keys).run("verify", "all")
            let wrong = try await Program(database, environment: new.opening).attempt("show", first)
            #expect(wrong.talk.contains("none of the keys that are set opens"), "\(wrong)")
            #expect(wrong.talk.contains(try Recipient(old.publicKey).checkWord), "\(wrong)")
            #expect(wrong.talk.contains("tried: \(try Recipient(new.publicKey).checkWord)"), "\(wrong)")
        }
    }

    /// Each table is small enough to stay with pg_dump, and together they are more than it can have in its pipe.
    private static let tellTale = """
        DO $$ BEGIN FOR n IN 1..6 LOOP EXECUTE format(
            'CREATE TABLE public.t%s AS SELECT g AS id, ''xylophone '' || md5(g::text) || md5(g::text || 1) AS word
               FROM generate_series(1, 50000) g', n);
        END LOOP; END $$;
        """

    @Test("Plain text touches no disk, while a backup is taken and after", arguments: [true, false])
    func noPlainText(isSealed: Bool) async throws {
        try await TestDatabase.with(.sql(SealingTests.tellTale)) { database in
            let gate = "\(database.folder)/gate"
            try await Shell.run(
                #"""
                mkdir "$1"; cat > "$1/pg_dump" <<'END'
                #!/bin/bash
                real=$(PATH=/usr/lib/postgresql/15/bin:$PATH; PATH=${PATH//$(dirname "$0"):/}; command -v pg_dump)
                [[ " $* " != *" --version "* ]] || exec "$real" "$@"
                "$real" "$@" | { head -c 16000000; touch "$(dirname "$0")/reached"
                    until [ -e "$(dirname "$0")/go" ] || [ ! -e "$0" ]; do sleep 0.1; done; cat; }
                END
                chmod 755 "$1/pg_dump"
                """#, gate)
            var environment: [String: String?] = ["BACKUP_COMPRESSION": "false", "PGKEEP_PG_BINDIR": gate]
            if isSealed { environment.merge(try await Key(in: database).sealing) { $1 } }
            let program = Program(database, environment: environment)
            async let taken = program.run("backup")
            try await until("pg_dump never came so far") { FileManager.default.fileExists(atPath: "\(gate)/reached") }
            let partial = try await partial(in: database.backups, atLeast: 4 << 20)
            let during = try await Shell.run(#"grep -c xylophone -a "$1" || true"#, partial)
            #expect((during == "0\n") == isSealed, "\(during)")
            _ = FileManager.default.createFile(atPath: "\(gate)/go", contents: nil)
            _ = try await taken
            let after = try await Shell.run(#"grep -rla xylophone "$1" || true"#, database.backups)
            #expect(after.isEmpty == isSealed, "\(after)")
        }
    }

    /// The file in the making, once so much of it was written.
    private func partial(in folder: String, atLeast bytes: Int) async throws -> String {
        func size(_ path: String) -> Int {
            (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        }
        func found() throws -> String? {
            try FileManager.default.contentsOfDirectory(atPath: folder).map { "\(folder)/\($0)" }
                .first { $0.hasSuffix(".partial") && size($0) >= bytes }
        }
        try await until("so much was never written") { try found() != nil }
        return try #require(try found())
    }

    @Test("A sealed backup's memory is bounded by its largest row")
    func memory() async throws {
        try await TestDatabase.with(.fixture("hugerow", ["megabytes": "200"])) { database in
            var variables = Program(database, environment: try await Key(in: database).sealing).variables
            variables["PROGRAM"] = Program.path
            variables["REPORT"] = "\(database.folder)/memory"
            let peak = try await Shell.run(
                #"/usr/bin/time -f %M -o "$REPORT" "$PROGRAM" backup >/dev/null; cat "$REPORT""#,
                environment: variables)
            let kibibytes = try #require(Int(peak.trimmingCharacters(in: .whitespacesAndNewlines)))
            let row = 200 * 25_000 * 41
            #expect(kibibytes * 1024 <= (100 << 20) + 2 * row)
        }
    }

    @Test("A keeper takes sealed backups with nothing but the public key")
    func serve() async throws {
        try await TestDatabase.with(.sql("CREATE TABLE public.t AS SELECT 1 AS id")) { database in
            let key = try await Key(in: database)
            try await Sandbox.with { sandbox in
                let settings = ["BACKUP_ENCRYPTION_RECIPIENTS": key.publicKey, "BACKUP_LISTEN": "off"]
                let run = try await sandbox.pgkeep("serve", url: database.url, environment: settings) { pid in
                    try await until("there is no backup") { try !sandbox.archives().isEmpty }
                    kill(pid, SIGTERM)
                }
                #expect(run.status == 0, "\(run)")
                #expect(try sandbox.archives().keys.allSatisfy { $0.hasSuffix(".sql.gz.enc") })
                let status = try await sandbox.pgkeep("status", url: database.url, environment: settings)
                #expect(status.status == 0, "\(status)")
                let verify = try await sandbox.pgkeep(
                    "verify", "all", url: database.url, environment: ["BACKUP_ENCRYPTION_KEY_FILE": key.path])
                #expect(verify.status == 0 && !verify.output.contains("not checked"), "\(verify)")
            }
        }
    }
}

/// A file's bytes.
private struct FileBytes: ByteSource {
    let name: String
    private let bytes: Data

    init(_ path: String) throws {
        name = path
        bytes = try Data(contentsOf: URL(filePath: path))
    }

    var byteCount: Int64 { Int64(bytes.count) }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) {
        bytes.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[Int(offset)...].prefix(buffer.count)))
        }
    }
}
