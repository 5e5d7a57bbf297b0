import Foundation
import PGKeep
import Synchronization
import Testing

/// A time that stands still while anybody works, and goes on to the next alarm as soon as all sleep.
final class SimulatedTime: Sendable {
    private struct State {
        var now: Date
        var number = 0
        var sleepers: [Int: (until: Date, wake: CheckedContinuation<Void, any Error>)] = [:]
    }

    private let state: Mutex<State>

    init(_ start: Date) { state = Mutex(State(now: start)) }

    var now: Date { state.withLock(\.now) }

    var clock: KeeperClock {
        KeeperClock(now: { self.now }, sleep: { try await self.sleep(until: $0) })
    }

    /// Goes on until then, as long as `loops` tasks sleep between what they do.
    func run(until end: Date, loops: Int) async throws {
        while now < end {
            try await until("the loops are at work for ever") { self.state.withLock { $0.sleepers.count } == loops }
            let woken = state.withLock { state in
                state.now = min(state.sleepers.values.map(\.until).min() ?? end, end)
                let due = state.sleepers.filter { $0.value.until <= state.now }
                for number in due.keys { state.sleepers[number] = nil }
                return due.values.map(\.wake)
            }
            for wake in woken { wake.resume() }
        }
    }

    /// Sets the clock. Whoever sleeps wakes: nobody sleeps for long on a clock that somebody may set.
    func jump(to date: Date) {
        let woken = state.withLock { state in
            state.now = date
            defer { state.sleepers = [:] }
            return state.sleepers.values.map(\.wake)
        }
        for wake in woken { wake.resume() }
    }

    private func sleep(until date: Date) async throws {
        let number = state.withLock { state in
            state.number += 1
            return state.number
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { wake in
                let isOver = state.withLock { state in
                    if Task.isCancelled || date <= state.now { return true }
                    state.sleepers[number] = (date, wake)
                    return false
                }
                guard isOver else { return }
                wake.resume(with: Task.isCancelled ? .failure(CancellationError()) : .success(()))
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?.wake.resume(throwing: CancellationError())
        }
    }
}
