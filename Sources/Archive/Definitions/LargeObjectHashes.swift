import Crypto
import Foundation
import PGKeepModel

/// Hashes the large objects that a dump writes, piece by piece, however the pieces were cut.
package struct LargeObjectHashes: Sendable {
    /// What an object holds.
    package struct Content: Sendable, Hashable {
        package var bytes: Int64
        /// Of its content in hexadecimal digits, as the dump writes it.
        package var sha256: String

        package init(bytes: Int64, sha256: String) {
            self.bytes = bytes
            self.sha256 = sha256
        }
    }

    package private(set) var contents: [UInt32: Content] = [:]
    private var open: (number: UInt32, hash: SHA256, digits: Int64)?

    private static let opening = Array("SELECT pg_catalog.lo_open('".utf8)
    private static let writing = Array("SELECT pg_catalog.lowrite(0, '\\x".utf8)

    /// Takes a line of the entry that holds contents.
    mutating func line(_ line: UnsafeRawBufferPointer) {
        if line.starts(with: LargeObjectHashes.writing) {
            let digits = UnsafeRawBufferPointer(rebasing: line[LargeObjectHashes.writing.count...])
            let end = digits.firstIndex(of: .quote) ?? digits.count
            let piece = UnsafeRawBufferPointer(rebasing: digits[..<end])
            open?.hash.update(bufferPointer: piece)
            open?.digits += Int64(piece.count)
        } else if line.starts(with: LargeObjectHashes.opening) {
            let rest = line[LargeObjectHashes.opening.count...].prefix { $0 != .quote }
            guard let number = UInt32(String(decoding: rest, as: UTF8.self)), number != open?.number else { return }
            finish()
            open = (number, SHA256(), 0)
        }
    }

    /// Closes the last one.
    mutating func finish() {
        guard let (number, hash, digits) = open else { return }
        contents[number] = Content(bytes: digits / 2, sha256: hash.finalize().hexadecimal)
        open = nil
    }
}
