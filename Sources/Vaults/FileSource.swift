import Foundation
import PGKeepModel

/// A file to read ranges of.
package final class FileSource: ByteSource {
    package let name: String
    package let byteCount: Int64
    private let descriptor: Int32

    package init(_ path: String) throws {
        name = (path as NSString).lastPathComponent
        descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { throw PGKeepError(.noSuchArchive, "there is no \(path)", hint: "pgkeep list") }
            throw SystemFailure.error("could not open \(path)", path: (path as NSString).deletingLastPathComponent)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw SystemFailure.error("could not look at \(path)", path: path)
        }
        byteCount = Int64(status.st_size)
    }

    deinit { close(descriptor) }

    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws {
        var done = 0
        while done < buffer.count {
            let count = pread(
                descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, Int(offset) + done)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemFailure.error("could not read \(name)", path: name) }
            guard count > 0 else { throw PGKeepError(.damaged, "\(name) ends at byte \(offset + Int64(done))") }
            done += count
        }
    }
}
