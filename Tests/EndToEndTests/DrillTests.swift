import Foundation
import PGKeep
import Testing

/// Backups restored on a throw-away server and compared.
@Suite("Drills", .lendsServer, .enabled(if: FaultServer.isPossible))
struct DrillTests {
    @Test("A database of everything is proven, and nothing of the drill stays", arguments: ["true", "zstd:3", "false"])
    func everything(compression: String) async throws {
        let server = try FaultServer.lent
        try await server.withDatabase("SELECT 1") { name in
            try await TestDatabase.load("everything", ["big": "60000", "icu": "0"], into: server.url(name))
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(
                    server.url(name), environment: ["BACKUP_COMPRESSION": compression])
                let run = try await sandbox.drill("latest", "--json", url: server.url(name))
                #expect(run.status == 0, "\(run)")
                let proof = try ToldProof(run.output)
                #expect(proof.verdict == "proven" && proof.differences.isEmpty, "\(proof.differences)")
                #expect(proof.definitions == "text")
                #expect(proof.sequences > 0 && proof.largeObjects > 0 && proof.rows > 60_000)
                for kind in ["index", "constraint", "fk constraint", "view", "function", "trigger"] {
                    #expect(proof.objects[kind] ?? 0 > 0, "no \(kind)")
                }
                for phase in ["schema", "rows", "finish", "compare"] {
                    #expect(proof.phaseSeconds[phase] ?? 0 > 0, "\(phase)")
                }
                #expect(try sandbox.proof(of: archive).sha256 == proof.sha256)
                #expect(try await shell("sha256sum < '\(archive)' | cut -c 1-64") == proof.sha256)
                #expect(run.talk.contains("[Drill] ✅ Drill completed successfully"), "\(run)")
                try await sandbox.expectNoDrillResidue()
                let list = try await sandbox.pgkeep("list", url: server.url(name))
                #expect(list.output.contains("proven"), "\(list)")
                let audit = try await sandbox.pgkeep("audit", url: server.url(name))
                #expect(audit.output.contains("✅ Drill completed successfully"), "\(audit)")
                let status = try await sandbox.pgkeep("status", url: server.url(name))
                #expect(status.output.contains("Proven:") && status.output.contains("Restore:"), "\(status)")
            }
        }
    }

    @Test("One changed byte in one row is found, named with what was expected and what was found, and is damage")
    func oneByte() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                try ForgedArchive.forge(archive, replacing: "thing c4ca", with: "thing c4cb", keepingHashes: true)
                // A machine that never took a backup, so that its journal knows nothing of this one.
                let run = try await sandbox.drill(
                    archive, "--json", environment: ["BACKUP_STATE_DIR": "\(sandbox.folder)/other"])
                #expect(run.status == 4, "\(run)")
                let proof = try ToldProof(run.output)
                #expect(proof.verdict == "failed" && proof.differences.count == 1)
                let difference = try #require(proof.differences.first)
                #expect(difference.what == "table public.things")
                #expect(difference.expected.hasPrefix("500 rows with hash"))
                #expect(difference.found.hasPrefix("500 rows with hash") && difference.found != difference.expected)
                #expect(run.talk.contains("[Drill] ❌ Drill failed: table public.things: expected 500 rows"), "\(run)")
                #expect(!FileManager.default.fileExists(atPath: "\(archive).proof"))
                // Nothing older goes on its account.
                #expect(FileManager.default.fileExists(atPath: "\(archive).suspect"))
                let audit = try await sandbox.pgkeep(
                    "audit", "--json", environment: ["BACKUP_STATE_DIR": "\(sandbox.folder)/other"])
                #expect(audit.output.contains("\"verdict\" : \"failed\""), "\(audit)")
            }
        }
    }

    @Test("One changed byte in one row of ten million is found", .timeLimit(.minutes(20)))
    func oneOfTenMillion() async throws {
        let server = try FaultServer.lent
        let rows = "CREATE TABLE public.things AS SELECT 'thing ' || n AS word FROM generate_series(1, 10000000) n"
        try await server.withDatabase(rows) { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                try ForgedArchive.forge(
                    archive, replacing: "thing 7654321\n", with: "thing 7654322\n", keepingHashes: true)
                let run = try await sandbox.drill(
                    archive, "--json", environment: ["BACKUP_STATE_DIR": "\(sandbox.folder)/other"])
                #expect(run.status == 4, "\(run)")
                let proof = try ToldProof(run.output)
                #expect(proof.verdict == "failed" && proof.differences.map(\.what) == ["table public.things"])
                #expect(proof.differences.allSatisfy { $0.found.hasPrefix("10000000 rows") }, "\(proof.differences)")
            }
        }
    }

    @Test("An archive altered with all its checksums is found by the journal, and elsewhere by its earlier proof")
    func forged() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                let first = try await sandbox.drill(archive)
                #expect(first.status == 0, "\(first)")
                try ForgedArchive.forge(archive, replacing: "thing c4ca", with: "thing c4cb")
                let here = try await sandbox.drill(archive)
                #expect(here.status == 4 && here.error.contains("the journal tells of"), "\(here)")
                let verify = try await sandbox.pgkeep("verify", archive)
                #expect(verify.status == 4 && verify.output.contains("the journal tells of"), "\(verify)")
                let elsewhere = try await sandbox.drill(
                    archive, environment: ["BACKUP_STATE_DIR": "\(sandbox.folder)/other"])
                #expect(elsewhere.status == 4 && elsewhere.error.contains("its earlier proof tells of"), "\(elsewhere)")
                // It is proven no more, whatever lies beside it.
                let status = try await sandbox.pgkeep("status", "--json", url: server.url(name))
                #expect(status.status == 3 && !status.output.contains("lastProven"), "\(status)")
                let proof = try await sandbox.pgkeep("proof", "verify", archive)
                #expect(proof.status == 4 && proof.output.contains("that of the one drilled was"), "\(proof)")
                try await sandbox.expectNoDrillResidue()
            }
        }
    }

    @Test(
        "The user's questions are asked: what is not true, does not parse, writes or never ends is named, and no proof")
    func checks() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                let folder = "\(sandbox.folder)/checks"
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
                func ask(_ questions: [String: String]) async throws -> (run: PGKeepRun, checks: [String: String]) {
                    for (name, text) in questions {
                        try text.write(toFile: "\(folder)/\(name).sql", atomically: false, encoding: .utf8)
                    }
                    let run = try await sandbox.drill(
                        archive, "--json",
                        environment: [
                            "BACKUP_DRILL_CHECKS": "\(folder)/*.sql", "BACKUP_DRILL_CHECK_TIMEOUT": "2s",
                        ])
                    let checks = try ToldProof(run.output).checks.map {
                        ($0.name, $0.passed ? "passed" : $0.reason ?? "")
                    }
                    return (run, Dictionary(uniqueKeysWithValues: checks))
                }
                let good = try await ask([
                    "a": "SELECT count(*) = 500 FROM things;", "b": "SELECT * FROM public.things WHERE n < 0",
                ])
                #expect(good.run.status == 0, "\(good.run)")
                #expect(good.checks == ["a.sql": "passed", "b.sql": "passed"])
                try FileManager.default.removeItem(atPath: "\(archive).proof")
                let bad = try await ask([
                    "c": "SELECT count(*) = 1 FROM things", "d": "SELEC 1", "e": "SELECT * FROM things WHERE n < 3",
                    "f": "DELETE FROM things RETURNING n", "g": "SELECT true FROM pg_sleep(3600)",
                    "h": "SELECT true; DELETE FROM things", "i": "COMMIT",
                    "j": "SELECT * FROM generate_series(1, 100000)", "k": "SELECT what FROM things WHERE n = 1",
                    "l": "SELECT what::int = 1 FROM things",
                ])
                #expect(bad.run.status == 1, "\(bad.run)")
                #expect(bad.checks["a.sql"] == "passed")
                #expect(bad.checks["c.sql"] == "it returned f")
                #expect(bad.checks["d.sql"]?.contains("syntax error") == true)
                #expect(bad.checks["e.sql"]?.hasPrefix("it returned 2 rows") == true)
                #expect(bad.checks["f.sql"]?.contains("it writes") == true)
                #expect(bad.checks["g.sql"] == "it did not end within 2.0s")
                #expect(bad.checks["h.sql"]?.contains("multiple commands") == true)
                #expect(bad.checks["i.sql"] == "it is no query that returns rows")
                // What is in the database is told nowhere.
                #expect(bad.checks["j.sql"] == "it returned 1000 rows or more")
                #expect(bad.checks["k.sql"] == "it returned 1 row")
                #expect(bad.checks["l.sql"] == "it failed with SQLSTATE 22P02")
                #expect(!bad.run.output.contains("thing c4ca") && !bad.run.talk.contains("thing c4ca"), "\(bad.run)")
                #expect(bad.run.talk.contains("check c.sql: it returned f"), "\(bad.run)")
                #expect(!FileManager.default.fileExists(atPath: "\(archive).proof"))
                let none = try await sandbox.drill(
                    archive, environment: ["BACKUP_DRILL_CHECKS": "\(sandbox.folder)/none/*.sql"])
                #expect(none.status == 1 && none.output.contains("no file has this name"), "\(none)")
            }
        }
    }

    @Test("A signed proof is verified without a database; an edited one, another key's and a missing one are told")
    func signed() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                func key(_ name: String) async throws -> (path: String, text: String) {
                    let path = "\(sandbox.folder)/\(name).key"
                    let run = try await sandbox.pgkeep("keygen", "--signing", "--out", path)
                    try #require(run.status == 0, "\(run)")
                    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                    #expect(mode == 0o600)
                    return (path, run.output.trimmingCharacters(in: .whitespacesAndNewlines))
                }
                let (own, other) = (try await key("own"), try await key("other"))
                let archive = try await sandbox.backup(server.url(name))
                let none = try await sandbox.pgkeep("proof", "verify", archive)
                #expect(none.status == 5 && none.error.contains("has no proof"), "\(none)")
                let drill = try await sandbox.drill(archive, environment: ["BACKUP_SIGNING_KEY_FILE": own.path])
                #expect(drill.status == 0 && drill.output.contains("signed by"), "\(drill)")

                @Sendable func verify(_ arguments: String..., environment: [String: String] = [:]) async throws
                    -> PGKeepRun
                { try await sandbox.pgkeep(["proof", "verify"] + arguments, environment: environment) }
                let proof = "\(archive).proof"
                for arguments in [[archive], [proof]] {
                    let good = try await sandbox.pgkeep(["proof", "verify"] + arguments + ["--key", own.text])
                    #expect(good.status == 0 && good.output.contains("compared with the archive"), "\(good)")
                }
                #expect(try await verify(proof, environment: ["BACKUP_SIGNING_KEY_FILE": own.path]).status == 0)
                // Whole and signed, but nobody said by whom it should be.
                #expect(try await verify(proof).status == 3)
                let strange = try await verify(proof, "--key", other.text)
                #expect(strange.status == 4 && strange.output.contains("not by \(other.text)"), "\(strange)")
                #expect(try await verify(proof, "--key", "nonsense").status == 64)

                let text = try String(contentsOfFile: proof, encoding: .utf8)
                let alone = "\(sandbox.folder)/alone.proof"
                try text.write(toFile: alone, atomically: false, encoding: .utf8)
                let without = try await verify(alone, "--key", own.text)
                #expect(without.status == 0 && without.output.contains("not compared with an archive"), "\(without)")
                // One that was edited and bears no signature is contradicted by whoever held the drill.
                try text.replacing(/,"sign(ature|edBy)":"[^"]*"/, with: "").replacing(
                    "\"rows\":500", with: "\"rows\":501"
                )
                .write(toFile: alone, atomically: false, encoding: .utf8)
                let unsigned = try await verify(alone)
                #expect(unsigned.status == 4 && unsigned.output.contains("tells of another proof"), "\(unsigned)")
                for (from, to) in [
                    ("\"verdict\":\"proven\"", "\"verdict\":\"failed\""), ("\"rows\":500", "\"rows\":501"),
                    (own.text, other.text), (",\"signature\":\"", ",\"signatura\":\""), ("{\"app\"", "[\"app\""),
                ] {
                    #expect(text.contains(from))
                    try text.replacing(from, with: to).write(toFile: alone, atomically: false, encoding: .utf8)
                    let edited = try await verify(alone, "--key", own.text)
                    #expect(edited.status == 4, "\(to): \(edited)")
                }
            }
        }
    }

    @Test("On another server the side database is dropped, after a drill that succeeds and after one that fails")
    func sideDatabase() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                let before = try await server.psql("SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database")
                let good = try await sandbox.drill(archive, "--server", server.url("postgres"), "--json")
                #expect(good.status == 0, "\(good)")
                #expect(try ToldProof(good.output).verdict == "proven")
                let wait = "\(sandbox.folder)/wait.sql"
                try "SELECT true FROM pg_sleep(3600)".write(toFile: wait, atomically: false, encoding: .utf8)
                let late = try await sandbox.drill(
                    archive, "--server", server.url("postgres"),
                    environment: [
                        "BACKUP_DRILL_CHECKS": wait, "BACKUP_DRILL_CHECK_TIMEOUT": "2h", "BACKUP_DRILL_TIMEOUT": "5s",
                    ])
                #expect(late.status == 1 && late.talk.contains("the drill was stopped after 5s"), "\(late)")
                // What a drill left that was killed is known by its comment, and dropped.
                try await server.psql("CREATE DATABASE pgkeep_drill_\(name)")
                let refused = try await sandbox.drill(archive, "--server", server.url("postgres"))
                #expect(refused.status == 78 && refused.error.contains("exists already"), "\(refused)")
                let note = #"{"at":"2026-01-27T02:00:00Z","database":"\#(name)","pgkeep":"drill"}"#
                try await server.psql("COMMENT ON DATABASE pgkeep_drill_\(name) IS '\(note)'")
                try ForgedArchive.forge(archive, replacing: "thing c4ca", with: "thing c4cb", keepingHashes: true)
                let bad = try await sandbox.drill(
                    archive, "--server", server.url("postgres"),
                    environment: ["BACKUP_STATE_DIR": "\(sandbox.folder)/other"])
                #expect(bad.status == 4, "\(bad)")
                let after = try await server.psql(
                    "SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database WHERE datname LIKE '%\(name)%'")
                #expect(after == name && before.contains(name))
                let away = try await sandbox.drill(archive, "--server", "postgresql://127.0.0.1:1/postgres")
                #expect(away.status == 7 || away.status == 4, "\(away)")
            }
        }
    }

    @Test("Sealed archives, other tools' dumps and backups that ask for it at once")
    func others() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let key = "\(sandbox.folder)/pgkeep.key"
                let made = try await sandbox.pgkeep("keygen", "--out", key)
                let recipient = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
                let sealed = try await sandbox.backup(
                    server.url(name), environment: ["BACKUP_ENCRYPTION_RECIPIENTS": recipient])
                #expect(try await sandbox.drill(sealed).status == 11)
                let opened = try await sandbox.drill(sealed, environment: ["BACKUP_ENCRYPTION_KEY_FILE": key])
                #expect(opened.status == 0, "\(opened)")
                // Without the key everybody sees that it is proven, and can compare the bytes.
                #expect(try await sandbox.pgkeep("list", url: server.url(name)).output.contains("proven"))
                #expect(try await sandbox.pgkeep("proof", "verify", sealed).status == 3)

                let dump = "\(sandbox.folder)/plain.sql"
                try await shell("\(server.tools)/pg_dump -d '\(server.url(name))' > \(dump)")
                let foreign = try await sandbox.drill(dump, "--json")
                #expect(foreign.status == 0, "\(foreign)")
                let told = try ToldProof(foreign.output)
                #expect(told.rows == 500 && told.tables.allSatisfy { $0.hash == nil })

                try await shell("install -d -m 1777 \(sandbox.drills)")
                let proven = try await sandbox.pgkeep(
                    "backup", "daily", "--prove", "--json", url: server.url(name),
                    environment: ["BACKUP_DRILL_DIR": sandbox.drills])
                #expect(proven.status == 0 && proven.output.contains("\"provenAt\""), "\(proven)")
                try await sandbox.expectNoDrillResidue()
            }
        }
    }

    @Test("What the scratch server lacks is told as such, and is no failed backup")
    func missingExtension() async throws {
        let server = try FaultServer.lent
        try await Sandbox.with { sandbox in
            let tools = try await PrivatePostgres.make(in: sandbox.folder, from: server.tools)
            try await PrivatePostgres.add(extension: "rare_probe", in: sandbox.folder)
            let archive = try await FaultServer.with(tools: tools) { source in
                try await source.psql(
                    "CREATE EXTENSION rare_probe; CREATE TABLE public.things (n int DEFAULT public.rare_probe());")
                return try await sandbox.backup(source.url("postgres"))
            }
            let run = try await sandbox.drill(archive, environment: ["PGKEEP_PG_BINDIR": server.tools])
            #expect(run.status == 8, "\(run)")
            #expect(run.error.contains("was not drilled: the server lacks what it needs"), "\(run)")
            #expect(run.error.contains("rare_probe") && run.hint?.contains("install") == true, "\(run)")
            #expect(run.talk.contains("[Drill] ⚠️ Not drilled"), "\(run)")
            try await sandbox.expectNoDrillResidue()
            let there = try await sandbox.drill(archive, environment: ["PGKEEP_PG_BINDIR": tools])
            #expect(there.status == 0, "\(there)")
        }
    }

    @Test("The proofs of an app are listed from what lies beside its archives")
    func proofs() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                let run = try await sandbox.drill(archive)
                try #require(run.status == 0, "\(run)")
                let settings = Settings(databaseURL: Secret(server.url(name)), backupDirectory: sandbox.backups)
                let proofs = try await BackupSystem(settings: settings, logger: Drills.quiet).proofs()
                #expect(proofs.map(\.archive) == [URL(filePath: archive).lastPathComponent])
                #expect(proofs.first?.verdict == .proven && proofs.first?.rows == 500)
            }
        }
    }
}
