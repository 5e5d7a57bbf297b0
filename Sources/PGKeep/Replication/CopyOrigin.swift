import Foundation
import PGKeepModel
import PGKeepVaults

/// Whose copies a vault holds: two servers must not file theirs as one app's, or each would thin out the other's.
///
/// A note in the vault, `pgkeep-app-APP.json`, tells the server's system identifier; a sealed archive can't be asked for
/// it. Where there is no note the newest archive that this machine doesn't know is looked into.
struct CopyOrigin {
    let app: AppName
    /// Of the server that the archives of the backup folder are of; nil where the role couldn't read it.
    let here: String?
    /// Sizes of the archives that are ours.
    let known: [String: Int64]

    private struct Note: Codable {
        var app: String
        var systemIdentifier: String
    }

    var noteName: String { "\(AppListing.notes)app-\(app.text).json" }

    /// Throws where the archives of this app there are of another server.
    func check(_ entries: [VaultEntry], _ listing: AppListing, in vault: any Vault) throws {
        guard let here else { return }
        if entries.contains(where: { $0.name == noteName }) {
            let source = try vault.open(noteName)
            let bytes = try source.read(Int(min(source.byteCount, 1 << 16)), at: 0)
            // A note that can't be read says nothing; the archives are asked instead.
            if let note = try? JSONDecoder().decode(Note.self, from: Data(bytes)) {
                guard note.systemIdentifier == here else { throw refusal(note.systemIdentifier, here, vault) }
                return
            }
        }
        let strangers = listing.archives.values.filter { known[$0.name.text] != $0.bytes && !$0.name.sealed }
            .map(\.name)
        if let there = try ArchiveOrigin.systemIdentifier(ofNewest: strangers, in: vault, [:]), there != here {
            throw refusal(there, here, vault)
        }
    }

    /// Leaves the note.
    func sign(_ vault: any Vault) throws {
        guard let here else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try vault.put(noteName, [UInt8](encoder.encode(Note(app: app.text, systemIdentifier: here))) + [0x0A])
    }

    private func refusal(_ there: String, _ here: String, _ vault: any Vault) -> PGKeepError {
        PGKeepError(
            .settings, "the copies of app \(app.text) in \(vault.name) are of another server",
            cause: "system identifier \(there), this server's is \(here)",
            hint: "export BACKUP_APP_NAME=\(app.text)-2   (another name, or another prefix in BACKUP_VAULTS)")
    }
}
