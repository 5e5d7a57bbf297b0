import Foundation
import PGKeep
import PGKeepModel
import PGKeepVaults
import Testing

/// How many copies there are, as the vaults were seen last.
@Suite struct RedundancyTests {
    private let now = Date(timeIntervalSince1970: 1_769_479_200)

    private func name(hoursAgo: Double) throws -> ArchiveName {
        ArchiveName(
            app: try AppName("shop"), tier: .daily, createdAt: now.addingTimeInterval(-hoursAgo * 3600), format: .gzip)
    }

    private func sight(
        _ address: String, of name: ArchiveName?, bytes: Int64 = 100, lockedDays: Double? = nil,
        lookedHoursAgo: Double = 0
    ) throws -> VaultSight {
        var sight = VaultSight(vault: try VaultAddress(address))
        sight.lookedAt = now.addingTimeInterval(-lookedHoursAgo * 3600)
        if let name {
            sight.copies[name.text] = .init(
                bytes: bytes, checked: "MD5", lockedUntil: lockedDays.map { now.addingTimeInterval($0 * 86_400) },
                isLockKnown: true)
        }
        return sight
    }

    @Test("Three copies on two kinds of storage, one off site, lack nothing")
    func complete() throws {
        let name = try name(hoursAgo: 5)
        let sights = [
            try sight("s3://bucket/a", of: name, lockedDays: 3), try sight("file:///mnt/nas", of: name),
            try sight("gs://bucket", of: name, lockedDays: -3),
        ]
        let found = Redundancy(of: name, bytes: 100, sights, now: now)
        #expect(found.copies == 4 && found.offSite == 2 && found.locked == 1)
        #expect(found.storages == ["disk", "S3", "Google Cloud Storage"])
        #expect(found.missing.isEmpty && found.lacks.isEmpty)
    }

    @Test("Alone in its folder a backup lacks everything that survives a fire")
    func alone() throws {
        let found = Redundancy(of: try name(hoursAgo: 5), bytes: 100, [], now: now)
        #expect(found.copies == 1 && found.storages == ["disk"])
        #expect(found.lacks == ["two more copies", "a second kind of storage", "a copy off site"])
    }

    @Test("A copy of another length, one that differs, and one that nobody could have seen yet are none")
    func none() throws {
        let name = try name(hoursAgo: 5)
        var differing = try sight("s3://b", of: name)
        differing.differing[name.text] = "it differs"
        var missing = try sight("s3://c", of: nil)
        missing.missing = [name.text]
        let sights = [
            try sight("s3://a", of: name, bytes: 99), differing, missing,
            try sight("s3://d", of: nil, lookedHoursAgo: 6),
            VaultSight(vault: try VaultAddress("s3://e")),
        ]
        let found = Redundancy(of: name, bytes: 100, sights, now: now)
        #expect(found.copies == 1 && found.vaults.isEmpty)
        #expect(found.missing == ["s3://b", "s3://c", "s3://d", "s3://e"])
    }

    @Test("A copy that was seen and is no longer there has vanished, until it is there again")
    func vanished() throws {
        let app = try AppName("shop")
        let name = try name(hoursAgo: 5)
        let facts = [RetentionFacts(name: name, bytes: 100)]
        func look(_ sight: inout VaultSight, _ isThere: Bool) {
            let entries = isThere ? [VaultEntry(name: name.text, bytes: 100, modifiedAt: now)] : []
            let listing = AppListing(entries, of: app)
            let there = VaultFacts.of(listing, primary: facts, known: [:])
            sight.saw(listing, CopyPlan(primary: facts, vault: there, policy: .standard, now: now), at: now)
        }
        var sight = VaultSight(vault: try VaultAddress("s3://a"))
        look(&sight, false)
        #expect(sight.missing == [name.text] && sight.vanished.isEmpty)
        look(&sight, true)
        #expect(sight.missing.isEmpty && sight.copies[name.text]?.bytes == 100)
        look(&sight, false)
        #expect(sight.vanished == [name.text])
        look(&sight, false)
        #expect(sight.vanished == [name.text])
        look(&sight, true)
        #expect(sight.vanished.isEmpty)
    }
}
