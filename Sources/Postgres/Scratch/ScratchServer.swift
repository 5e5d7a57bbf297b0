import CLibPQ
import Foundation
import PGKeepModel
import Subprocess
import Synchronization

/// A PostgreSQL server of our own in a temporary folder, on a Unix socket only, gone when its scope ends.
///
/// A shell stands between it and us, whose input is a pipe that we hold: whatever ends us closes the pipe, and the
/// shell then ends the server (`ScratchProcess`). What it leaves on the disk the next server removes
/// (`ScratchFolder`).
package enum ScratchServer {
    /// Starts a server of the tools' version, runs `body` with the way to its database `postgres`, stops it and
    /// removes its folder, whatever came.
    package static func with<Result: Sendable>(
        _ initdb: Tool, in parent: String, settings: [String: String] = [:], limits: ScratchLimits = ScratchLimits(),
        _ body: @escaping @Sendable (ConnectionString) async throws -> Result
    ) async throws -> Result {
        let folder = try await ScratchFolder(in: parent)
        do {
            let result = try await serve(initdb, folder, settings, limits, body)
            // The result counts whether or not the folder can be removed; what stays of it, the next server removes.
            try? await folder.remove()
            return result
        } catch {
            // The first failure is what matters; the next server removes what stays.
            try? await folder.remove()
            throw error
        }
    }

    private static func serve<Result: Sendable>(
        _ initdb: Tool, _ folder: ScratchFolder, _ settings: [String: String], _ limits: ScratchLimits,
        _ body: @escaping @Sendable (ConnectionString) async throws -> Result
    ) async throws -> Result {
        try await makeCluster(initdb, folder)
        let ended = Ended()
        var arguments = ["-D", folder.data, "-k", folder.path, "-p", "5432", "-c", "listen_addresses="]
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) { arguments += ["-c", "\(name)=\(value)"] }
        return try await withThrowingTaskGroup(of: Result?.self) { [arguments] group in
            group.addTask {
                let ending = try await ScratchProcess.run("\(initdb.folder)/postgres", arguments, in: folder)
                try Task.checkCancellation()
                throw ended.note(ending.error("the scratch server ended"))
            }
            group.addTask {
                do {
                    try await waitUntilReady(folder)
                    return try await body(
                        try ConnectionString("host='\(folder.path)' port=5432 user=postgres dbname=postgres"))
                } catch let error as PGKeepError where error.code == .unreachable {
                    throw await ended.reason(instead: error)
                }
            }
            group.addTask { try await limits.watch(folder) }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw PGKeepError(.failed, "the scratch server ended")
        }
    }

    private static func makeCluster(_ initdb: Tool, _ folder: ScratchFolder) async throws {
        let ending = try await ScratchProcess.run(
            initdb.path,
            [
                "-D", folder.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
                "--no-instructions",
            ], in: folder)
        try Task.checkCancellation()
        guard ending.status.isSuccess else { throw ending.error("initdb failed in \(folder.path)") }
    }

    private static func waitUntilReady(_ folder: ScratchFolder) async throws {
        let deadline = ContinuousClock.now.advanced(by: .seconds(60))
        while PQping("host='\(folder.path)' port=5432 user=postgres dbname=postgres") != PQPING_OK {
            guard ContinuousClock.now < deadline else {
                throw PGKeepError(
                    .unreachable, "the scratch server in \(folder.path) did not start within 60 s",
                    cause: folder.lastWords())
            }
            // It accepts connections when it does; nobody tells when.
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Why the server ended by itself, once that is known.
    private final class Ended: Sendable {
        private let error = Mutex<PGKeepError?>(nil)

        func note(_ found: PGKeepError) -> PGKeepError {
            error.withLock { $0 = found }
            return found
        }

        /// A lost connection tells less than why the server ended, which is known a moment later.
        func reason(instead lost: PGKeepError) async -> PGKeepError {
            for _ in 0..<20 {
                if let known = error.withLock({ $0 }) { return known }
                do {
                    // The process is on its way to its end, or it never ends.
                    try await Task.sleep(for: .milliseconds(100))
                } catch {
                    return lost
                }
            }
            return lost
        }
    }
}
