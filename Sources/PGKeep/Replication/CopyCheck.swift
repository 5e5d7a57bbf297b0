import Crypto
import Foundation
import PGKeepModel
import PGKeepVaults

/// Compares a copy with its original: by a hash that the store itself computed, else by reading parts of it back.
struct CopyCheck {
    let vault: any Vault
    let name: String
    let original: FileSource
    /// Told of bytes as they go by.
    let moved: @Sendable (Int64) -> Void
    let check: @Sendable () throws -> Void

    /// How much is read back at one place.
    private static let piece: Int64 = 64 << 10
    /// Up to so much a copy is read back whole.
    private static let small: Int64 = 1 << 20
    private static let samples = 16

    /// How it was compared, for people: `MD5`, `every byte`, `18 samples`; throws `damaged` if the two differ.
    func run() throws -> String {
        let copy = try vault.open(name)
        guard copy.byteCount == original.byteCount else {
            throw difference("it has \(copy.byteCount) bytes, the original \(original.byteCount)")
        }
        var ranges = ranges()
        if let stored = try vault.storedHash(name) {
            if try hash(stored.function) == stored.hex { return stored.function.title }
            // A store that encrypts by keys of its own tells something else than a hash of the bytes: these decide.
            ranges = CopyCheck.pieces(of: original.byteCount)
        }
        for range in ranges {
            try check()
            let count = Int(range.upperBound - range.lowerBound)
            guard try copy.read(count, at: range.lowerBound) == original.read(count, at: range.lowerBound) else {
                throw difference("it differs within bytes \(range.lowerBound) to \(range.upperBound)")
            }
            moved(Int64(count))
        }
        let isWhole = ranges.count == CopyCheck.pieces(of: original.byteCount).count
        return isWhole ? "every byte" : "\(ranges.count) samples"
    }

    /// Both ends, where header and footer are, and places between that nobody can foresee.
    private func ranges() -> [Range<Int64>] {
        let length = original.byteCount
        guard length > CopyCheck.small else { return CopyCheck.pieces(of: length) }
        let last = length - CopyCheck.piece
        let starts = [0] + (0..<CopyCheck.samples).map { _ in Int64.random(in: 0...last) } + [last]
        return starts.map { $0..<$0 + CopyCheck.piece }
    }

    /// All of it.
    private static func pieces(of length: Int64) -> [Range<Int64>] {
        stride(from: 0, to: length, by: Int(piece)).map { $0..<min($0 + piece, length) }
    }

    private func hash(_ function: StoredHash.Function) throws -> String {
        switch function {
        case .md5: try hash(Insecure.MD5())
        case .sha1: try hash(Insecure.SHA1())
        case .sha256: try hash(SHA256())
        }
    }

    private func hash(_ function: some HashFunction) throws -> String {
        var function = function
        let piece: Int64 = 1 << 20
        var offset: Int64 = 0
        while offset < original.byteCount {
            try check()
            let bytes = try original.read(Int(min(piece, original.byteCount - offset)), at: offset)
            function.update(data: bytes)
            offset += Int64(bytes.count)
            moved(Int64(bytes.count))
        }
        return function.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private func difference(_ cause: String) -> PGKeepError {
        PGKeepError(.damaged, "the copy of \(name) in \(vault.name) is not its original", cause: cause)
    }
}

extension StoredHash.Function {
    /// As people write it.
    fileprivate var title: String {
        switch self {
        case .md5: "MD5"
        case .sha1: "SHA-1"
        case .sha256: "SHA-256"
        }
    }
}
