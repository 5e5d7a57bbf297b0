import Foundation
import PGKeepModel
import PGKeepVaults
import TestStores
import Testing

/// Archives in a bucket: listed, looked into and brought back from there, without a local copy.
@Suite(
    "Archives in a bucket", .server, .serverLog, .stores)
struct RemoteArchivesTests {
    private struct Told: Decodable {
        var name: String
        var path: String
        var rows: Int64?
        var valid: Bool?
        var version: String?
        var isCurrent: Bool?
    }

    /// Another machine: an empty backup folder, and what it takes to reach the bucket.
    private func elsewhere(
        _ database: TestDatabase, _ bucket: Bucket, _ more: [String: String?] = [:]
    ) -> Program {
        Program(
            database,
            environment: bucket.environment(["BACKUP_DIR": "\(database.folder)/elsewhere"]).merging(more) { $1 })
    }

    @Test("A new machine lists, verifies and restores what is in the bucket", arguments: [false, true])
    func newMachine(sealed: Bool) async throws {
        try await TestDatabase.with(.fixture("everything", ["big": "50000"])) { database in
            let key = "\(database.folder)/pgkeep.key"
            let publicKey = try await Program(database).run("keygen", "--out", key)
            let taking = Program(database, environment: sealed ? ["BACKUP_ENCRYPTION_RECIPIENTS": publicKey] : [:])
            let older = try await taking.run("backup")
            let newer = try await taking.run("backup")
            let source = try await Oracle.read(database)
            let bucket = try Bucket()
            try bucket.upload(older, newer)
            let name = URL(fileURLWithPath: newer).lastPathComponent

            let program = elsewhere(database, bucket, sealed ? ["BACKUP_ENCRYPTION_KEY_FILE": key] : [:])
            let list = try await program.json("list", "--vault", bucket.address, as: [Told].self)
            #expect(list.count == 2)
            #expect(list[0].path == "\(bucket.address)/\(name)")
            #expect((list[0].rows ?? 0) > 0)
            #expect(try await program.run("stats", "--vault", bucket.address).contains("Total Backups: 2"))
            #expect(try await program.run("show", list[1].path).contains("everything") == false)
            let verified = try await program.json("verify", "\(bucket.address)/latest", as: Told.self)
            #expect(verified.name == name && verified.valid == true)
            #expect(try await program.json("verify", "\(bucket.address)/all", as: [Told].self).count == 2)

            let new = try await database.sibling("new", created: false)
            try await program.run("restore", "\(bucket.address)/latest", "--into", new.name, "--prove", "--yes")
            try await expectEqual(new, source, "restored from the bucket")
            let named = try await database.sibling("named", created: false)
            try await program.run("restore", list[1].path, "--into", named.name, "--yes")
            try await expectEqual(named, source, "restored from the bucket by name")
            if sealed {
                try await program.run("decrypt", "\(bucket.address)/latest", "--out", "\(database.folder)/plain")
                try await Shell.run(#"gunzip -t < "$1""#, "\(database.folder)/plain")
            }
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: "\(database.folder)/elsewhere")
                    .allSatisfy { !$0.contains(".sql") })
        }
    }

    @Test("One small table of a big archive moves little more than its own bytes", arguments: [false, true])
    func oneTable(sealed: Bool) async throws {
        let content = """
            SET search_path TO public;
            CREATE EXTENSION pgcrypto;
            CREATE TABLE big AS SELECT g, gen_random_bytes(1000) AS noise FROM generate_series(1, 100000) g;
            CREATE TABLE small AS SELECT g, gen_random_bytes(1000) AS noise FROM generate_series(1, 1000) g;
            """
        try await TestDatabase.with(.sql(content)) { database in
            let key = "\(database.folder)/pgkeep.key"
            let publicKey = try await Program(database).run("keygen", "--out", key)
            let archive = try await Program(
                database,
                environment: ["BACKUP_COMPRESSION": "false"].merging(
                    sealed ? ["BACKUP_ENCRYPTION_RECIPIENTS": publicKey] : [:]
                ) { $1 }
            ).run("backup")
            let bytes = try #require(
                try FileManager.default.attributesOfItem(atPath: archive)[.size] as? Int)
            #expect(bytes > 200_000_000)
            let bucket = try Bucket()
            try bucket.upload(archive)
            let proxy = try StoreProxy(to: bucket.store.port)
            defer { proxy.end() }
            let program = elsewhere(
                database, bucket, bucket.environment(through: proxy).merging(["BACKUP_ENCRYPTION_KEY_FILE": key]) { $1 }
            )
            try await program.run(
                "restore", "\(bucket.address)/latest", "--table", "small", "--schema", "back", "--prove")
            let moved = Double(proxy.bytes) / Double(bytes)
            // A seal is opened by whole megabytes, some four beside the table's own.
            #expect(moved > 0.009 && moved < (sealed ? 0.035 : 0.03), "\(proxy.bytes) of \(bytes)")
            #expect(
                try await database.execute(
                    "SELECT count(*) FROM back.small b JOIN public.small s USING (g) WHERE b.noise = s.noise") == "1000"
            )
        }
    }

    @Test("An archive that was overwritten and deleted in a locking bucket is found and restored")
    func versions() async throws {
        try await TestDatabase.with(.fixture("tables")) { database in
            let archive = try await Program(database).run("backup")
            let name = URL(fileURLWithPath: archive).lastPathComponent
            let source = try await Oracle.read(database)
            let bucket = try Bucket(locking: true)
            let vault = try bucket.vault
            try vault.put(
                file: archive, as: name,
                lock: ObjectLock(mode: .compliance, until: Date(timeIntervalSinceNow: 3_600)), progress: { _ in },
                check: {})
            // Whoever holds the keeper's own credentials can do no worse.
            try bucket.store.rclone(["deletefile", ":s3:\(bucket.name)/shop/\(name)"])
            let program = elsewhere(database, bucket)
            let gone = try await program.attempt("restore", "\(bucket.address)/latest", "--into", "x", "--yes")
            #expect(gone.status != 0 && gone.talk.contains("no archive lies in \(bucket.address)"), "\(gone)")

            let versions = try await program.json("list", "--vault", bucket.address, "--versions", as: [Told].self)
            #expect(versions.map(\.name) == [name])
            #expect(versions[0].isCurrent == false)
            #expect(try await program.run("list", "--vault", bucket.address, "--versions").contains("older"))
            let new = try await database.sibling("new", created: false)
            try await program.run("restore", versions[0].path, "--into", new.name, "--prove", "--yes")
            try await expectEqual(new, source, "restored from an older version")

            let unknown = try await program.attempt("verify", "\(bucket.address)/\(name)@2001-01-01-000000-000")
            #expect(unknown.status == 5 && unknown.talk.contains("--versions"), "\(unknown)")
        }
    }

    @Test("Of several apps in one place the one is taken that is meant, or none")
    func severalApps() async throws {
        try await TestDatabase.with(.fixture("tables")) { database in
            let bucket = try Bucket()
            for app in ["one", "one_staging"] {
                try bucket.upload(try await Program(database).run("backup", "--app", app))
            }
            let program = elsewhere(database, bucket)
            let unclear = try await program.attempt("verify", "\(bucket.address)/latest")
            #expect(unclear.status != 0 && unclear.talk.contains("one, one_staging"), "\(unclear)")
            let one = try await program.json("list", "--vault", bucket.address, "--app", "one", as: [Told].self)
            #expect(one.count == 1 && one[0].name.hasPrefix("one_manual"))
            try bucket.vault.remove(one[0].name)
            let left = try await program.attempt("verify", "\(bucket.address)/latest", "--quick")
            #expect(left.status == 0 && left.talk.contains("App: one_staging, the only one"), "\(left)")
        }
    }
}
