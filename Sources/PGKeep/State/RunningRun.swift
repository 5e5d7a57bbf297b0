public import Foundation
import PGKeepModel

/// What holds an app's lock at the moment.
public struct RunningRun: Sendable, Hashable {
    /// Its process.
    public var process: Int32
    /// What for: `daily backup`, `cleanup`.
    public var doing: String
    /// Since when.
    public var since: Date

    /// Names who holds a lock.
    public init(process: Int32, doing: String, since: Date) {
        self.process = process
        self.doing = doing
        self.since = since
    }

    /// Who holds the lock of an app; nil if nobody does.
    ///
    /// The lock is tried only where the file has words: while somebody runs, which disturbs nobody, or after a crash.
    static func of(_ app: AppName, directory: String) throws -> RunningRun? {
        let path = "\(directory)/\(app.text).lock"
        guard access(path, F_OK) == 0 else { return nil }
        let file = try StateFile(path, O_RDONLY)
        let words = String(decoding: try file.beginning(), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        guard let space = words.firstIndex(of: " "), let process = Int32(words[..<space]), try file.isLocked() else {
            return nil
        }
        let doing = words[words.index(after: space)...].dropFirst().dropLast()
        return RunningRun(process: process, doing: String(doing), since: try file.modifiedAt())
    }

    /// Whether it takes a backup.
    var isBackup: Bool { doing.hasSuffix("backup") }
}
