import Foundation
import PGKeepModel
import Testing

@testable import PGKeep

/// What of copies is told as not being as it should.
@Suite struct CopyConditionsTests {
    private let bucket = "s3://bucket/shop"

    /// One archive, and a bucket that was seen in some state.
    private func look(
        _ folder: WatchFolder, lock: LockMode? = nil, _ change: (inout VaultSight) -> Void
    ) throws -> ProtectionFacts {
        let address = try VaultAddress(bucket)
        var sight = VaultSight(vault: address)
        sight.lookedAt = WatchFolder.now
        change(&sight)
        try SightsFile(directory: folder.settings.stateDirectory, app: AppName("shop")).save([sight])
        var settings = folder.settings
        settings.vaults = [address]
        settings.lock = lock
        let app = WatchedApp(try AppName("shop"), settings: settings)
        return try Watcher(settings, now: { WatchFolder.now }).lookNow(at: [app])
    }

    private func told(_ folder: WatchFolder, _ change: (inout VaultSight) -> Void) throws -> [Condition] {
        try look(folder, change).conditions
    }

    @Test("A copy that is there, and locked as it should be, is nothing to tell")
    func well() async throws {
        try await WatchFolder.with { folder in
            let name = try folder.put(.daily, hoursAgo: 5)
            let until = WatchFolder.now.addingTimeInterval(86_400)
            let facts = try look(folder, lock: .governance) {
                $0.copies[name] = .init(bytes: 256, checked: "MD5", lockedUntil: until, isLockKnown: true)
            }
            #expect(facts.conditions.isEmpty)
            let app = facts.apps[0]
            #expect(app.redundancy?.copies == 2 && app.redundancy?.locked == 1)
            #expect(app.vaults[0].copies == 1 && app.vaults[0].locked == 1 && app.vaults[0].missing.isEmpty)
            let metrics = facts.metrics
            for line in [
                "pgkeep_copies{app=\"shop\"} 2", "pgkeep_copies_off_site{app=\"shop\"} 1",
                "pgkeep_copies_locked{app=\"shop\"} 1", "pgkeep_copies_storages{app=\"shop\"} 2",
                "pgkeep_vault_copies{app=\"shop\",vault=\"\(bucket)\"} 1",
                "pgkeep_vault_copies_missing{app=\"shop\",vault=\"\(bucket)\"} 0",
            ] {
                #expect(metrics.contains("\(line)\n"), "\(line)")
            }
        }
    }

    @Test("A backup without a copy is told after an hour, a copy that is gone at once")
    func missing() async throws {
        try await WatchFolder.with { folder in
            let young = try folder.put(.daily, hoursAgo: 0.5)
            #expect(try told(folder) { $0.missing = [young] }.isEmpty)
            // Newer than the last look: nobody has seen yet whether it is there.
            #expect(try told(folder) { $0.lookedAt = folder.time(hoursAgo: 1) }.isEmpty)
            let gone = try told(folder) {
                $0.missing = [young]
                $0.vanished = [young]
            }
            #expect(gone.map(\.kind) == [.copyMissing] && gone.first?.subject == bucket)
            #expect(gone.first?.message == "1 copy that was in \(bucket) is gone: \(young)")
            let old = try folder.put(.daily, hoursAgo: 2)
            let late = try told(folder) { $0.missing = [young, old] }
            #expect(late.map(\.kind) == [.copyMissing])
            #expect(late.first?.message == "1 of 2 backups has no copy in \(bucket): \(old)")
            // What the folder no longer has needs no copy.
            let other = try folder.name(.daily, hoursAgo: 9).text
            #expect(try told(folder) { $0.missing = [other] }.isEmpty)
        }
    }

    @Test("What stands in the way is told instead of what is missing; that of a lock as such")
    func trouble() async throws {
        try await WatchFolder.with { folder in
            let old = try folder.put(.daily, hoursAgo: 2)
            for (isOfLock, kind) in [(false, Condition.Kind.copyFailed), (true, .lockMissing)] {
                let found = try look(folder) {
                    $0.missing = [old]
                    $0.failed(
                        PGKeepError(.unreachable, "no way", hint: "try"), isOfLock: isOfLock,
                        at: folder.time(hoursAgo: 1))
                }.conditions
                #expect(found.map(\.kind) == [kind])
                #expect(found.first?.message == "copies to \(bucket) fail: no way" && found.first?.hint == "try")
                #expect(found.first?.since == folder.time(hoursAgo: 1))
            }
        }
    }

    @Test("A newest copy without the lock that is wanted, and one that isn't what it should be, are told")
    func unlockedAndDiffering() async throws {
        try await WatchFolder.with { folder in
            let name = try folder.put(.daily, hoursAgo: 5)
            let unlocked = try look(folder, lock: .compliance) {
                $0.copies[name] = .init(bytes: 256, isLockKnown: true)
            }.conditions
            #expect(unlocked.map(\.kind) == [.lockMissing])
            // Nobody wants one; nobody has asked yet.
            #expect(try look(folder) { $0.copies[name] = .init(bytes: 256, isLockKnown: true) }.conditions.isEmpty)
            #expect(try look(folder, lock: .compliance) { $0.copies[name] = .init(bytes: 256) }.conditions.isEmpty)
            let differing = try look(folder) {
                $0.copies[name] = .init(bytes: 256)
                $0.differing[name] = "it has 3 bytes, the original 256"
            }
            #expect(differing.conditions.map(\.kind) == [.verifyFailed])
            #expect(differing.apps[0].redundancy?.copies == 1)
        }
    }
}
