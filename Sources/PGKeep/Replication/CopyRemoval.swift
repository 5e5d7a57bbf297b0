import Foundation
import PGKeepModel
import PGKeepVaults

/// Deletes an archive and its marks from a vault: for good, every version of them where the place keeps versions.
struct CopyRemoval {
    let vault: any Vault
    let address: VaultAddress
    let now: Date

    /// Until when an archive can't be deleted; nil if nothing holds it.
    func lock(on name: String) throws -> Date? {
        guard address.hasLocks, let lock = try vault.lock(of: name), lock.until > now else { return nil }
        return lock.until
    }

    /// `versions` are all that the place keeps; nil where it keeps none.
    func remove(_ name: String, versions: [VaultVersion]?) throws {
        let names = Set([name] + Mark.allCases.map { $0.name(for: name) })
        guard let versions else {
            // The archive first: a mark without an archive harms nobody, an archive without its mark might.
            try vault.remove(name)
            for mark in names where mark != name {
                if try vault.exists(mark) { try vault.remove(mark) }
            }
            return
        }
        for version in versions where version.name == name { try vault.remove(version) }
        for version in versions where version.name != name && names.contains(version.name) {
            try vault.remove(version)
        }
        // Where versions are suspended, or none of them was told, the name may still be there.
        if try vault.exists(name) { try vault.remove(name) }
    }
}
