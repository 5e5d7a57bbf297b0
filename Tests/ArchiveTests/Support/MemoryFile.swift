import PGKeepModel
import Synchronization

/// A file in memory: grows where it is written to.
final class MemoryFile: ByteSink, ByteSource {
    let name = "memory.sql.gz"
    private let contents: Mutex<[UInt8]>

    init(_ bytes: [UInt8] = []) { contents = Mutex(bytes) }

    var bytes: [UInt8] { contents.withLock { $0 } }
    var byteCount: Int64 { contents.withLock { Int64($0.count) } }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) {
        contents.withLock { contents in
            let end = Int(offset) + bytes.count
            if contents.count < end { contents += [UInt8](repeating: 0, count: end - contents.count) }
            contents.withUnsafeMutableBytes {
                UnsafeMutableRawBufferPointer(rebasing: $0[Int(offset)..<end]).copyMemory(from: bytes)
            }
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) {
        contents.withLock { contents in
            contents.withUnsafeBytes {
                buffer.copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: $0[Int(offset)..<(Int(offset) + buffer.count)]))
            }
        }
    }
}
