import Foundation
import PGKeepModel
import PGKeepVaults

/// An open file of the state folder, with the lock of flock(2); closed when its owner goes away.
final class StateFile: Sendable {
    let path: String
    private let descriptor: Int32

    /// Opens with flags of open(2); only a plain file will do.
    init(_ path: String, _ flags: Int32) throws {
        self.path = path
        descriptor = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else { throw StateFile.failure("open", path) }
        guard try facts().st_mode & S_IFMT == S_IFREG else {
            throw PGKeepError(.failed, "\(path) is not a plain file")
        }
    }

    deinit {
        guard descriptor >= 0 else { return }
        // Closing alone leaves the lock to a child that is just being started: until its program runs it has a copy.
        _ = flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Makes the folder of the state for nobody else to see; one that is there stays as it is.
    static func makeFolder(_ path: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw PGKeepError(
                .privileges, "could not make the folder \(path)", cause: error.localizedDescription,
                hint: "export BACKUP_STATE_DIR=~/.local/state/pgkeep")
        }
    }

    /// Gives a file new contents, whole or not at all; makes the folder if it is missing.
    static func replace(_ path: String, with bytes: [UInt8]) throws {
        let folder = (path as NSString).deletingLastPathComponent
        try makeFolder(folder)
        let partial = "\(path).partial"
        let file = try StateFile(partial, O_WRONLY | O_CREAT | O_TRUNC)
        try file.write(bytes, at: 0)
        try file.sync()
        guard rename(partial, path) == 0 else { throw SystemFailure.error("could not rename \(partial)", path: path) }
        try syncFolder(folder)
    }

    /// Makes the names in the folder durable.
    static func syncFolder(_ path: String) throws {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure("open", path) }
        defer { close(folder) }
        guard fsync(folder) == 0 || errno == EINVAL || errno == ENOTSUP else { throw failure("sync", path) }
    }

    /// The first bytes, as many as there are while another process may be writing them.
    func beginning(upTo count: Int = 256) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let got = pread(descriptor, buffer.baseAddress, count, 0)
            guard got >= 0 else { throw StateFile.failure("read", path) }
            initialized = got
        }
    }

    func byteCount() throws -> Int64 { Int64(try facts().st_size) }

    /// When it was written last, by whoever.
    func modifiedAt() throws -> Date {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return attributes[.modificationDate] as? Date ?? .distantPast
    }

    func read(_ count: Int, at offset: Int64) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while initialized < count {
                let start = buffer.baseAddress?.advanced(by: initialized)
                let got = pread(descriptor, start, count - initialized, Int(offset) + initialized)
                if got < 0, errno == EINTR { continue }
                guard got >= 0 else { throw StateFile.failure("read", path) }
                guard got > 0 else { throw PGKeepError(.damaged, "\(path) became shorter while it was read") }
                initialized += got
            }
        }
    }

    func write(_ bytes: [UInt8], at offset: Int64) throws {
        try bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let start = bytes.baseAddress?.advanced(by: done)
                let count = pwrite(descriptor, start, bytes.count - done, Int(offset) + done)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw StateFile.failure("write to", path) }
                done += count
            }
        }
    }

    func sync() throws { guard fsync(descriptor) == 0 else { throw StateFile.failure("sync", path) } }

    func truncate(to length: Int64) throws {
        guard ftruncate(descriptor, Int(length)) == 0 else { throw StateFile.failure("truncate", path) }
    }

    /// Waits for the lock, which ends with the process at the latest.
    func lock(exclusive: Bool) throws {
        while flock(descriptor, exclusive ? LOCK_EX : LOCK_SH) != 0 {
            guard errno == EINTR else { throw StateFile.failure("lock", path) }
        }
    }

    /// Whether somebody holds the exclusive lock; takes a shared one for as long as the value lives if not.
    func isLocked() throws -> Bool {
        while flock(descriptor, LOCK_SH | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return true }
            guard errno == EINTR else { throw StateFile.failure("lock", path) }
        }
        return false
    }

    /// Takes the exclusive lock if it is free.
    func tryLock() throws -> Bool {
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return false }
            guard errno == EINTR else { throw StateFile.failure("lock", path) }
        }
        return true
    }

    private func facts() throws -> stat {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw StateFile.failure("examine", path) }
        return facts
    }

    /// Reads `errno`, so it comes first after the call that failed.
    private static func failure(_ doing: String, _ path: String) -> PGKeepError {
        SystemFailure.error("could not \(doing) \(path)", path: path)
    }
}
