import Foundation
import TestStores
import Testing

/// A bucket for copies, of a test's own, and what an intruder does in it.
struct CopyBucket: Sendable {
    var name: String
    var store: ObjectStore

    static func make(locking: Bool = false, on store: ObjectStore? = nil) throws -> CopyBucket {
        let store = try store ?? ObjectStore.running()
        let bucket = CopyBucket(
            name: "b" + UUID().uuidString.lowercased().filter { $0 != "-" }.prefix(14), store: store)
        try store.makeBucket(bucket.name, locking: locking)
        return bucket
    }

    /// With a prefix, as anybody would have one.
    var address: String { "s3://\(name)/shop" }

    /// What the program needs to reach it.
    var environment: [String: String] {
        var environment = store.environment
        environment["PATH"] =
            "\(StorePrograms.folder):/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        environment["BACKUP_VAULTS"] = address
        return environment
    }

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

    func archives() throws -> [String: Int] { try files().filter { $0.key.contains(".sql") } }

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
