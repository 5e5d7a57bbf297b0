import Foundation
import PGKeepModel
import PGKeepVaults
import Synchronization
import TestStores
import Testing

/// What happens to copies when a store dies, is stopped or says no in the midst: nothing half there, nothing lost.
@Suite(.enabled(if: StorePrograms.areHere, "the stores are not here: scripts/stores fetches them"))
struct StoreFaultTests {
    /// A file that is copied in several parts.
    private func withBigFile<Result>(_ body: (String, [UInt8]) throws -> Result) throws -> Result {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("pgkeep-\(UUID())").path
        defer { unlink(file) }
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        let piece = (0..<(1 << 20)).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
        #expect(FileManager.default.createFile(atPath: file, contents: nil))
        let handle = try #require(FileHandle(forWritingAtPath: file))
        for number in 0..<210 { try handle.write(contentsOf: [UInt8(number)] + piece) }
        try handle.close()
        return try body(file, piece)
    }

    @Test("A file of many parts arrives whole and locked")
    func parts() throws {
        try withBigFile { file, piece in
            let vault = try S3Bucket(locking: true).vault("db")
            let lock = ObjectLock(
                mode: .governance,
                until: Date(timeIntervalSince1970: (Date().timeIntervalSince1970 + 3_600).rounded(.down)))
            let told = Atomic<Int64>(0)
            try vault.put(
                file: file, as: "big", lock: lock, progress: { told.add($0, ordering: .relaxed) }, check: {})
            #expect(told.load(ordering: .relaxed) == 210 * (1 << 20 + 1))
            #expect(try vault.lock(of: "big") == lock)
            // Of a file in parts the store has no hash of the whole.
            #expect(try vault.storedHash("big") == nil)
            let source = try vault.open("big")
            #expect(source.byteCount == 210 * (1 << 20 + 1))
            for number in [0, 15, 16, 209] {
                let start = Int64(number) * (1 << 20 + 1)
                #expect(try source.read(1, at: start) == [UInt8(number)])
                #expect(try source.read(1 << 20, at: start + 1) == piece)
            }
        }
    }

    @Test("A copy that is stopped in the midst leaves nothing, in a bucket or on another machine")
    func stopped() throws {
        try withBigFile { file, _ in
            let bucket = try S3Bucket()
            var vaults: [any Vault] = [try bucket.vault("db")]
            if StorePrograms.hasShellServer {
                let server = try ShellServer.running()
                vaults.append(
                    try RcloneVault(
                        VaultAddress(server.address("stopped")),
                        rclone: Rclone(environment: StorePrograms.environment(server.environment))))
            }
            for vault in vaults {
                let told = Atomic<Int64>(0)
                let error = #expect(throws: PGKeepError.self) {
                    try vault.put(
                        file: file, as: "big", lock: nil, progress: { told.add($0, ordering: .relaxed) },
                        check: {
                            if told.load(ordering: .relaxed) > 0 { throw PGKeepError(.interrupted, "stop") }
                        })
                }
                #expect(error?.code == .interrupted)
                #expect(told.load(ordering: .relaxed) < 210 << 20)
                #expect(try vault.list().isEmpty)
            }
            if StorePrograms.hasShellServer {
                let folder = try "\(ShellServer.running().folder)/stopped"
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
            }
            #expect(
                try bucket.store.rclone(["backend", "list-multipart-uploads", ":s3:\(bucket.name)"]).contains("big")
                    == false)
        }
    }

    @Test("A store that is killed in the midst of a copy has nothing of it afterwards, and takes it the second time")
    func killed() throws {
        try withBigFile { file, _ in
            let store = try ObjectStore()
            try store.makeBucket("killed")
            let vault = try RcloneVault(
                VaultAddress("s3://killed/db"),
                rclone: Rclone(environment: StorePrograms.environment(store.environment)))
            try vault.put("before", [1, 2, 3])
            let isKilled = Atomic(false)
            let error = #expect(throws: PGKeepError.self) {
                try vault.put(
                    file: file, as: "big", lock: nil, progress: { _ in },
                    check: {
                        guard !isKilled.exchange(true, ordering: .relaxed) else { return }
                        try store.kill()
                    })
            }
            #expect(error?.code == .unreachable, "\(String(describing: error))")
            try store.start()
            #expect(try vault.list().map(\.name) == ["before"])
            try vault.put(file: file, as: "big", lock: nil, progress: { _ in }, check: {})
            #expect(try vault.list().count == 2)
            #expect(try vault.open("before").read(3, at: 0) == [1, 2, 3])
        }
    }

    @Test(
        "What a store says no with is told as what it is",
        arguments: [
            (403, "RequestTimeTooSkewed", PGKeepError.Code.failed, "timedatectl"),
            (403, "SignatureDoesNotMatch", .privileges, "export AWS_ACCESS_KEY_ID"),
            (403, "AccessDenied", .privileges, "give them leave"),
            (404, "NoSuchBucket", .settings, "aws s3api create-bucket"),
            (507, "XMinioStorageFull", .noSpace, "has no room left"),
            (400, "AuthorizationHeaderMalformed", .settings, "export AWS_REGION"),
            (503, "SlowDown", .unreachable, "curl -sSI"),
        ])
    func refusals(status: Int, code: String, told: PGKeepError.Code, hint: String) throws {
        let proxy = try StoreProxy(to: ObjectStore.running().port)
        defer { proxy.end() }
        proxy.become(.answering(status: status, code: code))
        let vault = try RcloneVault(
            VaultAddress("s3://bucket/db"),
            rclone: Rclone(environment: StorePrograms.environment(ObjectStore.environment(proxy.port))))
        for action in [{ _ = try vault.list() }, { try vault.put("a", [1]) }, { _ = try vault.open("a") }] {
            let error = #expect(throws: PGKeepError.self) { try action() }
            #expect(error?.code == told, "\(String(describing: error))")
            #expect(error?.hint?.contains(hint) == true, "\(String(describing: error)) \(error?.hint ?? "")")
        }
    }
}
