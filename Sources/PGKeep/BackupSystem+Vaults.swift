import PGKeepModel
import PGKeepVaults

/// Places for archives beside the backup folder.
extension BackupSystem {
    func vault(at address: VaultAddress) throws -> any Vault {
        switch address.place {
        case .folder(let path): try DirectoryVault(path)
        default: try RcloneVault(address)
        }
    }
}
