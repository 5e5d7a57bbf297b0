import Foundation
import PGKeepModel

/// A connection to a server of this machine by its socket's path; it blocks, and every wait has a limit.
final class UnixConnection {
    private let descriptor: Int32
    private var received: [UInt8] = []
    private var position = 0

    init(_ path: String, waitingAtMost seconds: Int) throws(SocketFailure) {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketFailure(errno) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < room else { throw SocketFailure(ENAMETOOLONG) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw SocketFailure(errno) }
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    deinit { close(descriptor) }

    func send(_ bytes: [UInt8]) throws(SocketFailure) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.send(
                    descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SocketFailure(errno) }
            done += count
        }
    }

    /// A line without its CR LF.
    func line() throws(SocketFailure) -> String {
        var line: [UInt8] = []
        while true {
            if position == received.count { try receive() }
            let byte = received[position]
            position += 1
            if byte == UInt8(ascii: "\n") { break }
            line.append(byte)
            guard line.count < 64 << 10 else { throw SocketFailure(EMSGSIZE) }
        }
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return String(decoding: line, as: UTF8.self)
    }

    /// Fills all of `buffer`.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(SocketFailure) {
        let waiting = min(received.count - position, buffer.count)
        received.withUnsafeBytes {
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[position..<position + waiting]))
        }
        position += waiting
        var done = waiting
        while done < buffer.count {
            let count = recv(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, 0)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SocketFailure(errno) }
            guard count > 0 else { throw SocketFailure.ended }
            done += count
        }
    }

    private func receive() throws(SocketFailure) {
        received = [UInt8](repeating: 0, count: 16 << 10)
        position = 0
        var count: Int
        repeat {
            count = recv(descriptor, &received, received.count, 0)
        } while count < 0 && errno == EINTR
        let number = errno
        received.removeLast(received.count - max(count, 0))
        guard count >= 0 else { throw SocketFailure(number) }
        guard count > 0 else { throw SocketFailure.ended }
    }
}

/// Why a socket gave nothing.
struct SocketFailure: Error, Equatable {
    let number: Int32

    init(_ number: Int32) { self.number = number }

    /// The other side closed it.
    static let ended = SocketFailure(EPIPE)

    /// Whether the other side had closed it before it was asked anything: then asking again harms nothing.
    var isClosed: Bool { number == EPIPE || number == ECONNRESET }
    var isTimeout: Bool { number == EAGAIN || number == EWOULDBLOCK }
    var text: String { isTimeout ? "no answer in time" : String(cString: strerror(number)) }
}
