import Crypto
import PGKeepArchive
import PGKeepModel

extension ByteSource {
    private static var piece: Int64 { 1 << 20 }

    /// The SHA-256 of all of it, in hexadecimal.
    func sha256(progress: Progress?, check: () throws -> Void) throws -> String {
        var hash = SHA256()
        var offset: Int64 = 0
        while offset < byteCount {
            try check()
            let bytes = try read(Int(min(Self.piece, byteCount - offset)), at: offset)
            hash.update(data: bytes)
            offset += Int64(bytes.count)
            progress?.add(bytes: Int64(bytes.count))
        }
        return hash.finalize().hexadecimal
    }
}
