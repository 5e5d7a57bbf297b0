import CGNU
import Foundation
import PGKeepArchive
import PGKeepModel

/// The pipe that pg_dump writes into, and what reads it.
struct DumpPipe: Sendable {
    let writeEnd: Int32
    private let readEnd: Int32

    init() throws {
        var ends: [Int32] = [0, 0]
        guard pipe2(&ends, O_CLOEXEC) == 0 else {
            throw PGKeepError(.failed, "no pipe could be made", cause: String(cString: strerror(errno)))
        }
        _ = fcntl(ends[1], pgkeep_set_pipe_size, 1 << 20)
        (readEnd, writeEnd) = (ends[0], ends[1])
    }

    /// Gives a scanner all that comes, on this thread, and closes the end that is read.
    func feed<Visitor: DumpVisitor>(_ scanner: inout DumpScanner<Visitor>) throws {
        defer { close(readEnd) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = read(readEnd, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw PGKeepError(.failed, "could not read from pg_dump", cause: "errno \(errno)") }
            if count == 0 { return }
            try scanner.feed(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
        }
    }
}
