import Dispatch
import Foundation
import PGKeepModel
import Synchronization

/// Ctrl-C and SIGTERM: the first one cancels the work, which cleans up after itself; the second one ends at once.
enum Interruption {
    /// Runs the work so that a signal cancels it; what then fails ends with the signal's status.
    static func heeding(_ work: @escaping @Sendable () async throws -> Void) async throws {
        let task = Task { try await work() }
        let received = ReceivedSignal()
        let queue = DispatchQueue(label: "pgkeep.signals")
        let sources = [SIGINT, SIGTERM].map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                if received.isFirst(number) { task.cancel() } else { _exit(128 + number) }
            }
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        do {
            try await task.value
        } catch {
            guard let number = received.number else { throw error }
            throw Interrupted(signal: number, by: error)
        }
    }
}

/// The work ended because of a signal.
struct Interrupted: Error {
    let signal: Int32
    /// What the work threw, where it is more than the news that it was cancelled.
    let rest: PGKeepError?

    init(signal: Int32, by error: any Error) {
        self.signal = signal
        rest = (error as? PGKeepError).flatMap { $0.code == .interrupted ? nil : $0 }
    }

    var status: ExitStatus { signal == SIGTERM ? .terminated : .interrupted }
}

/// The first signal that came.
private final class ReceivedSignal: Sendable {
    private let first = Mutex<Int32?>(nil)

    var number: Int32? { first.withLock { $0 } }

    func isFirst(_ number: Int32) -> Bool {
        first.withLock { first in
            guard first == nil else { return false }
            first = number
            return true
        }
    }
}
