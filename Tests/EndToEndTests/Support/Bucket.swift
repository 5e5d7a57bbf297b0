import Foundation
import PGKeepModel
import PGKeepVaults
import TestStores

/// A bucket of the shared S3 store, with a name of its own, as this process and the program reach it.
struct Bucket {
    let name = "e-\(UUID().uuidString.lowercased().prefix(18))"
    let store: ObjectStore

    init(locking: Bool = false) throws {
        store = try ObjectStore.running()
        try store.makeBucket(name, locking: locking)
    }

    var address: String { "s3://\(name)/backups" }

    /// What the program needs to reach it.
    var environment: [String: String?] { StorePrograms.environment(store.environment) }

    /// The same by way of a proxy.
    func environment(through proxy: StoreProxy, _ more: [String: String] = [:]) -> [String: String?] {
        StorePrograms.environment(ObjectStore.environment(proxy.port)).merging(more) { $1 }
    }

    var vault: RcloneVault {
        get throws {
            try RcloneVault(
                VaultAddress(address),
                rclone: Rclone(environment: StorePrograms.environment(store.environment)))
        }
    }

    /// Copies files there under their own names.
    func upload(_ paths: String...) throws {
        let vault = try vault
        for path in paths {
            try vault.put(
                file: path, as: URL(fileURLWithPath: path).lastPathComponent, lock: nil, progress: { _ in }, check: {})
        }
    }
}
