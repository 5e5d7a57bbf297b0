import Foundation
import PGKeepModel
import PGKeepVaults
import TestStores
import Testing

/// What can go wrong between here and a bucket: a clear word each time, and nothing half restored.
@Suite(
    "Trouble with a bucket", .server, .serverLog, .stores)
struct RemoteTroubleTests {
    private func withProxy(
        _ body: (TestDatabase, Bucket, StoreProxy, Program) async throws -> Void
    ) async throws {
        try await TestDatabase.with(.fixture("everything", ["big": "20000"])) { database in
            let bucket = try Bucket()
            try bucket.upload(try await Program(database).run("backup"))
            let proxy = try StoreProxy(to: bucket.store.port)
            defer { proxy.end() }
            try await body(
                database, bucket, proxy,
                Program(
                    database,
                    environment: bucket.environment(
                        through: proxy,
                        ["RCLONE_TIMEOUT": "2s", "RCLONE_CONTIMEOUT": "2s", "TMPDIR": database.folder])))
        }
    }

    @Test(
        "A store that doesn't answer, or breaks off, is told, and no database is left half restored",
        arguments: [StoreProxy.Way.refusing, .hanging, .cutting(after: 20_000)])
    func trouble(way: StoreProxy.Way) async throws {
        try await withProxy { database, bucket, proxy, program in
            proxy.become(way)
            let new = "\(database.name)_new"
            for arguments in [
                ["restore", "\(bucket.address)/latest", "--into", new, "--yes"],
                ["verify", "\(bucket.address)/latest"],
            ] {
                let failed = try await program.attempt(arguments)
                #expect(failed.status == 7, "\(failed)")
                #expect(failed.talk.contains("pgkeep: hint: curl -sSI http://127.0.0.1:\(proxy.port)"), "\(failed)")
                #expect(!failed.talk.contains("damaged"), "\(failed)")
            }
            #expect(try await database.relatives("new").isEmpty)
            proxy.become(.open)
            try await program.run("restore", "\(bucket.address)/latest", "--into", new, "--yes")
            #expect(try await database.relatives("new") == [new])
        }
    }

    @Test("A slow store is waited for")
    func slow() async throws {
        try await withProxy { _, bucket, proxy, program in
            proxy.become(.slow(400_000))
            let verified = try await program.run("verify", "\(bucket.address)/latest")
            #expect(verified.hasSuffix("valid"), "\(verified)")
        }
    }

    @Test("When pgkeep is killed its rclone ends, and leaves nothing")
    func killed() async throws {
        try await withProxy { database, bucket, proxy, program in
            proxy.become(.hanging)
            let outcome = try await Shell.start(
                "bash",
                [
                    "-c",
                    #"""
                    "$PROGRAM" verify "$1" & keeper=$!
                    for _ in $(seq 600); do ls -d "$TMPDIR"/pgkeep-rclone.*/rclone >/dev/null 2>&1 && break; sleep 0.05; done
                    ls -d "$TMPDIR"/pgkeep-rclone.*/rclone
                    kill -9 $keeper
                    for _ in $(seq 600); do ls -d "$TMPDIR"/pgkeep-rclone.* >/dev/null 2>&1 || break; sleep 0.05; done
                    ! pgrep -f "$TMPDIR/pgkeep-rclone" && ! ls -d "$TMPDIR"/pgkeep-rclone.* 2>/dev/null
                    """#,
                    "bash", "\(bucket.address)/latest",
                ],
                environment: program.variables.merging(["PROGRAM": Program.path, "TMPDIR": database.folder]) { $1 })
            #expect(outcome.status == 0, "\(outcome)")
            #expect(outcome.output.contains("pgkeep-rclone."), "\(outcome)")
        }
    }

    @Test("An address that can't be is told with what it should look like")
    func addresses() async throws {
        try await TestDatabase.with { database in
            let program = Program(database)
            for (address, words) in [
                ("ftp://host/latest", "unknown kind of vault: ftp://"),
                ("s3://AKIA:secret@bucket/latest", "takes no credentials"),
                ("s3://bucket/prefix", "s3://bucket/prefix names no archive"),
                ("s3://bucket", "s3://bucket names no archive"),
                ("s3://bucket/shop_daily_backup_2026.sql.gz", "names no archive"),
                ("sftp://host/latest", "an sftp:// address needs a host and a path"),
                ("rclone:latest", "an rclone address needs a remote and a colon"),
                ("file:///nonexistent/folder/latest", "there is no folder /nonexistent/folder"),
            ] {
                let refused = try await program.attempt("verify", address)
                #expect(refused.status != 0 && refused.talk.contains(words), "\(address): \(refused)")
                #expect(!refused.talk.contains("secret"), "\(refused)")
                #expect(refused.talk.contains("pgkeep: hint: "), "\(address): \(refused)")
            }
        }
    }

    @Test("A full place is told, and nothing lies there under the file's name", .enabled(if: geteuid() == 0))
    func full() async throws {
        try await TestDatabase.with { database in
            let place = "\(database.folder)/full"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            try await Shell.run(#"mount -t tmpfs -o size=1m none "$1""#, place)
            defer { umount2(place, Int32(MNT_DETACH)) }
            try "[full]\ntype = alias\nremote = \(place)\n".write(
                toFile: "\(database.folder)/rclone.conf", atomically: true, encoding: .utf8)
            let rclone = Rclone(
                environment: StorePrograms.environment(["RCLONE_CONFIG": "\(database.folder)/rclone.conf"]))
            let vault = try RcloneVault(VaultAddress("rclone:full:"), rclone: rclone)
            try Data(repeating: 7, count: 3 << 20).write(to: URL(fileURLWithPath: "\(database.folder)/big"))
            let error = #expect(throws: PGKeepError.self) {
                try vault.put(
                    file: "\(database.folder)/big", as: "big", lock: nil, progress: { _ in }, check: {})
            }
            #expect(error?.code == .noSpace, "\(String(describing: error))")
            #expect(try vault.list().isEmpty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: place) == [])
        }
    }
}
