import Foundation
import PGKeepModel
import Synchronization

/// A file in a vault off this machine, read by ranges; several threads read at once.
///
/// Big reads go straight to the store. Small ones are answered out of blocks, and those that follow one another fetch
/// bigger and bigger blocks: reading on takes few questions, reading here and there few bytes.
final class RcloneSource: ByteSource {
    let name: String
    let byteCount: Int64
    private let remote: String
    private let vault: RcloneVault
    private let blocks = Mutex<[Block]>([])

    private struct Block {
        var offset: Int64
        var bytes: [UInt8]
        var end: Int64 { offset + Int64(bytes.count) }
    }

    private static let smallest = 64 << 10
    private static let biggest = 4 << 20
    private static let most = 8

    init(name: String, byteCount: Int64, remote: String, vault: RcloneVault) {
        self.name = name
        self.byteCount = byteCount
        self.remote = remote
        self.vault = vault
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws {
        guard !buffer.isEmpty else { return }
        let end = offset + Int64(buffer.count)
        guard offset >= 0, end <= byteCount else {
            throw PGKeepError(.damaged, "\(name) ends before byte \(end)")
        }
        guard buffer.count < RcloneSource.smallest else { return try fetch(into: buffer, at: offset) }
        if answered(buffer, at: offset, end) { return }
        let size = Int(min(Int64(nextSize(at: offset)), byteCount - offset))
        let bytes = try [UInt8](unsafeUninitializedCapacity: size) { block, initialized in
            try fetch(into: UnsafeMutableRawBufferPointer(block), at: offset)
            initialized = size
        }
        bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[..<buffer.count])) }
        blocks.withLock { blocks in
            if blocks.count == RcloneSource.most { blocks.removeFirst() }
            blocks.append(Block(offset: offset, bytes: bytes))
        }
    }

    private func answered(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int64, _ end: Int64) -> Bool {
        blocks.withLock { blocks in
            guard let block = blocks.last(where: { $0.offset <= offset && end <= $0.end }) else { return false }
            let start = Int(offset - block.offset)
            block.bytes.withUnsafeBytes {
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<start + buffer.count]))
            }
            return true
        }
    }

    /// Twice the block that ends about here.
    private func nextSize(at offset: Int64) -> Int {
        let before = blocks.withLock { $0.last { $0.offset < offset && offset <= $0.end }?.bytes.count }
        return min(max(RcloneSource.smallest, (before ?? 0) * 2), RcloneSource.biggest)
    }

    /// A restore of hours must not end with one lost connection.
    private func fetch(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws {
        var pause: UInt32 = 250_000
        while true {
            do {
                return try vault.telling("could not read \(name) in \(vault.address)") {
                    try vault.rclone.read(name, in: remote, of: byteCount, into: buffer, at: offset)
                }
            } catch let error as PGKeepError where pause <= 1_000_000 && error.code == .unreachable {
                // What was lost is back in a moment, or it is lost for longer.
                usleep(pause)
                pause *= 2
            }
        }
    }
}
