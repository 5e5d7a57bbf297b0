import Foundation
import PGKeepModel

/// What is known of copies, read again when it was written anew.
struct WatchedCopies: Sendable {
    private let directory: String
    private var known: [AppName: (sights: [VaultSight], stamp: Date?)] = [:]

    init(directory: String) { self.directory = directory }

    /// A sight for each vault that is set, whether or not anybody has looked at it.
    mutating func sights(of app: AppName, _ vaults: [VaultAddress]) throws -> [VaultSight] {
        guard !vaults.isEmpty else { return [] }
        let file = SightsFile(directory: directory, app: app)
        let stamp = try file.stamp()
        if known[app] == nil || known[app]?.stamp != stamp { known[app] = (try file.load(), stamp) }
        let sights = known[app]?.sights ?? []
        return vaults.map { address in
            sights.first { $0.vault == address.description } ?? VaultSight(vault: address)
        }
    }
}
