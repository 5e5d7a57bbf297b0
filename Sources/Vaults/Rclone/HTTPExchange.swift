import Foundation
import PGKeepModel

/// A question to rclone and its answer, in HTTP/1.1 (RFC 9112), one after the other on one connection.
///
/// Unchecked, for Rclone lends it to one at a time.
final class HTTPExchange: @unchecked Sendable {
    private let connection: UnixConnection
    /// Whether another question can follow on the connection.
    private(set) var isReusable = true

    init(_ path: String, waitingAtMost seconds: Int) throws(SocketFailure) {
        connection = try UnixConnection(path, waitingAtMost: seconds)
    }

    struct Head {
        var status: Int
        var headers: [String: String]
        var length: Int64? { headers["content-length"].flatMap { Int64($0) } }
        var isChunked: Bool { headers["transfer-encoding"]?.lowercased() == "chunked" }
    }

    func ask(
        _ method: String, _ path: String, headers: [(String, String)] = [], body: [UInt8] = []
    ) throws(SocketFailure) -> Head {
        isReusable = false
        var text = "\(method) \(path) HTTP/1.1\r\nHost: rclone\r\nContent-Length: \(body.count)\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        try connection.send(Array((text + "\r\n").utf8) + body)
        var status = 100
        var found: [String: String] = [:]
        while status == 100 {
            let words = try connection.line().split(separator: " ", maxSplits: 2)
            guard words.count >= 2, let number = Int(words[1]) else { throw SocketFailure(EPROTO) }
            status = number
            found = [:]
            while case let line = try connection.line(), !line.isEmpty {
                guard let colon = line.firstIndex(of: ":") else { throw SocketFailure(EPROTO) }
                found[line[..<colon].lowercased()] = line[line.index(after: colon)...]
                    .trimmingCharacters(in: .whitespaces)
            }
        }
        return Head(status: status, headers: found)
    }

    /// The whole of an answer's body, which the head says the length of.
    func body(_ head: Head, to method: String) throws(SocketFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        if method == "HEAD" || head.status == 204 || head.status == 304 {
            // There is none.
        } else if head.isChunked {
            while true {
                let size = try connection.line().prefix { $0 != ";" }
                guard let count = Int(size, radix: 16), count >= 0 else { throw SocketFailure(EPROTO) }
                bytes += try read(count)
                guard try connection.line().isEmpty || count == 0 else { throw SocketFailure(EPROTO) }
                if count == 0 { break }
            }
        } else {
            guard let length = head.length else { throw SocketFailure(EPROTO) }
            bytes = try read(Int(length))
        }
        finished(head)
        return bytes
    }

    /// Fills `buffer` with a body of just its length.
    func body(_ head: Head, into buffer: UnsafeMutableRawBufferPointer) throws(SocketFailure) {
        try connection.read(into: buffer)
        finished(head)
    }

    private func finished(_ head: Head) { isReusable = head.headers["connection"]?.lowercased() != "close" }

    private func read(_ count: Int) throws(SocketFailure) -> [UInt8] {
        // An array's own initializer can't throw typed errors.
        var bytes = [UInt8](repeating: 0, count: count)
        var failure: SocketFailure?
        bytes.withUnsafeMutableBytes { buffer in
            do throws(SocketFailure) { try connection.read(into: buffer) } catch { failure = error }
        }
        if let failure { throw failure }
        return bytes
    }
}
