import CLibPQ
import Foundation
import PGKeepModel
import Subprocess
import SystemPackage

/// A PostgreSQL server of our own in a temporary folder, on a Unix socket only, gone when its scope ends.
package enum ScratchServer {
    /// Starts a server of the tools' version, runs `body` with the way to its database `postgres`, stops it and
    /// removes its folder, whatever came.
    package static func with<Result: Sendable>(
        _ initdb: Tool, in parent: String, settings: [String: String] = [:],
        _ body: @escaping @Sendable (ConnectionString) async throws -> Result
    ) async throws -> Result {
        let folder = "\(parent)/pgkeep-scratch-\(UUID().uuidString.prefix(8).lowercased())"
        let user = try unprivilegedUser()
        try makeFolder(folder, for: user)
        do {
            let result = try await serve(initdb, folder, user, settings, body)
            try FileManager.default.removeItem(atPath: folder)
            return result
        } catch {
            // The first failure is what matters; a folder that stays lies in the temporary directory.
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    private struct User {
        var id: uid_t
        var group: gid_t
    }

    private static func serve<Result: Sendable>(
        _ initdb: Tool, _ folder: String, _ user: User?, _ settings: [String: String],
        _ body: @escaping @Sendable (ConnectionString) async throws -> Result
    ) async throws -> Result {
        let data = "\(folder)/data"
        let made = try await Subprocess.run(
            .path(FilePath(initdb.path)),
            arguments: [
                "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
                "--no-instructions",
            ], workingDirectory: FilePath(folder), platformOptions: options(for: user), output: .discarded,
            error: .string(limit: 1 << 16))
        guard made.terminationStatus.isSuccess else {
            throw PGKeepError(.failed, "initdb failed in \(folder)", cause: made.standardError.trimmed)
        }
        var arguments = ["-D", data, "-k", folder, "-c", "listen_addresses="]
        for (name, value) in settings.sorted(by: { $0.key < $1.key }) { arguments += ["-c", "\(name)=\(value)"] }
        var options = options(for: user)
        // SIGINT is a fast shutdown: sessions end, the server stops.
        options.teardownSequence = [.send(signal: .interrupt, allowedDurationToNextStep: .seconds(20))]
        let server = (arguments: Arguments(arguments), options: options)
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                let ended = try await Subprocess.run(
                    .path(FilePath("\(initdb.folder)/postgres")), arguments: server.arguments,
                    workingDirectory: FilePath(folder), platformOptions: server.options, input: .none,
                    output: .discarded, error: .string(limit: 8 << 20))
                try Task.checkCancellation()
                let words = ended.standardError.split(separator: "\n").suffix(3).joined(separator: "; ")
                throw PGKeepError(.failed, "the scratch server ended (\(ended.terminationStatus))", cause: words)
            }
            group.addTask {
                try await waitUntilReady(folder)
                return try await body(try ConnectionString("host='\(folder)' user=postgres dbname=postgres"))
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw PGKeepError(.failed, "the scratch server ended")
        }
    }

    private static func waitUntilReady(_ folder: String) async throws {
        let deadline = ContinuousClock.now.advanced(by: .seconds(60))
        while PQping("host='\(folder)' user=postgres dbname=postgres") != PQPING_OK {
            guard ContinuousClock.now < deadline else {
                throw PGKeepError(.unreachable, "the scratch server in \(folder) did not start within 60 s")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// initdb and postgres refuse root; nil when we are not root.
    private static func unprivilegedUser() throws -> User? {
        guard geteuid() == 0 else { return nil }
        for name in ["postgres", "nobody"] {
            if let entry = getpwnam(name) { return User(id: entry.pointee.pw_uid, group: entry.pointee.pw_gid) }
        }
        throw PGKeepError(
            .privileges, "PostgreSQL refuses to run as root and there is no user postgres or nobody",
            hint: "run pgkeep as another user")
    }

    private static func options(for user: User?) -> PlatformOptions {
        var options = PlatformOptions()
        if let user {
            options.userID = user.id
            options.groupID = user.group
            options.supplementaryGroups = []
        }
        return options
    }

    private static func makeFolder(_ folder: String, for user: User?) throws {
        guard mkdir(folder, 0o700) == 0, user.map({ chown(folder, $0.id, $0.group) == 0 }) ?? true else {
            throw PGKeepError(
                .failed, "could not make \(folder)", cause: String(cString: strerror(errno)))
        }
    }
}
