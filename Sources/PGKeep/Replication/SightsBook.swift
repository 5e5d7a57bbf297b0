import Foundation
import PGKeepModel
import Synchronization

/// The sights of an app's vaults while copies are made: changed by several vaults' work, written down at each change.
final class SightsBook: Sendable {
    private let file: SightsFile
    private let sights: Mutex<[VaultSight]>
    /// When somebody wrote it before this run: what was listed earlier may lack what was copied since.
    let writtenAt: Date

    /// Vaults that are no longer set are left out. A file that can't be read is made anew: all of it can be looked at.
    init(_ file: SightsFile, vaults: [VaultAddress], talk: Talk) {
        self.file = file
        var known: [VaultSight] = []
        var writtenAt = Date.distantPast
        do {
            writtenAt = try file.stamp() ?? writtenAt
            known = try file.load()
        } catch {
            talk(.warning(.backup, "what was known of copies is looked up anew: \(error)"))
        }
        self.writtenAt = writtenAt
        sights = Mutex(
            vaults.map { address in
                var sight = known.first { $0.vault == address.description } ?? VaultSight(vault: address)
                sight.isOffSite = address.isRemote
                return sight
            })
    }

    func sight(of address: VaultAddress) -> VaultSight {
        sights.withLock { $0.first { $0.vault == address.description } } ?? VaultSight(vault: address)
    }

    func update(_ address: VaultAddress, _ change: (inout VaultSight) -> Void) throws {
        try sights.withLock { sights in
            guard let place = sights.firstIndex(where: { $0.vault == address.description }) else { return }
            let before = sights[place]
            change(&sights[place])
            if sights[place] != before { try file.save(sights) }
        }
    }
}
