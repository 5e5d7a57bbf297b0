public import Foundation
import PGKeepArchive
import PGKeepModel
import PGKeepPostgres

/// Keys, and the plain text of sealed archives.
extension BackupSystem {
    /// Makes a key: the private half goes into a file that only its owner can read, and is shown nowhere.
    ///
    /// A file that is there is replaced only with `replacing`: it may be the only key to some backups.
    public static func generateKey(
        into path: String, replacing: Bool = false, now: Date = Date()
    ) throws -> GeneratedKey {
        let key = try PrivateKey()
        try KeyFiles.write(KeyFile.text(of: key, madeAt: now), to: path, replacing: replacing)
        return GeneratedKey(path: path, publicKey: key.recipient, checkWord: key.recipient.checkWord)
    }

    /// Writes what is in a sealed archive to a file that is not there yet: whole, or not at all.
    ///
    /// Without a path that is the archive's name without `.enc`, in the working folder.
    public func decryptBackup(
        _ name: String, to path: String? = nil, progress: Progress? = nil
    ) async throws -> DecryptReport {
        let reference = try sealed(name)
        let path = try path ?? plainName(of: reference)
        let destination = try PlainFile(path)
        do {
            let report = try await decrypt(reference, as: path, progress) { try destination.write($0) }
            try await BlockingWork.run("pgkeep decrypt") { try destination.publish() }
            return report
        } catch {
            destination.discard()
            throw error
        }
    }

    /// Hands out what is in a sealed archive, piece by piece in order, each valid during the call.
    public func decryptBackup(
        _ name: String, progress: Progress? = nil,
        into write: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> DecryptReport {
        try await decrypt(try sealed(name), as: "-", progress, into: write)
    }

    private func sealed(_ name: String) throws -> ArchiveReference {
        let reference = try reference(name)
        guard try reference.isSealed(reference.open()) else {
            throw PGKeepError(
                .usage, "\(reference.name) is not sealed", hint: "cp \(reference.path) …   (it is plain already)")
        }
        return reference
    }

    private func plainName(of reference: ArchiveReference) throws -> String {
        if reference.name.hasSuffix(".enc") { return String(reference.name.dropLast(4)) }
        throw PGKeepError(
            .usage, "the name \(reference.name) does not end in .enc, so the plain file needs a name",
            hint: "pgkeep decrypt \(reference.path) --out FILE")
    }

    /// The keys that are set; that a file of them can be read by others is told.
    func keys() throws -> [PrivateKey] {
        try KeyFiles.keys(in: settings.encryptionKeyFiles) { talk(.warning(.backup, $0)) }
    }

    /// What is known of sealed archives without opening them whole.
    var seals: SealKnowledge {
        SealKnowledge(
            records: { try journal.sealedRecords() },
            keys: {
                do {
                    return try KeyFiles.keys(in: settings.encryptionKeyFiles) { _ in }
                } catch {
                    // Lists are made without keys as well; who needs them is told what is wrong with them.
                    return []
                }
            })
    }

    /// The journal has its line before the first byte is handed out: whoever breaks off the reading can't prevent that.
    private func decrypt(
        _ reference: ArchiveReference, as destination: String, _ progress: Progress?,
        into write: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> DecryptReport {
        let details: [String: JSONValue] = ["to": .string(destination)]
        do {
            return try await BlockingWork.cancellable { cancellation in
                try await BlockingWork.run("pgkeep decrypt") {
                    let opened = try SealedSource(reference.open(), keys: keys())
                    try record(JournalEvent(.decrypt, archive: reference.name, details: details))
                    progress?.begin("decrypting", totalBytes: opened.byteCount)
                    try opened.readAll { piece in
                        try cancellation.check()
                        try write(piece)
                        progress?.add(bytes: Int64(piece.count))
                    }
                    return DecryptReport(name: reference.name, path: destination, bytes: opened.byteCount)
                }
            }
        } catch {
            recordFailure(.decrypt, archive: reference.name, details.merging(["error": .string("\(error)")]) { $1 })
            throw error
        }
    }
}
