import Foundation
import PGKeepVaults

/// What a folder's copies are kept on.
enum Storage {
    /// That of the backup folder itself.
    static let primary = "disk"

    /// A folder on the backup folder's own file system dies with it: that is no other storage.
    static func name(ofFolder path: String, beside primary: String) throws -> String {
        func device(_ path: String) throws -> UInt64 {
            var status = stat()
            guard stat(path, &status) == 0 else {
                throw SystemFailure.error("could not look at \(path)", path: path)
            }
            return UInt64(status.st_dev)
        }
        return try device(path) == device(primary) ? Storage.primary : "disk at \(path)"
    }
}
