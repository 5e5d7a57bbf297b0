package import Foundation
import PGKeepArchive
package import PGKeepModel
import PGKeepVaults

/// The archive that somebody meant by `latest`, a name or a path.
package struct ArchiveReference: Sendable {
    /// Its file name.
    package var name: String
    /// Where it lies.
    package var path: String
    /// What the catalogue knows of it; nil for a file that doesn't lie in the vault or has another kind of name.
    package var backup: Backup?
    /// Where marks beside it lie; nil for a file that doesn't lie in a vault, and for an older version.
    let vault: (any Vault)?
    private let opening: @Sendable () throws -> any ByteSource

    /// How it is compressed, as its name tells; nil if it tells nothing.
    package var compression: Compression? {
        if let name = ArchiveName(name) { return name.format.compression }
        let plain = name.hasSuffix(".enc") ? String(name.dropLast(4)) : name
        let format = ArchiveName.Format.allCases.first { plain.hasSuffix($0.rawValue) }
        return format?.compression
    }

    /// Whether it is sealed, as its name or its first bytes tell.
    func isSealed(_ source: any ByteSource) throws -> Bool {
        if ArchiveName(name)?.sealed == true { return true }
        return try SealHeader.begins(source)
    }

    package func open() throws -> any ByteSource { try opening() }

    init(_ backup: Backup, in vault: any Vault) {
        name = backup.name
        path = backup.path
        self.backup = backup
        self.vault = vault
        opening = { try vault.open(backup.name) }
    }

    /// An older version, or that which its name gives now.
    init(_ version: VaultVersion, in vault: any Vault) {
        name = version.name
        path = vault.path(of: "\(version.name)@\(version.id)")
        backup = nil
        self.vault = nil
        opening = { try vault.open(version) }
    }

    init(file path: String) {
        name = URL(fileURLWithPath: path).lastPathComponent
        self.path = path
        backup = nil
        vault = nil
        opening = { try FileSource(path) }
    }
}

extension Catalogue {
    /// Finds what is meant by `latest`, by the name of an archive in the vault, or by the path of a file anywhere.
    package func resolve(_ text: String, now: Date) throws -> ArchiveReference {
        if text == "latest" {
            guard let backup = try latest(now: now) else {
                throw PGKeepError(
                    .noSuchArchive, "no good backup\(app.map { " of \($0)" } ?? "") in \(vault.name)",
                    hint: "pgkeep list; pgkeep backup")
            }
            return ArchiveReference(backup, in: vault)
        }
        if let found = try find(text) { return found }
        guard text.contains("/") || FileManager.default.fileExists(atPath: text) else {
            throw unknown(text, among: try vault.list())
        }
        let file = URL(fileURLWithPath: text).standardizedFileURL
        let folder = URL(fileURLWithPath: vault.name).standardizedFileURL
        if file.deletingLastPathComponent().path == folder.path, let found = try find(file.lastPathComponent) {
            return found
        }
        guard FileManager.default.fileExists(atPath: text) else {
            throw PGKeepError(.noSuchArchive, "no file \(text)", hint: "pgkeep list")
        }
        return ArchiveReference(file: text)
    }

    /// An archive of the vault by its whole name.
    func reference(to name: String) throws -> ArchiveReference { ArchiveReference(try backup(name), in: vault) }

    /// The newest good backup taken at `time` or before.
    package func newest(before time: Date) throws -> ArchiveReference {
        guard let found = Catalogue.latest(in: try backups().filter { $0.createdAt <= time }, now: time) else {
            throw PGKeepError(
                .noSuchArchive, "no good backup of \(time.iso8601) or before in \(vault.name)", hint: "pgkeep list")
        }
        return ArchiveReference(found, in: vault)
    }

    private func find(_ name: String) throws -> ArchiveReference? {
        guard ArchiveName(name) != nil, try vault.exists(name) else { return nil }
        return ArchiveReference(try backup(name), in: vault)
    }
}
