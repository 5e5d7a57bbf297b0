import Foundation
import PGKeepModel
import PGKeepVaults

/// What lies in a vault, as names, sizes and marks tell it, in order; no archive is opened for it.
struct VaultDigest: Sendable {
    struct Archive: Sendable {
        var name: ArchiveName
        var bytes: Int64
        var modifiedAt: Date
        var isPinned = false
        /// When the mark was put there.
        var suspectSince: Date?
        /// When its proof was put there.
        var provenAt: Date?

        var isSuspect: Bool { suspectSince != nil }
    }

    /// By app, the newest first.
    private(set) var archives: [AppName: [Archive]] = [:]
    /// All names.
    private(set) var names: Set<String> = []
    /// What all of them take.
    private(set) var bytes: Int64 = 0

    init(_ entries: [VaultEntry]) {
        var pinned: Set<String> = []
        var suspects: [String: Date] = [:]
        var proofs: [String: Date] = [:]
        var found: [Archive] = []
        for entry in entries {
            if let name = ArchiveName(entry.name) {
                found.append(Archive(name: name, bytes: entry.bytes, modifiedAt: entry.modifiedAt))
            } else if let (archive, mark) = Mark.read(entry.name) {
                if mark == .pin { pinned.insert(archive) }
                if mark == .suspect { suspects[archive] = entry.modifiedAt }
                if mark == .proof { proofs[archive] = entry.modifiedAt }
            }
        }
        names.reserveCapacity(found.count)
        for var archive in found {
            names.insert(archive.name.text)
            bytes += archive.bytes
            archive.isPinned = pinned.contains(archive.name.text)
            archive.suspectSince = suspects[archive.name.text]
            archive.provenAt = proofs[archive.name.text]
            archives[archive.name.app, default: []].append(archive)
        }
        for app in archives.keys { archives[app]?.sort { $0.name > $1.name } }
    }
}

/// A vault that is looked at again and again: listed anew when it changed, archives opened once.
struct WatchedVault: Sendable {
    /// Even an unchanged folder is listed again after so long: what a disk did to a file shows in its size only.
    private static let longest: TimeInterval = 300
    /// File systems tell time in ticks: a folder that changed just now may change again within the same one.
    private static let settled: TimeInterval = 2

    private let vault: any Vault
    private var listing: (digest: VaultDigest, stamp: VaultStamp?, at: Date)?
    private var problems: [Key: PGKeepError?] = [:]
    private var reasons: [Key: String] = [:]

    init(_ vault: any Vault) { self.vault = vault }

    var name: String { vault.name }

    func freeBytes() throws -> Int64? { try vault.freeSpace()?.bytes }

    /// What lies in it now, and whether it was listed for that.
    mutating func digest(now: Date) throws -> (digest: VaultDigest, isNew: Bool) {
        let stamp = try vault.stamp()
        if let listing, let stamp, stamp == listing.stamp,
            stamp.modifiedAt.addingTimeInterval(WatchedVault.settled) < listing.at,
            abs(now.timeIntervalSince(listing.at)) < WatchedVault.longest
        {
            return (listing.digest, false)
        }
        let digest = VaultDigest(try vault.list())
        listing = (digest, stamp, now)
        problems = problems.filter { digest.names.contains($0.key.name) }
        reasons = reasons.filter { digest.names.contains($0.key.name) }
        return (digest, true)
    }

    /// Why an archive is no good; nil if its footer is whole, or its seal looks so from outside. An archive never changes,
    /// so one look is enough.
    mutating func problem(of archive: VaultDigest.Archive, _ record: SealedRecord?) throws -> PGKeepError? {
        let key = Key(name: archive.name.text, bytes: archive.bytes, modifiedAt: archive.modifiedAt)
        if let known = problems[key] { return known }
        let found = try Catalogue.problem(of: archive.name, in: vault, record)
        // What stood in the way of the look may be gone at the next one.
        if found == nil || found?.code == .damaged { problems[key] = .some(found) }
        return found
    }

    /// Why an archive is suspect, as its mark tells.
    mutating func reason(for archive: VaultDigest.Archive) throws -> String? {
        guard let since = archive.suspectSince else { return nil }
        let key = Key(name: archive.name.text, bytes: 0, modifiedAt: since)
        if let known = reasons[key] { return known }
        let facts = try Catalogue.facts(of: .suspect, for: archive.name.text, in: vault)
        let reason = facts?.reason ?? "it was marked by hand"
        reasons[key] = reason
        return reason
    }

    private struct Key: Hashable, Sendable {
        var name: String
        var bytes: Int64
        var modifiedAt: Date
    }
}
