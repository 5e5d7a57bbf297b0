import Dispatch
import Foundation
import PGKeepModel
import Synchronization

/// The one rclone of a process, started when it is first needed and ended when it has rested for a while.
///
/// It answers on a Unix socket: a question takes a millisecond, where a new process takes 60 and 64 MB. Credentials
/// reach it through its environment alone; neither its arguments nor its questions hold any.
package final class Rclone: Sendable {
    /// The one of this process, with the process's own environment.
    package static let shared = Rclone()

    let environment: RcloneEnvironment
    private let state = Mutex(State())
    /// How long it stays without being asked anything.
    private static let rest = Duration.seconds(60)
    /// How many seconds an answer may take: rclone itself gives up long before.
    private static let patience = 600

    private struct State {
        var process: RcloneProcess?
        var idle: [HTTPExchange] = []
        var users = 0
        var lastUse = ContinuousClock.now
        var isWatched = false
    }

    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.environment = RcloneEnvironment(environment)
    }

    deinit { state.withLock { $0.process?.end() } }

    /// Keeps it running while `body` runs, and lends its folder for files on their way.
    func kept<Result>(_ body: (String) throws -> Result) throws -> Result {
        let process = try begin()
        defer { finish(nil) }
        return try body(process.folder)
    }

    /// One question and its answer; `ask` says why rclone refuses, nil if it doesn't.
    ///
    /// A connection that rclone closed meanwhile is replaced, and an rclone that died is started again, once each: in
    /// both cases the question was not heard.
    func exchange(_ ask: (HTTPExchange) throws(SocketFailure) -> RcloneRefusal?) throws {
        var isFirst = true
        var wasRestarted = false
        while true {
            let process = try begin()
            let waiting = isFirst ? state.withLock { $0.idle.popLast() } : nil
            isFirst = false
            var connected = waiting
            var refusal: RcloneRefusal?
            var failure: SocketFailure?
            do throws(SocketFailure) {
                let exchange: HTTPExchange
                if let waiting {
                    exchange = waiting
                } else {
                    exchange = try HTTPExchange(process.socket, waitingAtMost: Rclone.patience)
                }
                connected = exchange
                refusal = try ask(exchange)
            } catch { failure = error }
            finish(connected)
            guard let failure else {
                if let refusal { throw refusal }
                return
            }
            if connected == nil, !wasRestarted {
                wasRestarted = true
                end(process)
            } else if waiting == nil || !failure.isClosed {
                throw RcloneRefusal(status: 502, message: "rclone's answer broke off: \(failure.text)")
            }
        }
    }

    /// Ends rclone now; the next question starts another.
    package func end() {
        guard let process = state.withLock({ $0.process }) else { return }
        end(process)
    }

    private func end(_ process: RcloneProcess) {
        let isOurs = state.withLock { state in
            guard state.process === process else { return false }
            state.process = nil
            state.idle = []
            return true
        }
        if isOurs { process.end() }
    }

    private func begin() throws -> RcloneProcess {
        try state.withLock { state in
            let process = try state.process ?? RcloneProcess(environment)
            state.process = process
            state.users += 1
            return process
        }
    }

    private func finish(_ exchange: HTTPExchange?) {
        let watch = state.withLock { state in
            state.users -= 1
            state.lastUse = .now
            if let exchange, exchange.isReusable, state.idle.count < 16 { state.idle.append(exchange) }
            defer { state.isWatched = true }
            return !state.isWatched
        }
        if watch { watchRest() }
    }

    private func watchRest() {
        DispatchQueue.global().asyncAfter(deadline: .now() + 60) { [weak self] in
            guard let self else { return }
            let rested: RcloneProcess?? = state.withLock { state in
                guard state.users == 0, state.lastUse.duration(to: .now) >= Rclone.rest else { return nil }
                state.isWatched = false
                return .some(state.process)
            }
            switch rested {
            case .none: watchRest()
            case .some(let process): process.map(end)
            }
        }
    }
}
