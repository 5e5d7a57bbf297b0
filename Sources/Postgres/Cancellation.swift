import PGKeepModel
import Synchronization

/// Ends blocking work from outside: connections are cut, loops stop at their next look.
package final class Cancellation: Sendable {
    private struct State {
        var isCancelled = false
        var next = 0
        var actions: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package var isCancelled: Bool { state.withLock(\.isCancelled) }

    /// Throws once the work was cancelled.
    package func check() throws {
        if isCancelled { throw Cancellation.error }
    }

    /// Runs every action that is registered, and any registered later at once.
    package func cancel() {
        let actions = state.withLock { state in
            state.isCancelled = true
            return state.actions.values.map(\.self)
        }
        for action in actions { action() }
    }

    /// Registers what ends one piece of work; the number unregisters it.
    func onCancel(_ action: @escaping @Sendable () -> Void) -> Int {
        let (number, late) = state.withLock { state in
            state.next += 1
            state.actions[state.next] = action
            return (state.next, state.isCancelled)
        }
        if late { action() }
        return number
    }

    func forget(_ number: Int) { _ = state.withLock { $0.actions.removeValue(forKey: number) } }

    static let error = PGKeepError(.interrupted, "interrupted")
}
