import Foundation
import PGKeepModel
import PGKeepPostgres

/// Work that blocks (libpq, compression, reading files), each piece on a thread of its own: the cooperative pool has
/// as many threads as cores, and a blocked one is missing to everybody.
enum BlockingWork {
    static func run<Result: Sendable>(
        _ name: String, _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Swift.Result(catching: body)) }
            thread.name = name
            thread.stackSize = 4 << 20
            thread.start()
        }
    }

    /// Runs `body` with a cancellation that follows the task's own.
    static func cancellable<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: (Cancellation) async throws -> Result
    ) async throws -> Result {
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await body(cancellation)
        } onCancel: {
            cancellation.cancel()
        }
    }
}

/// Runs several pieces of work to their ends, ends all when one fails, and tells the failure that explains most.
struct Crew {
    private var tasks: [@Sendable () async throws -> Void] = []

    mutating func add(_ task: @escaping @Sendable () async throws -> Void) { tasks.append(task) }

    /// `stop` is called once, at the first failure: it must make everything that blocks return.
    func run(stop: @escaping @Sendable (PGKeepError) -> Void) async throws {
        var failures: [any Error] = []
        await withTaskGroup(of: (any Error)?.self) { group in
            for task in tasks {
                group.addTask {
                    do {
                        try await task()
                        return nil
                    } catch { return error }
                }
            }
            for await failure in group {
                guard let failure else { continue }
                if failures.isEmpty {
                    stop((failure as? PGKeepError) ?? PGKeepError(.failed, "\(failure)"))
                    group.cancelAll()
                }
                failures.append(failure)
            }
        }
        if Task.isCancelled { throw PGKeepError(.interrupted, "interrupted") }
        if let failure = failures.min(by: { Crew.rank($0) < Crew.rank($1) }) { throw failure }
    }

    /// What was cut off because something else failed explains least.
    private static func rank(_ error: any Error) -> Int {
        guard let error = error as? PGKeepError else { return 2 }
        switch error.code {
        case .noSpace: return 0
        case .busy, .privileges: return 1
        case .unreachable: return 3
        case .interrupted: return 5
        default: return 4
        }
    }
}
