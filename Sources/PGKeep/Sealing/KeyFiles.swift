import Foundation
import PGKeepArchive
import PGKeepModel
import PGKeepVaults

/// The files of `BACKUP_ENCRYPTION_KEY_FILE`.
enum KeyFiles {
    /// A key file holds a few lines; whatever is larger is something else.
    private static let most = 1 << 20

    /// All their keys; `warn` hears of files that others can read, which is no reason not to restore.
    static func keys(in paths: [String], warn: (String) -> Void) throws -> [PrivateKey] {
        try paths.flatMap { path in
            let (text, mode) = try read(path)
            if mode & 0o077 != 0 {
                warn("the key file \(path) can be read by others; chmod 600 \(path)")
            }
            do {
                return try KeyFile.keys(in: text)
            } catch let error as PGKeepError {
                throw PGKeepError(
                    .key, "the key file \(path) can't be used", cause: error.description,
                    hint: "export BACKUP_ENCRYPTION_KEY_FILE=…   (a file that pgkeep keygen --out wrote)")
            }
        }
    }

    /// The text of a key file, and who may read it.
    static func read(_ path: String) throws -> (text: String, mode: UInt32) {
        func failure(_ cause: String) -> PGKeepError {
            PGKeepError(
                .key, "could not read the key file \(path)", cause: cause,
                hint: "ls -l \(path); export BACKUP_ENCRYPTION_KEY_FILE=/path/to/pgkeep.key")
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(String(cString: strerror(errno))) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw failure("it is a folder") }
        do {
            let bytes = try file.read(upToCount: most) ?? Data()
            guard let text = String(data: bytes, encoding: .utf8) else { throw failure("it is no text") }
            return (text, status.st_mode)
        } catch let error as PGKeepError {
            throw error
        } catch {
            throw failure("\(error)")
        }
    }

    /// Writes a new file for its owner alone; one that is there is replaced only with `replacing`.
    static func write(_ text: String, to path: String, replacing: Bool) throws {
        let url = URL(filePath: path)
        let folder = url.deletingLastPathComponent().path
        guard FileManager.default.fileExists(atPath: folder) else {
            throw PGKeepError(.failed, "there is no folder \(folder)", hint: "mkdir -p -m 700 \(folder)")
        }
        guard replacing || !FileManager.default.fileExists(atPath: path) else {
            throw PGKeepError(
                .failed, "\(path) exists already, and may be the only key to some backups",
                hint: "pgkeep keygen --out \(path).new   (or --force, to replace it)")
        }
        let vault = try DirectoryVault(folder)
        guard !replacing else { return try vault.put(url.lastPathComponent, Array(text.utf8)) }
        let upload = try vault.begin(url.lastPathComponent)
        do {
            try Array(text.utf8).withUnsafeBytes { try upload.write($0, at: 0) }
            try upload.publish()
        } catch {
            upload.discard()
            throw error
        }
    }
}
