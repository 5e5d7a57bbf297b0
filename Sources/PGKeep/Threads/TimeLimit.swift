import PGKeepModel

/// Ends what takes too long by cancelling it.
enum TimeLimit {
    /// Runs `work`, which must heed cancellation; `doing` says what took too long: `asking the server`.
    static func within<Result: Sendable>(
        _ limit: Duration, doing: String, _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        if let result = try await result(within: limit, of: work) { return result }
        throw PGKeepError(.unreachable, "\(doing) took longer than \(DurationText.of(limit))")
    }

    /// The same; nil when the time is over.
    static func result<Result: Sendable>(
        within limit: Duration, of work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result? {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                // The limit itself: whichever of the two ends first cancels the other.
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
