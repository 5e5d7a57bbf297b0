import Foundation
import Testing

/// Keys that are missing, wrong or in the wrong place, and sealed files that somebody changed.
@Suite("Bad input: seals and keys", .server, .serverLog)
struct SealingBadInputTests {
    /// A few segments of rows that hardly compress.
    private static let data =
        "CREATE TABLE public.t AS SELECT g AS id, md5(g::text) || md5(g::text || 'x') AS word FROM generate_series(1, 90000) g"

    private struct Listed: Decodable {
        var name: String
        var rows: Int64?
        var problem: String?
    }

    private func key(in database: TestDatabase, _ name: String = "pgkeep.key") async throws -> (
        String, publicKey: String
    ) {
        let path = "\(database.folder)/\(name)"
        return (path, try await Program(database).run("keygen", "--out", path))
    }

    @Test("keygen prints the public key and nothing else, and never writes over a key")
    func keygen() async throws {
        try await Sandbox.with { sandbox in
            // Keys are made where nothing is right yet.
            let wrong = ["BACKUP_ENCRYPTION_RECIPIENTS": "nonsense"]
            let made = try await sandbox.pgkeep("keygen", "--out", "a.key", environment: wrong)
            #expect(made.status == 0, "\(made)")
            #expect(try /pgkeep1[a-z0-9]{58}\n/.wholeMatch(in: made.output) != nil, "\(made)")
            #expect(try /Check word: [a-z]{5}(-[a-z]{5}){3}\n/.firstMatch(in: made.talk) != nil, "\(made)")
            let path = "\(sandbox.folder)/a.key"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text.contains("\nPGKEEP-PRIVATE-KEY-1") && !made.talk.contains("PRIVATE-KEY"))
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let again = try await sandbox.pgkeep("keygen", "--out", "a.key")
            #expect(again.status == 1 && again.error.contains("a.key exists already"), "\(again)")
            #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
            let forced = try await sandbox.pgkeep("keygen", "--out", "a.key", "--force", "--json")
            #expect(forced.status == 0 && forced.output.contains("\"checkWord\""), "\(forced)")
            #expect(try String(contentsOfFile: path, encoding: .utf8) != text)
            let standardOutput = try await sandbox.pgkeep("keygen", "--out", "-")
            #expect(standardOutput.status == 64 && standardOutput.output.isEmpty, "\(standardOutput)")
            let nowhere = try await sandbox.pgkeep("keygen", "--out", "none/a.key")
            #expect(nowhere.status == 1 && nowhere.hint?.contains("mkdir") == true, "\(nowhere)")
        }
    }

    @Test("Wrong recipients end with 78 before anything is backed up, and no private key is shown")
    func recipients() async throws {
        try await TestDatabase.with(.sql("CREATE TABLE public.t AS SELECT 1 AS id")) { database in
            let (path, publicKey) = try await key(in: database)
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let privateKey = try #require(text.split(separator: "\n").last.map(String.init))
            for (setting, words) in [
                (privateKey, "a private key stands where a public one belongs"),
                ("\(publicKey),\(privateKey.lowercased())", "key 2 of 2: a private key stands where"),
                (String(publicKey.dropLast()), "a public key has a typing error"),
                ("age1qqqqqq", "that is no public key of pgkeep"), (" , ", "has 0 keys"),
            ] {
                for command in ["backup", "settings", "list"] {
                    let run = try await Program(database, environment: ["BACKUP_ENCRYPTION_RECIPIENTS": setting])
                        .attempt(command)
                    #expect(run.status == 78 && run.talk.contains(words), "\(run)")
                    #expect(!"\(run)".uppercased().contains(privateKey.suffix(40)), "the key is shown by \(command)")
                }
            }
            #expect(!FileManager.default.fileExists(atPath: database.backups))
            let settings = try await Program(database, environment: ["BACKUP_ENCRYPTION_RECIPIENTS": publicKey])
                .run("settings")
            #expect(settings.contains(publicKey))
        }
    }

    @Test("Key files that are missing, no key files, or open to others")
    func keyFiles() async throws {
        try await TestDatabase.with(.sql("CREATE TABLE public.t AS SELECT 1 AS id")) { database in
            let (path, publicKey) = try await key(in: database)
            try await Program(database, environment: ["BACKUP_ENCRYPTION_RECIPIENTS": publicKey]).run("backup")
            let note = "\(database.folder)/note"
            try "\(publicKey)\n".write(toFile: note, atomically: false, encoding: .utf8)
            for (file, words) in [
                ("\(database.folder)/none", "No such file"), (database.folder, "it is a folder"),
                (note, "line 1: a public key stands where a private one belongs"),
                (Program.path, "it is no text"),
            ] {
                let program = Program(database, environment: ["BACKUP_ENCRYPTION_KEY_FILE": file])
                let run = try await program.attempt("show", "latest")
                #expect(run.status == 11 && run.talk.contains(words) && run.talk.contains("hint: "), "\(run)")
                // What needs no key doesn't mind.
                try await program.run("list")
            }
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            let open = try await Program(database, environment: ["BACKUP_ENCRYPTION_KEY_FILE": path])
                .attempt("show", "latest")
            #expect(open.status == 0 && open.talk.contains("can be read by others; chmod 600 \(path)"), "\(open)")
        }
    }

    @Test(
        "A sealed file that was changed ends with 4, with a key and without",
        arguments: ["header", "bit", "swap", "cut", "append", "remove"])
    func damage(kind: String) async throws {
        try await TestDatabase.with(.sql(SealingBadInputTests.data)) { database in
            let (path, publicKey) = try await key(in: database)
            let taking = Program(database, environment: ["BACKUP_ENCRYPTION_RECIPIENTS": publicKey])
            let archive = try await taking.run("backup")
            let reading = Program(database, environment: ["BACKUP_ENCRYPTION_KEY_FILE": path])
            try await Shell.run(
                #"""
                python3 - "$1" "$2" <<'END'
                import sys
                path, kind = sys.argv[1:]
                bytes = bytearray(open(path, "rb").read())
                start, size = 24 + 2 + 88 + 32, 1 << 20
                assert len(bytes) > start + 3 * size
                first, second = slice(start + size, start + 2 * size), slice(start + 2 * size, start + 3 * size)
                if kind == "header": bytes[60] ^= 1
                if kind == "bit": bytes[start + size + 77] ^= 1
                if kind == "swap": bytes[first], bytes[second] = bytes[second], bytes[first]
                if kind == "cut": del bytes[start + 2 * size:]
                if kind == "append": bytes += b"x" * 100
                if kind == "remove": del bytes[first]
                open(path, "wb").write(bytes)
                END
                """#, archive, kind)
            for program in [taking, reading] {
                let verify = try await program.attempt("verify", archive)
                #expect(verify.status == 4, "\(verify)")
                #expect(verify.talk.contains("[Backup] ❌ Backup is damaged"), "\(verify)")
            }
            let new = "\(database.name)_new"
            let restore = try await reading.attempt("restore", archive, "--into", new, "--yes")
            #expect(restore.status == 4, "\(restore)")
            #expect(try await database.relatives("new").isEmpty)
            let decrypt = try await reading.attempt("decrypt", archive, "--out", "plain.sql.gz")
            #expect(decrypt.status == 4, "\(decrypt)")
            #expect(!FileManager.default.fileExists(atPath: "\(database.folder)/plain.sql.gz"))
            let words = [
                "header": "the header of", "bit": "it was changed", "swap": "it was sealed as segment",
                "cut": "the file was cut after it", "append": "cut or lengthened", "remove": "taken out",
            ]
            #expect(decrypt.talk.contains(try #require(words[kind])), "\(decrypt)")
            // What can be seen from outside is seen without looking: the header, and the length.
            let list = try await taking.json("list", as: [Listed].self)
            #expect((list.first?.problem != nil) == (kind != "bit" && kind != "swap"), "\(list)")
        }
    }

    @Test(
        "On a new machine, without a journal, the key alone tells what is in the archives and which of them are whole")
    func withoutJournal() async throws {
        try await TestDatabase.with(.sql(SealingBadInputTests.data)) { database in
            let (path, publicKey) = try await key(in: database)
            let taking = Program(database, environment: ["BACKUP_ENCRYPTION_RECIPIENTS": publicKey])
            let archives = [try await taking.run("backup"), try await taking.run("backup")]
            let handle = try FileHandle(forUpdating: URL(filePath: archives[1]))
            try handle.truncate(atOffset: 1_500_000)
            try handle.close()
            try FileManager.default.removeItem(atPath: "\(database.backups)/.pgkeep")
            let blind = try await taking.json("list", as: [Listed].self)
            #expect(blind.map(\.rows) == [nil, nil])
            let verify = try await taking.attempt("verify", archives[0])
            #expect(verify.status == 0 && verify.talk.contains("Not checked: its SHA-256"), "\(verify)")
            #expect(!verify.talk.contains("Backup verified"), "\(verify)")
            let reading = Program(database, environment: ["BACKUP_ENCRYPTION_KEY_FILE": path])
            let list = try await reading.json("list", as: [Listed].self)
            #expect(list.map(\.rows) == [nil, 90_000])
            #expect(list[0].problem != nil && list[1].problem == nil)
            let source = try await Oracle.read(database)
            let new = try await database.sibling("new", created: false)
            try await reading.run("restore", "latest", "--into", new.name, "--prove", "--yes")
            try await expectEqual(new, source, "from the one that is whole")
        }
    }

    @Test("What decrypt can't do it says, and leaves nothing behind")
    func decrypt() async throws {
        try await TestDatabase.with(.sql("CREATE TABLE public.t AS SELECT 1 AS id")) { database in
            let (path, publicKey) = try await key(in: database)
            let plain = try await Program(database).run("backup")
            let sealed = try await Program(database, environment: ["BACKUP_ENCRYPTION_RECIPIENTS": publicKey])
                .run("backup")
            let reading = Program(database, environment: ["BACKUP_ENCRYPTION_KEY_FILE": path])
            try Data().write(to: URL(filePath: "\(database.folder)/there"))
            for (arguments, status, words) in [
                ([plain], 64, "is not sealed"), ([sealed, "--out", "there"], 1, "there exists already"),
                ([sealed, "--out", "none/x"], 1, "there is no folder"),
                ([sealed, "--out", "-", "--json"], 64, "both want standard output"), (["nosuch"], 5, "nosuch"),
            ] {
                let run = try await reading.attempt(["decrypt"] + arguments)
                #expect(Int(run.status) == status && run.talk.contains(words), "\(arguments): \(run)")
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: database.folder)
            #expect(Set(left.filter { !$0.hasSuffix(".sql") }) == ["pgkeep.key", "backups", "there"])
        }
    }
}
