import Foundation
import PGKeepModel
import PGKeepVaults

/// Keeps the marks beside copies as they are beside the originals.
///
/// A proof that was made from the copy itself stays; pins and suspicions are the backup folder's to tell.
struct CopyMarks: Sendable {
    let source: CopySource
    /// What lay there before copies were made.
    let there: AppListing
    /// The archives that have a copy there now.
    let copied: Set<String>

    /// How many were set or taken.
    func bringInStep(_ place: VaultPlace) async throws -> Int {
        let vault = source.vault
        let (set, taken) = changes()
        guard !set.isEmpty || !taken.isEmpty else { return 0 }
        return try await place.ask { copies in
            var changed = 0
            for name in set {
                // It may have gone since the folder was listed.
                guard try vault.exists(name) else { continue }
                let mark = try vault.open(name)
                try copies.put(name, mark.read(Int(mark.byteCount), at: 0))
                changed += 1
            }
            for name in taken {
                try copies.remove(name)
                changed += 1
            }
            return changed
        }
    }

    private func changes() -> (set: [String], taken: [String]) {
        var set: [String] = []
        var taken: [String] = []
        for (name, archive) in source.listing.archives where copied.contains(name) {
            let known = there.archives[name]?.marks ?? [:]
            for (mark, entry) in archive.marks where isNews(entry, known[mark]) { set.append(mark.name(for: name)) }
            for mark in known.keys where mark != .proof && archive.marks[mark] == nil {
                taken.append(mark.name(for: name))
            }
        }
        return (set.sorted(), taken.sorted())
    }

    private func isNews(_ mark: VaultEntry, _ copy: VaultEntry?) -> Bool {
        guard let copy else { return true }
        return copy.bytes != mark.bytes || copy.modifiedAt < mark.modifiedAt.addingTimeInterval(-1)
    }
}
