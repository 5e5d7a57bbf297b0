import Foundation
import PGKeepModel
import Synchronization

@testable import PGKeepArchive

/// Lengths of the text of the first segment, and of each after it.
let firstSegment = (1 << 20) - 16 - 40
let laterSegment = (1 << 20) - 16

/// Bytes that look like nothing, the same for the same seed.
func noise(_ count: Int, seed: Int = 7) -> [UInt8] {
    var random = SeededGenerator(seed)
    var bytes = [UInt8](repeating: 0, count: count)
    bytes.withUnsafeMutableBytes { bytes in
        for place in stride(from: 0, to: count - 7, by: 8) {
            bytes.storeBytes(of: random.next(), toByteOffset: place, as: UInt64.self)
        }
    }
    return bytes
}

/// Seals a text that is written in these pieces, in this order.
func sealed(
    _ text: [UInt8], for recipients: [Recipient], pieces: [Range<Int>]? = nil
) throws -> (file: MemoryFile, seal: Seal) {
    let file = MemoryFile()
    let sink = try SealingSink(file, for: recipients)
    try text.withUnsafeBytes { text in
        for piece in pieces ?? [0..<text.count] {
            try sink.write(UnsafeRawBufferPointer(rebasing: text[piece]), at: Int64(piece.lowerBound))
        }
    }
    return (file, try sink.finish())
}

/// A text cut at random places.
func pieces(of count: Int, upTo most: Int, _ random: inout SeededGenerator) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var start = 0
    while start < count {
        let end = min(count, start + 1 + random.below(most))
        pieces.append(start..<end)
        start = end
    }
    return pieces
}

/// A source that counts what is read of it.
final class CountingSource: ByteSource {
    private let source: any ByteSource
    private let count = Mutex<Int64>(0)

    init(_ source: any ByteSource) { self.source = source }

    var name: String { source.name }
    var byteCount: Int64 { source.byteCount }
    var bytesRead: Int64 { count.withLock { $0 } }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws {
        count.withLock { $0 += Int64(buffer.count) }
        try source.read(into: buffer, at: offset)
    }
}
