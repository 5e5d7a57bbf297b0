import Foundation
import Testing

/// A small file system of its own for a part of a server's folder.
struct SmallDisk: Sendable {
    /// Where it is mounted.
    var path: String

    /// Mounting needs root: without it a skip on a laptop and a failure in CI.
    static var isPossible: Bool { geteuid() == 0 || ProcessInfo.processInfo.environment["CI"] == "true" }

    /// Fills it but for some megabytes.
    func fill(leaving megabytes: Int) async throws {
        try await shell(
            "cd \(path) && free=$(df --output=avail -B1M . | tail -1) && fallocate -l $((free - \(megabytes)))M ballast"
        )
    }

    func makeRoom() async throws { try await shell("rm \(path)/ballast") }
}

/// What may happen to a server.
extension FaultServer {
    private var control: String {
        "cd /tmp; \(geteuid() == 0 ? "runuser -u postgres -- " : "")\(tools)/pg_ctl -D \(folder)/data -l \(folder)/log -w -t 20"
    }

    /// Ends all of the server's processes at once, as when a machine dies: alone, the others would go on until they
    /// notice.
    func crash() async throws {
        try await shell(
            "main=$(head -1 \(folder)/data/postmaster.pid); kill -STOP $main; kill -9 $(pgrep -P $main) $main")
    }

    /// Starts the server, with the options it had, after it crashed or while it is still trying to go on.
    func restart() async throws {
        try await shell("\(control) -m immediate stop >/dev/null 2>&1 || true; rm -f \(folder)/data/postmaster.pid")
        try await until("the server does not start again") {
            (try? await shell("\(control) restart </dev/null >/dev/null 2>&1")) != nil
        }
    }

    /// Puts a part of the server's data on a small disk: `base` holds the databases, `pg_wal` the log. The server is
    /// stopped in the end.
    func withSmallDisk<Result>(
        for part: String, megabytes: Int, _ body: (SmallDisk) async throws -> Result
    ) async throws -> Result {
        let path = "\(folder)/data/\(part)"
        try await shell(
            """
            set -e; \(control) -m fast stop >/dev/null
            cd \(folder)/data; mv \(part) moved; install -d -m 0700 \(part)
            mount -t tmpfs -o size=\(megabytes)m tmpfs \(part)
            cp -a moved/. \(part); chown --reference=moved \(part); chmod 0700 \(part); rm -r moved
            """)
        do {
            try await restart()
            let result = try await body(SmallDisk(path: path))
            try await unmount(path)
            return result
        } catch {
            try await unmount(path)
            throw error
        }
    }

    private func unmount(_ path: String) async throws {
        try await shell("\(control) -m immediate stop >/dev/null 2>&1; umount \(path)")
    }
}
