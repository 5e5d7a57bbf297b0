import Foundation
import PGKeepModel
import PGKeepVaults
import Synchronization

/// The file that a sealed archive's plain text goes to: for its owner alone, complete or not there.
final class PlainFile: Sendable {
    private let upload: any VaultUpload
    private let offset = Mutex<Int64>(0)

    init(_ path: String) throws {
        let url = URL(filePath: path)
        let folder = url.deletingLastPathComponent().path
        guard FileManager.default.fileExists(atPath: folder) else {
            throw PGKeepError(.failed, "there is no folder \(folder)", hint: "mkdir -p -m 700 \(folder)")
        }
        guard !FileManager.default.fileExists(atPath: path) else {
            throw PGKeepError(
                .failed, "\(path) exists already",
                hint: "pgkeep decrypt … --out FILE   (another file, or - for standard output)")
        }
        upload = try DirectoryVault(folder).begin(url.lastPathComponent)
    }

    /// Writes what comes next.
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        let place = offset.withLock { offset in
            defer { offset += Int64(bytes.count) }
            return offset
        }
        try upload.write(bytes, at: place)
    }

    func publish() throws { try upload.publish() }

    func discard() { upload.discard() }
}
