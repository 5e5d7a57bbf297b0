import Foundation
import TestStores
import Testing

/// The quarter's disaster drill: from the copy off site alone, on a new server, with the keys from where they are kept.
@Suite("The disaster drill", .server, .serverLog, .stores)
struct DisasterDrillTests {
    private struct Checklist: Decodable {
        struct Item: Decodable {
            var kind: String
            var verdict: String
            var summary: String
            var evidence: [String]
        }

        var items: [Item]

        func item(_ kind: String) throws -> Item { try #require(items.first { $0.kind == kind }) }
    }

    /// What somebody has whose backups are sealed, and locked in a bucket.
    private struct Kept {
        var bucket: Bucket
        var program: Program
        var key: String

        init(_ database: TestDatabase) async throws {
            bucket = try Bucket(locking: true)
            key = "\(database.folder)/pgkeep.key"
            let publicKey = try await Program(database).run("keygen", "--out", key)
            let drills = "\(database.folder)/drills"
            try await shell("install -d -m 1777 \(drills); chmod a+x \(database.folder)")
            program = Program(
                database,
                environment: bucket.copying([
                    "BACKUP_LOCK": "compliance", "BACKUP_ENCRYPTION_RECIPIENTS": publicKey, "BACKUP_DRILL_DIR": drills,
                ]))
        }

        /// The quarter's list as somebody makes it who has `key`, and what else there is.
        func quarter(key: String?, _ more: [String: String?] = [:]) async throws -> Checklist {
            var program = program
            if let key { program.environment["BACKUP_ENCRYPTION_KEY_FILE"] = key }
            program.environment.merge(more) { $1 }
            let run = try await program.attempt("checklist", "quarter", "--json")
            return try JSONDecoder().decode(Checklist.self, from: Data(run.output.utf8))
        }
    }

    @Test("The quarter's list restores the bucket's newest copy and reads its locks back; without the key it says so")
    func quarter() async throws {
        try await TestDatabase.with(.fixture("everything", ["big": "20000"])) { database in
            let kept = try await Kept(database)
            for tier in ["monthly", "weekly", "daily"] { try await kept.program.run("backup", tier) }

            let without = try await kept.quarter(key: nil)
            let notDone = try without.item("disasterDrill")
            #expect(notDone.verdict == "notDone" && notDone.summary.contains("key"), "\(notDone)")
            // A key that is relied on and opens nothing, a store that is relied on and isn't there: that is the disaster.
            let wrong = "\(database.folder)/wrong.key"
            try await Program(database).run("keygen", "--out", wrong)
            let shut = try await kept.quarter(key: wrong).item("disasterDrill")
            #expect(shut.verdict == "failed" && shut.summary.contains("key"), "\(shut)")
            let away = try await kept.quarter(key: kept.key, ["AWS_ENDPOINT_URL": "http://127.0.0.1:1"])
            #expect(try away.item("disasterDrill").verdict == "failed", "\(away)")
            #expect(try away.item("copiesComplete").verdict == "failed", "\(away)")
            #expect(try away.item("restoreTest").verdict == "passed", "\(away)")

            let list = try await kept.quarter(key: kept.key)
            let drill = try list.item("disasterDrill")
            #expect(drill.verdict == "passed" && drill.summary.contains("\(kept.bucket.address)/latest"), "\(drill)")
            #expect(drill.evidence.contains { $0.contains("all equal") }, "\(drill)")
            let locks = try list.item("locksReadBack")
            #expect(locks.verdict == "passed" && locks.summary.hasPrefix("3 locks"), "\(locks)")
            // Whoever looks into the bucket sees what is proven.
            #expect(try kept.bucket.files().keys.contains { $0.hasSuffix(".proof") })

            // Every copy is overwritten, as whoever has the credentials can; the locked versions lie below.
            for name in try kept.bucket.archives().keys {
                try kept.bucket.overwrite(name, with: "your files are encrypted")
            }
            let after = try await kept.quarter(key: kept.key)
            #expect(try after.item("copiesComplete").verdict == "failed")
            let damaged = try after.item("disasterDrill")
            #expect(damaged.verdict == "failed", "\(damaged)")
            #expect(try after.item("restoreTest").verdict == "passed")
        }
    }

    @Test("A machine that has nothing but the bucket's name and the key proves what is there")
    func elsewhere() async throws {
        try await TestDatabase.with(.fixture("everything", ["big": "20000"])) { database in
            let kept = try await Kept(database)
            try await kept.program.run("backup", "daily")
            var other = kept.program
            for gone in ["BACKUP_VAULTS", "BACKUP_LOCK", "DATABASE_URL"] { other.environment[gone] = .some(nil) }
            other.environment["BACKUP_DIR"] = "\(database.folder)/elsewhere"
            let shut = try await other.attempt("drill", "\(kept.bucket.address)/latest")
            #expect(shut.status == 11, "\(shut)")
            other.environment["BACKUP_ENCRYPTION_KEY_FILE"] = kept.key
            let proof = try ToldProof(try await other.run("drill", "\(kept.bucket.address)/latest", "--json"))
            #expect(proof.verdict == "proven" && proof.rows > 20_000)
            // Every keeper sees the proof beside the archive.
            let name = try #require(try kept.bucket.archives().keys.first)
            #expect(try kept.bucket.files()["\(name).proof"] != nil)
            let left = try FileManager.default.contentsOfDirectory(atPath: "\(database.folder)/drills")
            #expect(left.isEmpty, "\(left)")
        }
    }
}
