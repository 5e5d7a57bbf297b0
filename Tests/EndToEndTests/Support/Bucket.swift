import Foundation
import PGKeepModel
import PGKeepVaults
import TestStores
import Testing

/// A bucket of the shared S3 store, with a name of its own, as this process, the program and an intruder reach it.
struct Bucket: Sendable {
    let name = "e-\(UUID().uuidString.lowercased().prefix(18))"
    let store: ObjectStore

    init(locking: Bool = false, on store: ObjectStore? = nil) throws {
        self.store = try store ?? ObjectStore.running()
        try self.store.makeBucket(name, locking: locking)
    }

    /// With a prefix, as anybody would have one.
    var address: String { "s3://\(name)/shop" }

    /// What the program needs to reach it, by way of a proxy if there is one.
    func environment(through proxy: StoreProxy? = nil, _ more: [String: String?] = [:]) -> [String: String?] {
        let store = ObjectStore.environment(proxy?.port ?? store.port)
        return StorePrograms.environment(store).mapValues(Optional.some).merging(more) { $1 }
    }

    /// The same, with this bucket as the vault that copies go to.
    func copying(through proxy: StoreProxy? = nil, _ more: [String: String?] = [:]) -> [String: String?] {
        environment(through: proxy, ["BACKUP_VAULTS": address]).merging(more) { $1 }
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

    // MARK: By another program than ours

    /// Names and sizes of what is there now, by another program than ours.
    func files() throws -> [String: Int] {
        struct Item: Decodable {
            var name: String
            var size: Int

            enum CodingKeys: String, CodingKey {
                case name = "Name"
                case size = "Size"
            }
        }
        let text = try store.rclone(["lsjson", "-q", ":s3:\(name)/shop"])
        let items = try JSONDecoder().decode([Item].self, from: Data(text.utf8))
        return Dictionary(uniqueKeysWithValues: items.map { ($0.name, $0.size) })
    }

    func archives() throws -> [String: Int] { try files().filter { ArchiveName($0.key) != nil } }

    /// Every version of everything, as rclone names them.
    func versions() throws -> [String] {
        try store.rclone(["lsf", "-q", "--s3-versions", ":s3:\(name)/shop"]).split(separator: "\n").map(String.init)
    }

    func contents(_ file: String, into path: String) throws {
        try store.rclone(["copyto", ":s3:\(name)/shop/\(file)", path])
    }

    /// Overwrites or makes an object, as whoever has the credentials can.
    func overwrite(_ file: String, with text: String) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        try Data(text.utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try store.rclone(["copyto", "--ignore-times", path, ":s3:\(name)/shop/\(file)"])
    }

    func delete(_ file: String) throws { try store.rclone(["deletefile", ":s3:\(name)/shop/\(file)"]) }
}

extension Trait where Self == ConditionTrait {
    /// For tests that need the stores' programs.
    static var stores: Self {
        .enabled(if: StorePrograms.areHere, "the stores are not here: scripts/stores fetches them")
    }
}
