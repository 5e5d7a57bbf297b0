import PGKeepModel

/// Ends what takes too long by cancelling it.
enum TimeLimit {
    /// Runs `work`, which must heed cancellation; `doing` says what took too long: `asking the server`.
    static func within<Result: Sendable>(
        _ limit: Duration, doing: String, _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            if let result = try await group.next() ?? nil { return result }
            group.cancelAll()
            throw PGKeepError(.unreachable, "\(doing) took longer than \(DurationText.of(limit))")
        }
    }
}
