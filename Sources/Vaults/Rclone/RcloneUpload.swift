import Foundation
import PGKeepModel

/// A file written piece by piece: it waits in the folder of rclone and is copied whole when it is published.
final class RcloneUpload: VaultUpload {
    private let vault: RcloneVault
    private let name: String
    private let file: String
    private let spool: DirectoryUpload

    init(_ name: String, to vault: RcloneVault) throws {
        self.vault = vault
        self.name = name
        let waiting = UUID().uuidString
        (spool, file) = try vault.rclone.kept { folder in
            (try DirectoryUpload(folder: folder, name: waiting), "\(folder)/\(waiting)")
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws { try spool.write(bytes, at: offset) }

    func publish() throws {
        try spool.publish()
        defer { unlink(file) }
        try vault.put(file: file, as: name, lock: nil, progress: { _ in }, check: {})
    }

    func discard() { spool.discard() }
}
