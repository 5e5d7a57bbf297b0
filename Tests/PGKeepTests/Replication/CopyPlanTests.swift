import Foundation
import PGKeep
import PGKeepModel
import PGKeepVaults
import Testing

/// What is to be copied where: values in, a plan out.
@Suite struct CopyPlanTests {
    private static let now = Date(timeIntervalSince1970: 1_769_479_200)

    private func facts(
        _ tier: Tier, daysAgo: Double, bytes: Int64 = 100, isGood: Bool = true, isPinned: Bool = false
    ) throws -> RetentionFacts {
        let name = ArchiveName(
            app: try AppName("shop"), tier: tier, createdAt: CopyPlanTests.now.addingTimeInterval(-daysAgo * 86_400),
            format: .gzip)
        return RetentionFacts(name: name, bytes: bytes, isGood: isGood, isPinned: isPinned)
    }

    private func plan(_ primary: [RetentionFacts], _ vault: [RetentionFacts] = []) -> [CopyPlan.State] {
        CopyPlan(primary: primary, vault: vault, policy: .standard, now: CopyPlanTests.now).entries.map(\.state)
    }

    @Test("Into an empty vault goes what retention would keep there, newest first")
    func empty() throws {
        let young = try facts(.daily, daysAgo: 1)
        let old = try facts(.daily, daysAgo: 40)
        let pinned = try facts(.daily, daysAgo: 41, isPinned: true)
        let manual = try facts(.manual, daysAgo: 500)
        #expect(plan([manual, old, young, pinned]) == [.missing, .notKept, .missing, .missing])
        // Alone of its tier it is the newest good one there as well.
        #expect(plan([old]) == [.missing])
    }

    @Test("What is there is present, and something of another length under its name is told, not taken for it")
    func present() throws {
        let here = try facts(.daily, daysAgo: 1)
        #expect(plan([here], [here]) == [.present])
        let other = try facts(.daily, daysAgo: 1, bytes: 99, isGood: false)
        #expect(plan([here], [other]) == [.differs(there: 99)])
        // If the one here is no good, nobody knows which of the two is.
        #expect(plan([try facts(.daily, daysAgo: 1, isGood: false)], [other]) == [.present])
    }

    @Test("What is damaged here, or claims a time to come, is not copied")
    func notCopied() throws {
        #expect(plan([try facts(.daily, daysAgo: 1, isGood: false)]) == [.damagedHere])
        #expect(plan([try facts(.daily, daysAgo: -2)]) == [.ofFuture])
    }

    @Test("Nothing that was forged in a vault keeps a real archive from being copied there")
    func forged() throws {
        let real = try facts(.daily, daysAgo: 40)
        let forged = try facts(.daily, daysAgo: 1, isGood: false)
        let future = try facts(.daily, daysAgo: -400, isGood: false)
        #expect(plan([real], [forged, future]) == [.missing])
        // A newer one that is known to be real makes it superfluous.
        #expect(plan([real], [try facts(.daily, daysAgo: 1)]) == [.notKept])
    }

    private func listing(_ files: [(String, Int64)]) throws -> AppListing {
        let entries = files.map { VaultEntry(name: $0.0, bytes: $0.1, modifiedAt: CopyPlanTests.now) }
        return AppListing(entries, of: try AppName("shop"))
    }

    @Test("In a vault only what this machine has or copied counts as good; pins and suspicions count wherever they are")
    func believed() throws {
        let own = try facts(.daily, daysAgo: 1)
        let copied = try facts(.daily, daysAgo: 2).name.text
        let stranger = try facts(.daily, daysAgo: 3).name.text
        let pinnedHere = try facts(.daily, daysAgo: 50, isPinned: true)
        let listing = try listing([
            (own.name.text, 100), (copied, 50), (stranger, 50), ("\(stranger).proof", 9), ("\(copied).suspect", 9),
            (pinnedHere.name.text, 7), ("other_daily_backup_2026-01-01T00-00-00.sql.gz", 1),
        ])
        let facts = VaultFacts.of(listing, primary: [own, pinnedHere], known: [copied: 50, stranger: 51])
        let byName = Dictionary(uniqueKeysWithValues: facts.map { ($0.name.text, $0) })
        #expect(byName.count == 4)
        #expect(byName[own.name.text]?.isGood == true)
        #expect(byName[copied]?.isGood == true && byName[copied]?.isSuspect == true)
        #expect(byName[stranger]?.isGood == false)
        #expect(byName[pinnedHere.name.text]?.isGood == false && byName[pinnedHere.name.text]?.isPinned == true)
    }

    @Test("A lock lasts as long as the tier keeps the backup, and is none where that time is over or nothing locks")
    func locking() throws {
        let bucket = try VaultAddress("s3://bucket/prefix")
        func locking(_ tier: Tier, daysAgo: Double, at address: VaultAddress, _ mode: LockMode? = .compliance) throws
            -> CopyLocking
        {
            CopyLocking(
                for: try facts(tier, daysAgo: daysAgo).name, at: address, mode: mode, retention: .standard,
                manualDays: 10, now: CopyPlanTests.now)
        }
        func until(_ days: Double) -> CopyLocking {
            .until(ObjectLock(mode: .compliance, until: CopyPlanTests.now.addingTimeInterval(days * 86_400)))
        }
        #expect(try locking(.daily, daysAgo: 1, at: bucket) == until(29))
        #expect(try locking(.weekly, daysAgo: 0, at: bucket) == until(84))
        #expect(try locking(.monthly, daysAgo: 0, at: bucket) == until(365))
        #expect(try locking(.manual, daysAgo: 1, at: bucket) == until(9))
        #expect(
            try locking(.daily, daysAgo: 31, at: bucket) == .past(CopyPlanTests.now.addingTimeInterval(-86_400)))
        #expect(try locking(.daily, daysAgo: 1, at: VaultAddress("file:///mnt/nas")) == .none)
        #expect(try locking(.daily, daysAgo: 1, at: bucket, nil) == .none)
    }
}
