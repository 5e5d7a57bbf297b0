package import Foundation
package import PGKeepModel
package import PGKeepVaults

/// What lies of one app in a vault, as names and sizes tell it; no archive is opened for it.
package struct AppListing: Sendable {
    /// An archive and the marks beside it.
    package struct Archive: Sendable {
        package var name: ArchiveName
        package var bytes: Int64
        package var modifiedAt: Date
        package var marks: [Mark: VaultEntry] = [:]
    }

    /// By their names.
    package private(set) var archives: [String: Archive] = [:]
    /// Whether there is any sign that pgkeep was here before, of whichever app.
    package private(set) var isUsed = false

    package init(_ entries: [VaultEntry], of app: AppName) {
        for entry in entries {
            if entry.name.hasPrefix(AppListing.notes) { isUsed = true }
            guard let name = ArchiveName(entry.name) else { continue }
            isUsed = true
            guard name.app == app else { continue }
            archives[entry.name] = Archive(name: name, bytes: entry.bytes, modifiedAt: entry.modifiedAt)
        }
        for entry in entries {
            guard let (archive, mark) = Mark.read(entry.name) else { continue }
            archives[archive]?.marks[mark] = entry
        }
    }

    /// What the names of files begin with that pgkeep leaves in a vault for itself.
    static let notes = "pgkeep-"
}
