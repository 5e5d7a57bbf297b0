import Foundation
import Synchronization

/// Stands between a store and whoever asks it, counts the bytes it answers with, and gets in the way as it is told to.
package final class StoreProxy: Sendable {
    package enum Way: Sendable, Equatable {
        case open
        /// Every connection is closed as soon as it is made.
        case refusing
        /// Nothing is answered.
        case hanging
        /// Of answers in one connection so many bytes come through, then it is closed.
        case cutting(after: Int)
        /// So many bytes a second in each connection.
        case slow(Int)
        /// Each question is answered with an error of S3's, which the store never sees.
        case answering(status: Int, code: String)
    }

    package let port: Int
    private let listener: Int32
    private let target: Int
    private let way = Mutex(Way.open)
    private let counted = Atomic<Int>(0)

    package init(to target: Int) throws {
        self.target = target
        port = try LoopbackPort.free()
        listener = try LoopbackPort.listen(on: port)
        start { [listener] in
            while case let client = accept(listener, nil, nil), client >= 0 { self.serve(client) }
        }
    }

    /// Bytes of answers that came through so far.
    package var bytes: Int { counted.load(ordering: .relaxed) }

    package func become(_ new: Way) { way.withLock { $0 = new } }

    /// Ends it: its thread holds it until then.
    package func end() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func serve(_ client: Int32) {
        if case .answering(let status, let code) = way.withLock(\.self) {
            return start { StoreProxy.answer(client, status, code) }
        }
        guard way.withLock(\.self) != .refusing, let store = LoopbackPort.connected(to: target) else {
            close(client)
            return
        }
        let link = Link(client: client, store: store)
        start { self.pump(from: client, to: store, link) { _ in } }
        start {
            var sent = 0
            self.pump(from: store, to: client, link) { count in
                sent += count
                self.counted.add(count, ordering: .relaxed)
                switch self.way.withLock(\.self) {
                case .open: break
                case .cutting(let most): if sent > most { link.cut() }
                case .slow(let rate): usleep(UInt32(count * 1_000_000 / max(rate, 1)))
                case .refusing, .answering: link.cut()
                case .hanging:
                    // Until the other side gives up.
                    while self.way.withLock(\.self) == .hanging, !link.isCut { usleep(20_000) }
                }
            }
        }
    }

    private static func answer(_ client: Int32, _ status: Int, _ code: String) {
        var asked: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while !String(decoding: asked, as: UTF8.self).contains("\r\n\r\n"),
            case let count = recv(client, &buffer, buffer.count, 0), count > 0
        { asked += buffer[..<count] }
        let body = "<?xml version=\"1.0\"?><Error><Code>\(code)</Code><Message>\(code), in words</Message></Error>"
        let head = "HTTP/1.1 \(status) Error\r\nContent-Type: application/xml\r\nConnection: close\r\n"
        let isHead = asked.starts(with: "HEAD".utf8)
        let text = "\(head)Content-Length: \(body.utf8.count)\r\n\r\n\(isHead ? "" : body)"
        _ = send(client, text, text.utf8.count, Int32(MSG_NOSIGNAL))
        close(client)
    }

    /// What came is passed on after it was looked at, so that what is cut off doesn't arrive.
    private func pump(from: Int32, to: Int32, _ link: Link, look: (Int) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while case let count = recv(from, &buffer, buffer.count, 0), count > 0 {
            look(count)
            guard !link.isCut, send(to, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
        }
        link.cut()
        link.leave()
    }

    private func start(_ body: @escaping @Sendable () -> Void) {
        let thread = Thread { body() }
        thread.name = "store proxy"
        thread.start()
    }

    /// Two sockets that are cut together, and closed when both directions are done with.
    private final class Link: Sendable {
        private let sockets: [Int32]
        private let state = Mutex((isCut: false, users: 2))

        init(client: Int32, store: Int32) { sockets = [client, store] }

        var isCut: Bool { state.withLock(\.isCut) }

        func cut() {
            state.withLock { state in
                guard !state.isCut else { return }
                state.isCut = true
                for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
            }
        }

        func leave() {
            let isLast = state.withLock { state in
                state.users -= 1
                return state.users == 0
            }
            if isLast { for socket in sockets { close(socket) } }
        }
    }
}
