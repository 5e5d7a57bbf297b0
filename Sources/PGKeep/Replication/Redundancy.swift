package import Foundation
package import PGKeepModel

/// How many copies of a backup there are, the one in the backup folder included, and how far apart: three, on two kinds of
/// storage, one of them off site, is what survives.
public struct Redundancy: Sendable, Hashable, Encodable {
    /// With the one in the backup folder.
    public var copies: Int
    /// The kinds of storage they are on.
    public var storages: [String]
    /// How many are away from this machine.
    public var offSite: Int
    /// How many nobody can delete yet.
    public var locked: Int
    /// The vaults that hold one.
    public var vaults: [String]
    /// The vaults that should hold one and, as far as is known, don't.
    public var missing: [String]

    /// As the vaults were seen last.
    package init(of name: ArchiveName, bytes: Int64, _ sights: [VaultSight], now: Date) {
        copies = 1
        storages = [Storage.primary]
        offSite = 0
        locked = 0
        vaults = []
        missing = []
        for sight in sights {
            guard let copy = sight.copies[name.text], copy.bytes == bytes, sight.differing[name.text] == nil else {
                let isNotLookedFor = sight.lookedAt.map { $0 < name.createdAt } ?? true
                if isNotLookedFor || sight.missing.contains(name.text) || sight.differing[name.text] != nil {
                    missing.append(sight.vault)
                }
                continue
            }
            copies += 1
            vaults.append(sight.vault)
            if !storages.contains(sight.storage) { storages.append(sight.storage) }
            if sight.isOffSite { offSite += 1 }
            if let until = copy.lockedUntil, until > now { locked += 1 }
        }
    }

    /// What there is too little of, in words: `a copy off site`; empty if three, two and one are reached.
    public var lacks: [String] {
        var lacks: [String] = []
        if copies < 3 { lacks.append(copies == 2 ? "a third copy" : "two more copies") }
        if storages.count < 2 { lacks.append("a second kind of storage") }
        if offSite < 1 { lacks.append("a copy off site") }
        return lacks
    }

    private enum CodingKeys: String, CodingKey { case copies, storages, offSite, locked, vaults, missing, lacks }

    /// One object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(copies, forKey: .copies)
        try container.encode(storages, forKey: .storages)
        try container.encode(offSite, forKey: .offSite)
        try container.encode(locked, forKey: .locked)
        try container.encode(vaults, forKey: .vaults)
        try container.encode(missing, forKey: .missing)
        try container.encode(lacks, forKey: .lacks)
    }
}
