import Foundation
import Synchronization

/// fake-gcs-server: Google Cloud Storage's protocol, on loopback.
package final class GoogleStore: Sendable {
    package let port: Int
    private let process: StoreProcess
    private static let shared = Mutex<GoogleStore?>(nil)

    /// The one that all tests of this process share.
    package static func running() throws -> GoogleStore {
        try shared.withLock { shared in
            let store = try shared ?? GoogleStore()
            shared = store
            return store
        }
    }

    private init() throws {
        let port = try LoopbackPort.free()
        self.port = port
        process = try StoreProcess("gcs") { folder in
            [
                StorePrograms.path("fake-gcs-server"), "-scheme", "http", "-host", "127.0.0.1", "-port", "\(port)",
                "-external-url", "http://127.0.0.1:\(port)", "-backend", "filesystem", "-filesystem-root",
                "\(folder)/data",
            ]
        }
        try process.waitUntil("fake-gcs-server") { LoopbackPort.isOpen(port) }
    }

    /// What a user would set to reach it.
    package var environment: [String: String] {
        ["RCLONE_GCS_ANONYMOUS": "true", "RCLONE_GCS_ENDPOINT": "http://127.0.0.1:\(port)/storage/v1/"]
    }

    package func makeBucket(_ name: String) throws {
        try StorePrograms.run(
            "rclone", ["mkdir", ":gcs,bucket_policy_only=true,project_number=1:\(name)", "--retries", "1"],
            environment: environment)
    }
}
