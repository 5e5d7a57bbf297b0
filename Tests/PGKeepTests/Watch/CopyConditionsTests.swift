import Foundation
import PGKeepModel
import Testing

@testable import PGKeep

/// What of copies is told as not being as it should.
@Suite struct CopyConditionsTests {
    private static let bucket = "s3://bucket/shop"

    /// A bucket in which nothing lies, looked at just now.
    private func sight() throws -> VaultSight {
        var sight = VaultSight(vault: try VaultAddress(CopyConditionsTests.bucket))
        sight.lookedAt = WatchFolder.now
        return sight
    }

    /// What is told of a folder whose bucket was seen so.
    private func look(_ folder: WatchFolder, _ sight: VaultSight, lock: LockMode? = nil) throws -> ProtectionFacts {
        try SightsFile(directory: folder.settings.stateDirectory, app: AppName("shop")).save([sight])
        var settings = folder.settings
        settings.vaults = [try VaultAddress(CopyConditionsTests.bucket)]
        settings.lock = lock
        let app = WatchedApp(try AppName("shop"), settings: settings)
        return try Watcher(settings, now: { WatchFolder.now }).lookNow(at: [app])
    }

    @Test("A copy that is there, and locked as it should be, is nothing to tell")
    func well() async throws {
        try await WatchFolder.with { folder in
            let name = try folder.put(.daily, hoursAgo: 5)
            var sight = try sight()
            let until = WatchFolder.now.addingTimeInterval(30 * 86_400)
            sight.copies[name] = .init(bytes: 256, checked: "MD5", lockedUntil: until, isLockKnown: true)
            let facts = try look(folder, sight, lock: .governance)
            #expect(facts.conditions.isEmpty)
            let app = try #require(facts.apps.first)
            #expect(app.redundancy?.copies == 2 && app.redundancy?.locked == 1)
            #expect(app.vaults.first?.copies == 1 && app.vaults.first?.locked == 1)
            #expect(app.vaults.first?.missing.isEmpty == true)
            let metrics = facts.metrics
            let vault = "vault=\"\(CopyConditionsTests.bucket)\""
            for line in [
                "pgkeep_copies{app=\"shop\"} 2", "pgkeep_copies_off_site{app=\"shop\"} 1",
                "pgkeep_copies_locked{app=\"shop\"} 1", "pgkeep_copies_storages{app=\"shop\"} 2",
                "pgkeep_vault_copies{app=\"shop\",\(vault)} 1",
                "pgkeep_vault_copies_missing{app=\"shop\",\(vault)} 0",
            ] {
                #expect(metrics.contains("\(line)\n"), "\(line)")
            }
        }
    }

    @Test("A backup without a copy is told after an hour")
    func missing() async throws {
        try await WatchFolder.with { folder in
            let young = try folder.put(.daily, hoursAgo: 0.5)
            var sight = try sight()
            sight.missing = [young]
            #expect(try look(folder, sight).conditions.isEmpty)
            // Newer than the last look: nobody has seen yet whether it is there.
            sight.missing = []
            sight.lookedAt = folder.time(hoursAgo: 1)
            let soon = try look(folder, sight)
            #expect(soon.conditions.isEmpty)
            #expect(soon.apps.first?.vaults.first?.missing == [young])
            let old = try folder.put(.daily, hoursAgo: 2)
            sight.missing = [young, old]
            let late = try look(folder, sight).conditions
            #expect(late.map(\.kind) == [.copyMissing])
            #expect(late.first?.message == "1 of 2 backups has no copy in \(CopyConditionsTests.bucket): \(old)")
        }
    }

    @Test("A copy that is gone is told at once; what the folder no longer has needs none")
    func vanished() async throws {
        try await WatchFolder.with { folder in
            let young = try folder.put(.daily, hoursAgo: 0.5)
            var sight = try sight()
            sight.missing = [young]
            sight.vanished = [young]
            let gone = try look(folder, sight).conditions
            #expect(gone.map(\.kind) == [.copyMissing])
            #expect(gone.first?.subject == CopyConditionsTests.bucket)
            #expect(gone.first?.message == "1 copy that was in \(CopyConditionsTests.bucket) is gone: \(young)")
            let other = try folder.name(.daily, hoursAgo: 9).text
            sight.missing = [other]
            sight.vanished = [other]
            #expect(try look(folder, sight).conditions.isEmpty)
        }
    }

    @Test(
        "What stands in the way is told instead of what is missing; that of a lock as such", arguments: [false, true])
    func trouble(isOfLock: Bool) async throws {
        try await WatchFolder.with { folder in
            let old = try folder.put(.daily, hoursAgo: 2)
            var sight = try sight()
            sight.missing = [old]
            let since = folder.time(hoursAgo: 1)
            sight.failed(PGKeepError(.unreachable, "no way", hint: "try"), isOfLock: isOfLock, at: since)
            let found = try look(folder, sight).conditions
            #expect(found.map(\.kind) == [isOfLock ? .lockMissing : .copyFailed])
            #expect(found.first?.message == "copies to \(CopyConditionsTests.bucket) fail: no way")
            #expect(found.first?.hint == "try" && found.first?.since == since)
        }
    }

    @Test("A newest copy without the lock that is wanted is told, once the store was asked for it")
    func unlocked() async throws {
        try await WatchFolder.with { folder in
            let name = try folder.put(.daily, hoursAgo: 5)
            var sight = try sight()
            sight.copies[name] = .init(bytes: 256, isLockKnown: true)
            #expect(try look(folder, sight, lock: .compliance).conditions.map(\.kind) == [.lockMissing])
            #expect(try look(folder, sight).conditions.isEmpty)
            sight.copies[name] = .init(bytes: 256)
            #expect(try look(folder, sight, lock: .compliance).conditions.isEmpty)
        }
    }

    @Test("A copy that isn't what it should be is told, and counts as none")
    func differing() async throws {
        try await WatchFolder.with { folder in
            let name = try folder.put(.daily, hoursAgo: 5)
            var sight = try sight()
            sight.copies[name] = .init(bytes: 256)
            sight.differing[name] = "it has 3 bytes, the original 256"
            let facts = try look(folder, sight)
            #expect(facts.conditions.map(\.kind) == [.verifyFailed])
            #expect(facts.apps.first?.redundancy?.copies == 1)
        }
    }
}
