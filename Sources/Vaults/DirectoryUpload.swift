import Foundation
import PGKeepModel
import Synchronization

/// A file in the making: written under a hidden name, made durable, then given its own.
///
/// A crash before the rename leaves a `.NAME.partial`, which the next run removes; after it, the whole file. The
/// folder is synced last, so that the name survives a power cut as well. As long as it is written its file is locked,
/// by which a run on another machine knows it from debris.
final class DirectoryUpload: VaultUpload {
    private let folder: String
    private let name: String
    private let partial: String
    private let descriptor: Mutex<Int32?>

    init(folder: String, name: String) throws {
        self.folder = folder
        self.name = name
        partial = "\(folder)/.\(name).partial"
        let opened = open(partial, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw SystemFailure.error("could not write to \(folder)", path: folder) }
        // Where the file system has no locks, other machines can't know; that is no reason not to write.
        _ = flock(opened, LOCK_EX | LOCK_NB)
        descriptor = Mutex(opened)
    }

    /// Whether somebody is writing a file of this name just now.
    static func isBeingWritten(_ path: String) -> Bool {
        let opened = open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { return false }
        defer { close(opened) }
        return flock(opened, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    deinit { discard() }

    /// The name a hidden file was to have; nil if it is no upload's.
    static func name(ofPartial hidden: String) -> String? {
        guard hidden.hasPrefix("."), hidden.hasSuffix(".partial") else { return nil }
        return String(hidden.dropFirst().dropLast(".partial".count))
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws {
        guard let descriptor = descriptor.withLock(\.self) else {
            throw PGKeepError(.failed, "\(name) was closed while it was written")
        }
        var done = 0
        while done < bytes.count {
            let count = pwrite(
                descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done, Int(offset) + done)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemFailure.error("could not write \(name)", path: folder) }
            done += count
        }
    }

    func publish() throws { try publish(replacing: false) }

    func publish(replacing: Bool) throws {
        guard let open = descriptor.withLock(\.self) else {
            throw PGKeepError(.failed, "\(name) was closed before it was published")
        }
        guard fsync(open) == 0 else { throw SystemFailure.error("could not make \(name) durable", path: folder) }
        let target = "\(folder)/\(name)"
        if replacing {
            guard rename(partial, target) == 0 else {
                throw SystemFailure.error("could not name \(name)", path: folder)
            }
        } else {
            // A link fails where the name exists; a rename would replace it.
            guard link(partial, target) == 0 else {
                if errno == EEXIST { throw PGKeepError(.failed, "\(name) exists already in \(folder)") }
                throw SystemFailure.error("could not name \(name)", path: folder)
            }
            guard unlink(partial) == 0 else { throw SystemFailure.error("could not tidy \(partial)", path: folder) }
        }
        try syncFolder()
        descriptor.withLock { descriptor in
            close(open)
            descriptor = nil
        }
    }

    func discard() {
        descriptor.withLock { descriptor in
            guard let open = descriptor else { return }
            close(open)
            unlink(partial)
            descriptor = nil
        }
    }

    private func syncFolder() throws {
        let opened = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { throw SystemFailure.error("could not open \(folder)", path: folder) }
        defer { close(opened) }
        guard fsync(opened) == 0 else { throw SystemFailure.error("could not make \(folder) durable", path: folder) }
    }
}
