import Foundation
package import PGKeepModel

/// A folder of this machine: 0700, its files 0600.
package struct DirectoryVault: Vault {
    package let name: String
    private var path: String { name }

    /// Makes the folder if it is missing.
    package init(_ path: String) throws {
        name = path
        var status = stat()
        if stat(path, &status) != 0 {
            guard errno != ENOTDIR else {
                throw PGKeepError(
                    .settings, "a part of \(path) is a file, not a folder", hint: "export BACKUP_DIR=…   (a folder)")
            }
            guard errno == ENOENT else { throw SystemFailure.error("could not look at \(path)", path: path) }
            do {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw PGKeepError(
                    .privileges, "could not make the folder \(path)", cause: "\(error.localizedDescription)",
                    hint: "sudo install -d -m 0700 -o $(id -un) \(path)")
            }
        } else if status.st_mode & S_IFMT != S_IFDIR {
            throw PGKeepError(
                .settings, "\(path) is not a folder", hint: "export BACKUP_DIR=…   (a folder, not a file)")
        }
    }

    package func list() throws -> [VaultEntry] {
        guard let folder = opendir(path) else { throw SystemFailure.error("could not list \(path)", path: path) }
        defer { closedir(folder) }
        var entries: [VaultEntry] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard !name.hasPrefix(".") else { continue }
            var status = stat()
            guard fstatat(dirfd(folder), name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                // It may have gone since; anything else is worth knowing.
                guard errno == ENOENT else { throw SystemFailure.error("could not look at \(name)", path: path) }
                continue
            }
            guard status.st_mode & S_IFMT == S_IFREG else { continue }
            let time = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
            entries.append(
                VaultEntry(name: name, bytes: Int64(status.st_size), modifiedAt: Date(timeIntervalSince1970: time)))
        }
        return entries
    }

    package func exists(_ name: String) throws -> Bool {
        guard access(file(name), F_OK) != 0 else { return true }
        guard errno == ENOENT else { throw SystemFailure.error("could not look at \(name)", path: path) }
        return false
    }

    package func open(_ name: String) throws -> any ByteSource { try FileSource(file(name)) }

    package func begin(_ name: String) throws -> any VaultUpload {
        try DirectoryUpload(folder: path, name: name)
    }

    package var isRemote: Bool { false }

    package func put(
        file source: String, as name: String, lock: ObjectLock?, progress: @escaping @Sendable (Int64) -> Void,
        check: @escaping @Sendable () throws -> Void
    ) throws {
        guard lock == nil else {
            throw PGKeepError(
                .settings, "a folder can't lock its files: \(path)",
                hint: "unset BACKUP_LOCK, or keep locked copies in an S3 bucket with object lock")
        }
        let file = try FileSource(source)
        let upload = try DirectoryUpload(folder: path, name: name)
        do {
            let piece = 4 << 20
            for offset in stride(from: 0, to: file.byteCount, by: piece) {
                try check()
                let bytes = try file.read(Int(min(Int64(piece), file.byteCount - offset)), at: offset)
                try bytes.withUnsafeBytes { try upload.write($0, at: offset) }
                progress(Int64(bytes.count))
            }
            try upload.publish()
        } catch {
            upload.discard()
            throw error
        }
    }

    package func put(_ name: String, _ bytes: [UInt8]) throws {
        let upload = try DirectoryUpload(folder: path, name: name)
        do {
            try bytes.withUnsafeBytes { try upload.write($0, at: 0) }
            try upload.publish(replacing: true)
        } catch {
            upload.discard()
            throw error
        }
    }

    package func remove(_ name: String) throws {
        guard unlink(file(name)) == 0 || errno == ENOENT else {
            throw SystemFailure.error("could not delete \(name)", path: path)
        }
    }

    package func freeSpace() throws -> ByteCount? {
        guard let free = DirectoryVault.freeSpace(at: path) else {
            throw SystemFailure.error("could not look at \(path)", path: path)
        }
        return free
    }

    /// What is free on the file system of a folder; nil where it can't be looked at.
    package static func freeSpace(at path: String) -> ByteCount? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return ByteCount(Int64(status.f_bavail) * Int64(status.f_frsize))
    }

    package func stamp() throws -> VaultStamp? {
        // Opened, not looked at by its name: a network file system then asks its server, where it would else answer
        // from memory for up to a minute.
        let folder = Foundation.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw SystemFailure.error("could not look at \(path)", path: path) }
        defer { close(folder) }
        var status = stat()
        guard fstat(folder, &status) == 0 else { throw SystemFailure.error("could not look at \(path)", path: path) }
        let time = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
        return VaultStamp(modifiedAt: Date(timeIntervalSince1970: time), identity: UInt64(status.st_ino))
    }

    package func removeDebris(where isOurs: (String) -> Bool) throws -> [String] {
        var removed: [String] = []
        for hidden in try FileManager.default.contentsOfDirectory(atPath: path) {
            guard let name = DirectoryUpload.name(ofPartial: hidden), isOurs(name),
                !DirectoryUpload.isBeingWritten(file(hidden))
            else { continue }
            try remove(hidden)
            removed.append(name)
        }
        return removed
    }

    private func file(_ name: String) -> String { "\(path)/\(name)" }
}
