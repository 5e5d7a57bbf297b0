import Foundation
import PGKeepModel
import Synchronization

/// Blocking work on something that may hang in the kernel, such as a folder of another machine, for which nobody waits
/// for ever.
///
/// A thread that hangs can't be ended: it is left to itself. As long as one does, further work is refused at once, so
/// that a place which is away for days costs a few threads and not thousands.
package final class PatientWork: Sendable {
    private let place: String
    private let patience: Duration
    /// Threads that nobody waits for any more.
    private let hanging = Mutex(0)

    /// `place` is what may not answer: `the folder /mnt/nas/pgkeep`.
    package init(on place: String, patience: Duration = .seconds(30)) {
        self.place = place
        self.patience = patience
    }

    /// `moved` tells how far long work is: only work that stands still for so long is given up.
    package func run<Result: Sendable>(
        _ name: String, moved: (@Sendable () -> Int64)? = nil, _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        guard hanging.withLock({ $0 <= 0 }) else {
            throw PGKeepError(.unreachable, "\(place) still does not answer", hint: hint)
        }
        return try await withCheckedThrowingContinuation { continuation in
            let answer = Answer(continuation)
            let limit = Task {
                var last: Int64?
                repeat {
                    last = moved?()
                    // The patience itself: whoever comes second, the work or the limit, finds the question answered.
                    try await Task.sleep(for: patience)
                } while moved != nil && moved?() != last
                let silence = PGKeepError(
                    .unreachable, "\(place) has not answered for \(DurationText.of(patience))", hint: hint)
                if answer.give(.failure(silence)) { hanging.withLock { $0 += 1 } }
            }
            let thread = Thread {
                let result = Swift.Result(catching: body)
                limit.cancel()
                if !answer.give(result.mapError { $0 }) { self.hanging.withLock { $0 -= 1 } }
            }
            thread.name = name
            thread.stackSize = 4 << 20
            thread.start()
        }
    }

    private var hint: String { "mount; dmesg | tail   (is a network file system away?)" }
}

/// Whoever answers first is heard.
private final class Answer<Value: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Value, any Error>?>

    init(_ continuation: CheckedContinuation<Value, any Error>) { self.continuation = Mutex(continuation) }

    /// False if there was an answer already.
    func give(_ result: Result<Value, any Error>) -> Bool {
        let waiting = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        waiting?.resume(with: result)
        return waiting != nil
    }
}
