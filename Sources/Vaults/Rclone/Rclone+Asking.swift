import Foundation
import PGKeepModel

/// What rclone is asked.
extension Rclone {
    /// Asks one of rclone's remote-control commands.
    func call<Answer: Decodable>(
        _ command: String, _ question: RcloneQuestion = RcloneQuestion(),
        as answer: Answer.Type = RcloneAnswer.Done.self
    ) throws -> Answer {
        let body = try [UInt8](JSONEncoder().encode(question))
        var bytes: [UInt8] = []
        try exchange { (exchange) throws(SocketFailure) in
            let head = try exchange.ask(
                "POST", "/\(command)", headers: [("Content-Type", "application/json")], body: body)
            bytes = try exchange.body(head, to: "POST")
            return head.status == 200 ? nil : RcloneRefusal(status: head.status, body: bytes)
        }
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(bytes))
        } catch {
            throw PGKeepError(.failed, "rclone's answer to \(command) is not understood", cause: "\(error)")
        }
    }

    /// The length of a remote's file; nil if there is none.
    func length(of file: String, in remote: String) throws -> Int64? {
        var length: Int64?
        var isRefused = false
        try exchange { (exchange) throws(SocketFailure) in
            let head = try exchange.ask("HEAD", Rclone.path(remote, file))
            _ = try exchange.body(head, to: "HEAD")
            length = head.status == 200 ? head.length : nil
            isRefused = length == nil && head.status != 404
            return nil
        }
        guard isRefused else { return length }
        // The answer to a HEAD has no body that says why.
        try exchange { (exchange) throws(SocketFailure) in
            let head = try exchange.ask("GET", Rclone.path(remote, file), headers: [("Range", "bytes=0-0")])
            let body = try exchange.body(head, to: "GET")
            return RcloneRefusal(status: head.status, body: body)
        }
        return nil
    }

    /// Fills `buffer` from an offset of a remote's file, which is `byteCount` long.
    func read(
        _ file: String, in remote: String, of byteCount: Int64, into buffer: UnsafeMutableRawBufferPointer,
        at offset: Int64
    ) throws {
        let range = "\(offset)-\(offset + Int64(buffer.count) - 1)"
        try exchange { (exchange) throws(SocketFailure) in
            let head = try exchange.ask("GET", Rclone.path(remote, file), headers: [("Range", "bytes=\(range)")])
            let isWhole = head.status == 200 && Int64(buffer.count) == byteCount
            guard head.status == 206 || isWhole else {
                return RcloneRefusal(status: head.status, body: try exchange.body(head, to: "GET"))
            }
            guard head.length == Int64(buffer.count),
                isWhole || head.headers["content-range"] == "bytes \(range)/\(byteCount)"
            else {
                return RcloneRefusal(
                    status: 500,
                    message: "asked for bytes \(range) of \(byteCount), was given "
                        + (head.headers["content-range"] ?? "\(head.length ?? 0) bytes"))
            }
            try exchange.body(head, into: buffer)
            return nil
        }
    }

    /// rclone's version: major and minor.
    func version() throws -> [Int] { try call("core/version", as: RcloneAnswer.Version.self).decomposed }

    private static func path(_ remote: String, _ file: String) -> String {
        let plain = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        func escaped(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: plain) ?? text }
        return "/%5B\(escaped(remote))%5D/\(escaped(file))"
    }
}
