import PGKeepModel

/// Ends work that stands still: a server that accepts connections and never answers must not hold up everything.
enum StallWatch {
    /// Runs `work`, and cancels it once `progress` has not changed for `limit`.
    static func guarding<Result: Sendable>(
        _ progress: Progress, limit: Duration, _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Outcome<Result>.self) { group in
            group.addTask { .done(await Swift.Result { try await work() }) }
            group.addTask { await standstill(of: progress, limit) ? .stalled : .ended }
            var stalled = false
            while let outcome = try await group.next() {
                switch outcome {
                case .done(let result):
                    group.cancelAll()
                    guard stalled, case .failure = result else { return try result.get() }
                    throw PGKeepError(
                        .unreachable, "nothing moved for \(DurationText.of(limit)), the run was given up",
                        cause: "while it was at: \(progress.phase)",
                        hint: "psql -c \"SELECT pid, state, wait_event_type, wait_event, query FROM pg_stat_activity\"")
                case .stalled:
                    stalled = true
                    group.cancelAll()
                case .ended: break
                }
            }
            throw PGKeepError(.interrupted, "interrupted")
        }
    }

    private enum Outcome<Result: Sendable>: Sendable {
        case done(Swift.Result<Result, any Error>)
        case stalled
        case ended
    }

    /// True as soon as nothing has changed for so long; false if the work ended before.
    private static func standstill(of progress: Progress, _ limit: Duration) async -> Bool {
        let clock = ContinuousClock()
        var last = Sight(progress)
        var since = clock.now
        while true {
            do {
                // Counters don't call: they are looked at, a few times within the limit.
                try await clock.sleep(for: min(limit / 4, .seconds(5)))
            } catch {
                return false
            }
            let sight = Sight(progress)
            if sight != last { (last, since) = (sight, clock.now) }
            if since.duration(to: clock.now) >= limit { return true }
        }
    }

    private struct Sight: Equatable {
        var phase: String
        var bytes: Int64
        var rows: Int64

        init(_ progress: Progress) {
            (phase, bytes, rows) = (progress.phase, progress.doneBytes, progress.rows)
        }
    }
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
