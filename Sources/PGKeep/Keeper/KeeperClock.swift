package import Foundation

/// The time a keeper lives in: the machine's, or a test's.
package struct KeeperClock: Sendable {
    package let now: @Sendable () -> Date
    /// Returns at the moment, or somewhat before it; throws when the task is cancelled.
    package let sleep: @Sendable (_ until: Date) async throws -> Void

    package init(now: @escaping @Sendable () -> Date, sleep: @escaping @Sendable (_ until: Date) async throws -> Void) {
        self.now = now
        self.sleep = sleep
    }

    /// The machine's time. It may be set, or the machine may sleep: no pause is longer than this, whatever was asked.
    private static let longestPause: TimeInterval = 5

    package static let machine = KeeperClock(
        now: { Date() },
        sleep: { date in
            let pause = min(max(date.timeIntervalSinceNow, 0.01), longestPause)
            // Short, since this timer stands still while the machine sleeps and knows nothing of a clock that is set.
            try await Task.sleep(for: .seconds(pause), tolerance: .milliseconds(100))
        })
}
