import Foundation
import PGKeepModel

/// The folder of a scratch server, for the user it runs as alone.
///
/// It is locked for as long as its maker lives: a folder that nobody holds is debris of one that was killed, and is
/// removed, with what still runs in it, before the next one is made.
final class ScratchFolder: Sendable {
    static let prefix = "pgkeep-scratch-"
    /// A socket's path has room for 107 bytes.
    private static let longestPath = 107 - "/.s.PGSQL.5432".utf8.count

    let path: String
    let parent: String
    let user: ScratchUser?
    private let descriptor: Int32

    var data: String { "\(path)/data" }

    init(in parent: String) async throws {
        let user = try ScratchUser.unprivileged()
        self.parent = parent
        self.user = user
        try await ScratchFolder.removeDebris(in: parent, of: user?.id ?? geteuid())
        while true {
            let path = "\(parent)/\(ScratchFolder.prefix)\(UUID().uuidString.prefix(8).lowercased())"
            guard path.utf8.count <= ScratchFolder.longestPath else {
                throw PGKeepError(
                    .settings, "\(parent) is too long a path for a server's socket",
                    hint: "export BACKUP_DRILL_DIR=/var/tmp   (or another short one)")
            }
            guard mkdir(path, 0o700) == 0, user.map({ chown(path, $0.id, $0.group) == 0 }) ?? true else {
                throw ScratchFolder.failure("make", path)
            }
            // Somebody who looks for debris may have been there first.
            if let descriptor = ScratchFolder.lock(path) {
                self.path = path
                self.descriptor = descriptor
                return
            }
        }
    }

    deinit { close(descriptor) }

    /// Ends what still runs in it and removes it, whether or not the task was cancelled.
    func remove() async throws {
        let path = path
        // Awaited at once: it only keeps the cancellation away.
        try await Task { try await ScratchFolder.remove(path) }.value
    }

    /// What its program said last.
    func lastWords() -> String {
        // A log that isn't there says nothing; the program's status tells the rest.
        guard let text = try? String(contentsOfFile: "\(path)/log", encoding: .utf8) else { return "" }
        return text.split(separator: "\n").suffix(3).joined(separator: "; ")
    }

    /// What it holds, in bytes.
    func bytes() -> Int64 {
        guard let files = FileManager.default.enumerator(atPath: path) else { return 0 }
        var sum: Int64 = 0
        for case let name as String in files {
            var status = stat()
            // Files come and go while a server works.
            if lstat("\(path)/\(name)", &status) == 0 { sum += Int64(status.st_blocks) * 512 }
        }
        return sum
    }

    private static func removeDebris(in parent: String, of owner: uid_t) async throws {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: parent)
        } catch {
            throw PGKeepError(
                .settings, "the folder for scratch servers can't be read: \(parent)", cause: error.localizedDescription,
                hint: "export BACKUP_DRILL_DIR=/var/tmp")
        }
        for name in names where name.hasPrefix(prefix) {
            let path = "\(parent)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == owner,
                let descriptor = lock(path)
            else { continue }
            defer { close(descriptor) }
            try await remove(path)
        }
    }

    private static func remove(_ path: String) async throws {
        try await ScratchProcesses(in: path).end()
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw PGKeepError(
                .failed, "could not remove \(path)", cause: error.localizedDescription, hint: "rm -r \(path)")
        }
    }

    /// The folder, open and locked; nil if somebody else holds it, or has just removed it.
    private static func lock(_ path: String) -> Int32? {
        let opened = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard opened >= 0 else { return nil }
        var (here, there) = (stat(), stat())
        guard flock(opened, LOCK_EX | LOCK_NB) == 0, fstat(opened, &here) == 0, stat(path, &there) == 0,
            here.st_ino == there.st_ino
        else {
            close(opened)
            return nil
        }
        return opened
    }

    /// Reads `errno`, so it comes first after the call that failed.
    private static func failure(_ doing: String, _ path: String) -> PGKeepError {
        let cause = String(cString: strerror(errno))
        let isFull = errno == ENOSPC
        return PGKeepError(
            isFull ? .noSpace : .privileges, "could not \(doing) \(path)", cause: cause,
            hint: "export BACKUP_DRILL_DIR=…   (another folder)")
    }
}
