import Foundation
public import PGKeepModel
package import PGKeepVaults

/// Places other than the backup folder: what lies there, and one archive by its address.
extension BackupSystem {
    /// The vault at an address. Nothing is asked of it yet.
    package func vault(at address: VaultAddress) throws -> any Vault {
        guard case .folder(let path) = address.place else { return try RcloneVault(address) }
        return try DirectoryVault(path)
    }

    /// Every backup of the app in a vault, the newest first.
    public func listBackups(in address: VaultAddress) async throws -> [Backup] {
        try await BlockingWork.run("pgkeep list") { try catalogue(in: address).backups() }
    }

    /// The figures over all backups of the app in a vault.
    public func backupStats(in address: VaultAddress) async throws -> BackupStats {
        BackupStats(of: try await listBackups(in: address), now: now())
    }

    /// Every version that a bucket keeps of the app's archives, the newest first: what was overwritten or deleted too.
    public func listVersions(in address: VaultAddress) async throws -> [BackupVersion] {
        try await BlockingWork.run("pgkeep list") {
            let vault = try readableVault(at: address)
            let versions = try versions(in: vault)
            let app = try app(in: address, among: versions.map(\.name))
            return versions.compactMap { version in
                guard let name = ArchiveName(version.name), name.app == app else { return nil }
                return BackupVersion(name, version, in: vault)
            }.sorted { ($0.createdAt, $0.name, $0.storedAt) > ($1.createdAt, $1.name, $1.storedAt) }
        }
    }

    /// The archive that an address means.
    func reference(at address: ArchiveAddress) throws -> ArchiveReference {
        switch address.choice {
        case .latest: return try catalogue(in: address.vault).resolve("latest", now: now())
        case .all:
            throw PGKeepError(
                .usage, "all archives of \(address.vault) are meant where one is needed",
                hint: "…/latest, or one of: pgkeep list --vault \(address.vault)")
        case .named(let name, let version?):
            let vault = try readableVault(at: address.vault)
            guard let found = try versions(in: vault).first(where: { $0.name == name.text && $0.id == version }) else {
                throw PGKeepError(
                    .noSuchArchive, "there is no version \(version) of \(name) in \(vault.name)",
                    hint: "pgkeep list --vault \(address.vault) --versions")
            }
            return ArchiveReference(found, in: vault)
        case .named(let name, nil):
            return try catalogue(readableVault(at: address.vault), nil).reference(to: name.text)
        }
    }

    /// A vault to read from: a folder that isn't there is not made.
    private func readableVault(at address: VaultAddress) throws -> any Vault {
        if case .folder(let path) = address.place, !FileManager.default.fileExists(atPath: path) {
            throw PGKeepError(.settings, "there is no folder \(path)", hint: "ls -ld \(path); findmnt")
        }
        return try vault(at: address)
    }

    private func versions(in vault: any Vault) throws -> [VaultVersion] {
        if let versions = try vault.versions() { return versions }
        throw PGKeepError(
            .usage, "\(vault.name) keeps no older versions",
            hint: "versions are kept by S3 buckets with versioning or object lock")
    }

    private func catalogue(in address: VaultAddress) throws -> Catalogue {
        let vault = try readableVault(at: address)
        return catalogue(vault, try app(in: address, among: vault.list().map(\.name)))
    }

    /// The app as set, else the database's name, else the only one there is; which that is, is said.
    private func app(in address: VaultAddress, among names: [String]) throws -> AppName {
        if settings.appName != nil { return try app() }
        let apps = Set(names.compactMap { ArchiveName($0)?.app })
        if settings.databaseURL != nil, !settings.databases.isSeveral, case let named = try app(), apps.contains(named)
        {
            return named
        }
        if apps.count == 1, let only = apps.first {
            talk(.step(.backup, "App: \(only), the only one in \(address)"))
            return only
        }
        guard !apps.isEmpty else {
            throw PGKeepError(
                .noSuchArchive, "no archive lies in \(address)",
                cause: names.isEmpty ? "nothing at all does" : "none of the \(names.count) files has an archive's name",
                hint: "is the prefix right? rclone lsf, or: aws s3 ls --recursive")
        }
        throw PGKeepError(
            .usage, "\(address) holds archives of \(apps.count) apps, and which is meant is not set",
            cause: apps.map(\.text).sorted().prefix(20).joined(separator: ", "), hint: "pgkeep … --app NAME")
    }
}
