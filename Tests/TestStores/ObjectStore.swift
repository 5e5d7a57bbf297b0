import Foundation
import Synchronization

/// SeaweedFS: an S3 store with object lock, on loopback.
package final class ObjectStore: Sendable {
    package let port: Int
    private let folder: String
    private let ports: [Int]
    private let process: Mutex<StoreProcess>
    private static let shared = Mutex<ObjectStore?>(nil)

    package static let keyID = "AK"
    package static let secret = "SK"

    /// The one that all tests of this process share.
    package static func running() throws -> ObjectStore {
        try shared.withLock { shared in
            let store = try shared ?? ObjectStore()
            shared = store
            return store
        }
    }

    /// One of its own, for a test that kills it.
    package init() throws {
        folder = try StoreProcess.makeFolder("weed")
        ports = try (0..<5).map { _ in try LoopbackPort.free() }
        port = ports[0]
        try """
        {"identities":[{"name":"admin","credentials":[{"accessKey":"\(ObjectStore.keyID)","secretKey":"\(ObjectStore.secret)"}],
        "actions":["Admin","Read","Write","List","Tagging"]}]}
        """.write(toFile: "\(folder)/s3.json", atomically: true, encoding: .utf8)
        process = Mutex(try ObjectStore.start(folder, ports))
    }

    private static func start(_ folder: String, _ ports: [Int]) throws -> StoreProcess {
        let data = "\(folder)/data"
        try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
        let process = try StoreProcess(
            "weed", in: folder, environment: ["WEED_S3_SSE_KEK": String(repeating: "5a", count: 32)]
        ) { _ in
            [
                StorePrograms.path("weed"), "mini", "-dir=\(data)", "-ip=127.0.0.1", "-ip.bind=127.0.0.1",
                "-master.telemetry=false", "-webdav=false", "-admin.ui=false", "-s3.port.iceberg=0",
                "-s3.port.lance=0", "-s3.port=\(ports[0])", "-master.port=\(ports[1])", "-volume.port=\(ports[2])",
                "-filer.port=\(ports[3])", "-admin.port=\(ports[4])", "-s3.config=\(folder)/s3.json",
            ]
        }
        try process.waitUntil("SeaweedFS") { isUp(ports[0]) }
        return process
    }

    /// Whether it answers a list of buckets: its port is open before it can.
    private static func isUp(_ port: Int) -> Bool {
        guard LoopbackPort.isOpen(port) else { return false }
        // Refused is what it is until it is up.
        return (try? rclone(["lsd", ":s3:"], environment(port))) != nil
    }

    /// Kills it in the midst of whatever it does.
    package func kill() throws { try process.withLock { try $0.kill() } }

    /// Starts it again on what it had, after it was killed.
    package func start() throws { try process.withLock { $0 = try ObjectStore.start(folder, ports) } }

    /// How many bytes it has written.
    package func storedBytes() throws -> Int {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/data")
        return paths.reduce(0) { sum, path in
            // A file may go between the list and the look.
            let facts = try? FileManager.default.attributesOfItem(atPath: "\(folder)/data/\(path)")
            return sum + (facts?[.size] as? Int ?? 0)
        }
    }

    package var endpoint: String { "http://127.0.0.1:\(port)" }

    /// What a user would set to reach it.
    package var environment: [String: String] { ObjectStore.environment(port) }

    package static func environment(_ port: Int) -> [String: String] {
        [
            "AWS_ACCESS_KEY_ID": keyID, "AWS_SECRET_ACCESS_KEY": secret, "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": "http://127.0.0.1:\(port)", "AWS_EC2_METADATA_DISABLED": "true",
        ]
    }

    /// Makes a bucket; a locking one keeps versions too.
    package func makeBucket(_ name: String, locking: Bool = false) throws {
        try rclone(["mkdir", ":s3,bucket_object_lock_enabled=\(locking):\(name)"])
    }

    /// Runs rclone as another program would, with this store as `:s3:`.
    @discardableResult
    package func rclone(_ arguments: [String]) throws -> String { try ObjectStore.rclone(arguments, environment) }

    private static func rclone(_ arguments: [String], _ environment: [String: String]) throws -> String {
        var variables = environment
        variables["RCLONE_S3_PROVIDER"] = "Other"
        variables["RCLONE_S3_ENV_AUTH"] = "true"
        variables["RCLONE_S3_ENDPOINT"] = environment["AWS_ENDPOINT_URL"]
        variables["RCLONE_S3_REGION"] = "us-east-1"
        return try StorePrograms.run(
            "rclone", arguments + ["--retries", "1", "--low-level-retries", "1"], environment: variables)
    }
}
