import Foundation
package import PGKeepModel

/// The right to change one app's backups, held by one run at a time; it ends with the value or the process.
///
/// The lock is flock(2) on `{app}.lock`; what the file says is only for people to read, so nothing is ever stale.
/// `RunningRun.of` looks at it from outside.
package final class RunLock: Sendable {
    private let file: StateFile

    /// Takes the lock; `busy` if another run holds it. `doing` says what for: `a daily backup`.
    package convenience init(directory: String, app: AppName, doing: String) throws {
        try self.init(directory: directory, file: "\(app.text).lock", of: "\(app)", doing: doing)
    }

    /// A lock by the name of its file; `what` is what it is of, for messages.
    init(directory: String, file name: String, of what: String, doing: String) throws {
        try StateFile.makeFolder(directory)
        let file = try StateFile("\(directory)/\(name)", O_RDWR | O_CREAT)
        guard try file.tryLock() else {
            let holder = try String(decoding: file.beginning(), as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            let pid = holder.split(separator: " ").first.map(String.init) ?? ""
            throw PGKeepError(
                .busy, "another run holds the lock of \(what)", cause: holder.isEmpty ? nil : "process \(holder)",
                hint: pid.isEmpty ? "try again later" : "ps -fp \(pid)")
        }
        try file.truncate(to: 0)
        try file.write(Array("\(getpid()) (\(doing))\n".utf8), at: 0)
        self.file = file
    }

    /// A file without words tells whoever looks that nobody runs, without a lock being tried.
    deinit {
        do {
            try file.truncate(to: 0)
        } catch {
            // The words stay, and the lock, which ends with the file, tells the truth all the same.
        }
    }

    /// Holds the lock while `body` runs.
    package static func with<Result>(
        directory: String, app: AppName, doing: String, _ body: () async throws -> Result
    ) async throws -> Result {
        let lock = try RunLock(directory: directory, app: app, doing: doing)
        defer { withExtendedLifetime(lock) {} }
        return try await body()
    }
}
