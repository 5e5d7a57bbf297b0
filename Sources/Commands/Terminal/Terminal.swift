import Foundation
import PGKeepModel
import Synchronization

/// The two streams: data goes to standard output, talk to standard error, where a status line stays below it.
package final class Terminal: Sendable {
    private let state = Mutex((status: "", isAsking: false))
    private let output: Int32
    private let talk: Int32

    package init(output: Int32 = STDOUT_FILENO, talk: Int32 = STDERR_FILENO) {
        self.output = output
        self.talk = talk
    }

    /// Whether a person watches the talk.
    package var isWatched: Bool { isatty(talk) == 1 }

    /// Whether a person can answer a question.
    package var canAnswer: Bool { isatty(STDIN_FILENO) == 1 && isWatched }

    /// Writes data, a line feed added where one is missing.
    package func print(_ text: String) {
        if text.isEmpty { return }
        Terminal.write(text.hasSuffix("\n") ? text : text + "\n", to: output)
    }

    /// Writes bytes as they are. That whoever reads has gone is an error here: what is missing might not be noticed.
    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = Foundation.write(output, rest.baseAddress, rest.count)
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if errno != EINTR, errno != EAGAIN {
                let cause = String(cString: strerror(errno))
                throw PGKeepError(.failed, "could not write to standard output", cause: cause)
            }
        }
    }

    /// Writes a line of talk above the status line.
    package func say(_ line: String) {
        state.withLock { state in
            Terminal.write(state.status.isEmpty ? line + "\n" : "\r\u{1B}[K\(line)\n\(state.status)", to: talk)
        }
    }

    /// Shows a line that the next one replaces; empty takes it away.
    package func show(status text: String) {
        state.withLock { state in
            if state.isAsking || (state.status.isEmpty && text.isEmpty) { return }
            state.status = String(text.prefix(width - 1))
            Terminal.write("\r\u{1B}[K\(state.status)", to: talk)
        }
    }

    /// Asks a question, without a status line meanwhile; only `y` or `yes` is a yes. A cancelled task stops asking.
    package func confirm(_ question: String) async throws -> Bool {
        show(status: "")
        state.withLock { $0.isAsking = true }
        defer { state.withLock { $0.isAsking = false } }
        Terminal.write("\(question) [y/N] ", to: talk)
        var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        while poll(&input, 1, 0) == 0 { try await Task.sleep(for: .milliseconds(50)) }
        let answer = readLine()?.trimmingCharacters(in: .whitespaces).lowercased()
        return answer == "y" || answer == "yes"
    }

    private var width: Int {
        var size = winsize()
        guard ioctl(talk, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else { return 80 }
        return Int(size.ws_col)
    }

    /// Whoever reads may have gone (`pgkeep list | head`): that ends the writing, not the work.
    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
                if count > 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                } else if errno != EINTR, errno != EAGAIN {
                    return
                }
            }
        }
    }
}
