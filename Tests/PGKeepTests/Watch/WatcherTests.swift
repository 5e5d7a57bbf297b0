import Foundation
import PGKeepModel
import PGKeepVaults
import Testing

@testable import PGKeep

@Suite struct WatcherTests {
    @Test("An app with a young good backup is protected, and nothing is to be told")
    func well() async throws {
        try await WatchFolder.with { folder in
            let daily = try folder.put(.daily, hoursAgo: 5)
            try folder.record(.daily, hoursAgo: 5)
            try folder.journal.append(JournalEvent(.verify, archive: daily), at: folder.time(hoursAgo: 4))
            let next = folder.time(hoursAgo: -19)
            let facts = try folder.look(next: [.daily: next])
            let app = try #require(facts.apps.first)
            #expect(facts.isHealthy && facts.conditions.isEmpty && facts.reasons.isEmpty)
            #expect(app.lastGood?.name == daily && app.ageSeconds == 5 * 3600 && app.rpoSeconds == 26 * 3600)
            #expect(app.lastVerified == VerifiedBackup(name: daily, at: folder.time(hoursAgo: 4)))
            #expect(app.tiers.map(\.tier) == [.daily])
            #expect(app.tiers[0].lastDurationSeconds == 1.5 && app.tiers[0].lastRows == 30)
            #expect(app.tiers[0].nextRun == next && app.tiers[0].failuresInARow == 0)
            #expect(facts.vault.backups == 1 && facts.vault.bytes == 256 && facts.vault.freeBytes ?? 0 > 0)
        }
    }

    @Test("Without a good backup, or with one that is too old, protection has lapsed")
    func overdue() async throws {
        try await WatchFolder.with { folder in
            let none = try folder.look()
            #expect(!none.isHealthy && none.reasons == ["shop: there is no good backup"])
            try folder.put(.daily, hoursAgo: 26)
            #expect(try folder.look().isHealthy)
            let late = try folder.look(now: WatchFolder.now.addingTimeInterval(1))
            #expect(!late.isHealthy && late.conditions.map(\.kind) == [.backupOverdue])
            #expect(late.conditions[0].message == "the newest good backup is 26h old, more than 26h")
            #expect(late.conditions[0].since == WatchFolder.now)
            // A manual one protects as well as any.
            try folder.put(.manual, hoursAgo: 1)
            #expect(try folder.look().isHealthy)
        }
    }

    @Test("That the objective will be missed is told in its last quarter, if the next run comes too late")
    func atRisk() async throws {
        try await WatchFolder.with { folder in
            try folder.put(.daily, hoursAgo: 20)
            func kinds(nextInHours hours: Double) throws -> [Condition.Kind] {
                try folder.look(next: [.daily: folder.time(hoursAgo: -hours)]).conditions.map(\.kind)
            }
            #expect(try kinds(nextInHours: 6).isEmpty)
            #expect(try kinds(nextInHours: 7) == [.rpoAtRisk])
            #expect(try folder.look().conditions.isEmpty)
            let told = try folder.look(next: [.daily: folder.time(hoursAgo: -9)])
            #expect(
                told.conditions.first?.message
                    == "the newest good backup will be older than 26h in 6h, and the next one is due in 9h")
            // One that was due an hour ago waits for its turn, or is tried again.
            var waiting = try folder.app(next: [.daily: folder.time(hoursAgo: -23)])
            waiting.lastSlots = [.daily: folder.time(hoursAgo: 1)]
            #expect(try Watcher(folder.settings, now: { WatchFolder.now }).lookNow(at: [waiting]).conditions.isEmpty)
            try folder.put(.manual, hoursAgo: 19)
            #expect(try kinds(nextInHours: 9).isEmpty)
        }
    }

    @Test("Suspect, damaged and future backups protect nobody")
    func noGood() async throws {
        try await WatchFolder.with { folder in
            let old = try folder.put(.daily, hoursAgo: 30)
            let cut = try folder.put(.daily, hoursAgo: 3, whole: false)
            let suspect = try folder.put(.daily, hoursAgo: 4)
            let broken = try folder.put(.daily, hoursAgo: 5)
            try folder.put(.daily, hoursAgo: -9)
            try Catalogue(vault: folder.vault, app: nil)
                .suspect(suspect, at: folder.time(hoursAgo: 4), reason: "it holds 3 rows in all")
            try folder.journal.append(
                JournalEvent(.verify, archive: broken, outcome: .failed, details: ["problems": "unit 3 is not whole"]),
                at: folder.time(hoursAgo: 1))
            let facts = try folder.look()
            let app = try #require(facts.apps.first)
            #expect(app.lastGood?.name == old && !facts.isHealthy)
            #expect(app.suspects.map(\.name) == [suspect] && app.suspects[0].reason == "it holds 3 rows in all")
            #expect(app.damaged.map(\.name) == [cut, broken] && app.damaged[1].reason == "unit 3 is not whole")
            #expect(
                facts.conditions.map(\.kind) == [.backupOverdue, .backupAbnormal, .verifyFailed, .verifyFailed])
            #expect(facts.conditions[1].hint?.hasPrefix("pgkeep accept \(suspect)") == true)
        }
    }

    @Test("Of many damaged backups the newest are told one by one")
    func manyDamaged() async throws {
        try await WatchFolder.with { folder in
            for hours in 0..<9 { try folder.put(.daily, hoursAgo: Double(hours) + 1, whole: false) }
            try folder.put(.daily, hoursAgo: 20)
            let facts = try folder.look()
            #expect(facts.isHealthy && facts.apps[0].damaged.count == 9 && facts.conditions.count == 6)
            let name = facts.apps[0].damaged[0].name
            #expect(
                facts.conditions[0].message == "\(name) is damaged: it has only 7 B, too little for a backup")
            #expect(facts.conditions[5].message == "4 more backups are damaged")
        }
    }

    @Test("Failures count until the next good run; a run that found another, or that a person ended, is none")
    func failures() async throws {
        try await WatchFolder.with { folder in
            try folder.put(.daily, hoursAgo: 20)
            try folder.record(.daily, hoursAgo: 20)
            for hours in [3.0, 2, 1] { try folder.recordFailure(.daily, hoursAgo: hours) }
            try folder.recordFailure(.weekly, hoursAgo: 2, code: "busy")
            try folder.recordFailure(.weekly, hoursAgo: 2, code: "interrupted")
            let facts = try folder.look()
            #expect(facts.isHealthy)
            #expect(facts.conditions.map(\.kind) == [.backupFailed])
            #expect(
                facts.conditions[0].message == "the daily backup failed 3 times in a row: connection refused")
            #expect(facts.conditions[0].subject == "daily")
            #expect(facts.conditions[0].since == folder.time(hoursAgo: 3))
            try folder.record(.daily, hoursAgo: 0.5)
            #expect(try folder.look().conditions.isEmpty)
        }
    }

    @Test("A slow run, an abnormal backup and a pg_dump with a hole are told until the next run is well")
    func lastRun() async throws {
        try await WatchFolder.with { folder in
            try folder.put(.daily, hoursAgo: 2)
            try folder.record(
                .daily, hoursAgo: 2,
                details: [
                    "durationSeconds": 700.5, "anomalies": .list(["a has 1 rows", "b is gone"]),
                    "toolHole": "pg_dump 15.17 has a known hole",
                ])
            let facts = try folder.look()
            #expect(facts.conditions.map(\.kind) == [.backupSlow, .backupAbnormal, .toolHole])
            #expect(facts.conditions[0].message == "the last daily backup took 11m, more than 10m")
            #expect(facts.conditions[1].message.hasSuffix("is not as usual: a has 1 rows; b is gone"))
            try folder.put(.daily, hoursAgo: 1)
            try folder.record(.daily, hoursAgo: 1)
            #expect(try folder.look().conditions.isEmpty)
        }
    }

    @Test("What was said of a backup that is gone is no condition, and nothing of it is kept")
    func removed() async throws {
        try await WatchFolder.with { folder in
            let name = try folder.put(.daily, hoursAgo: 1)
            try folder.put(.daily, hoursAgo: 2)
            try folder.record(.daily, hoursAgo: 1, details: ["anomalies": .list(["b is gone"])])
            try folder.journal.append(JournalEvent(.verify, archive: name, outcome: .failed), at: WatchFolder.now)
            #expect(try folder.look().conditions.map(\.kind) == [.backupAbnormal, .verifyFailed])
            try folder.vault.remove(name)
            #expect(try folder.look().conditions.isEmpty)
            var position = JournalPosition()
            var facts = JournalFacts()
            try position.advance(in: folder.journal, restart: {}, { facts.take($0) })
            #expect(facts.verifications.count == 1 && facts.runs.count == 1)
            facts.forget { _ in false }
            #expect(facts.verifications.isEmpty && facts.runs.count == 1)
        }
    }

    @Test("A disk without room for two more of each backup is told, and one that fills up in a few days")
    func disk() async throws {
        try await WatchFolder.with { folder in
            try folder.put(.daily, hoursAgo: 1)
            var facts = try folder.look()
            func low(_ days: Int = 7) throws -> Condition? {
                Conditions.of(facts, apps: [try folder.app()], diskLowDays: days).first { $0.kind == .diskLow }
            }
            facts.vault.freeBytes = 600
            facts.vault.daysUntilFull = 7
            #expect(facts.vault.nextRoundBytes == 256)
            #expect(try low() == nil)
            facts.vault.daysUntilFull = 6
            #expect(try low()?.message == "600 B are free in \(folder.path), at the present growth for 6 days")
            #expect(try low(0) == nil)
            facts.vault.freeBytes = 511
            #expect(try low(0)?.message.hasSuffix("there is no room for two of each") == true)
            facts.vault.freeBytes = nil
            #expect(try low() == nil)
        }
    }

    @Test("A weekly or monthly backup that is missing is a note, not a condition")
    func notes() async throws {
        try await WatchFolder.with { folder in
            try folder.put(.daily, hoursAgo: 2)
            try folder.put(.weekly, hoursAgo: 9 * 24)
            let next: [Tier: Date] = [.daily: folder.time(hoursAgo: -1), .monthly: folder.time(hoursAgo: -1)]
            #expect(try folder.look(next: next).apps[0].warnings == ["the newest good weekly backup is 9d old"])
            try folder.put(.daily, hoursAgo: 33 * 24)
            let facts = try folder.look(next: next)
            #expect(facts.apps[0].warnings.last == "there is no good monthly backup")
            #expect(facts.conditions.isEmpty && facts.isHealthy)
        }
    }

    @Test("What runs at the moment is seen without being disturbed; what ran is not")
    func running() async throws {
        try await WatchFolder.with { folder in
            let app = try AppName("shop")
            let state = folder.settings.stateDirectory
            try await RunLock.with(directory: state, app: app, doing: "daily backup") {
                let running = try #require(try RunningRun.of(app, directory: state))
                #expect(running.process == getpid() && running.doing == "daily backup")
                // One that takes longer than it may is told while it runs.
                let late = try folder.look(now: Date().addingTimeInterval(3600))
                #expect(late.conditions.contains { $0.kind == .backupSlow && $0.subject == "running" })
            }
            #expect(try RunningRun.of(app, directory: state) == nil)
            // What a killed run left in the file.
            try Data("1 (daily backup)\n".utf8).write(to: URL(filePath: "\(state)/shop.lock"))
            #expect(try RunningRun.of(app, directory: state) == nil)
        }
    }

    @Test("A watcher sees what comes, goes and is marked between two looks")
    func changes() async throws {
        try await WatchFolder.with { folder in
            let watcher = try Watcher(folder.settings, now: { WatchFolder.now })
            func look() throws -> ProtectionFacts { try watcher.lookNow(at: [folder.app()]) }
            #expect(try !look().isHealthy)
            let name = try folder.put(.daily, hoursAgo: 1)
            #expect(try look().isHealthy)
            let catalogue = Catalogue(vault: folder.vault, app: try AppName("shop"))
            try catalogue.suspect(name, at: WatchFolder.now, reason: "half of it")
            #expect(try look().apps[0].suspects.map(\.reason) == ["half of it"])
            #expect(try catalogue.accept(name))
            #expect(try look().isHealthy)
            try folder.recordFailure(.daily, hoursAgo: 0.2)
            #expect(try look().conditions.map(\.kind) == [.backupFailed])
            // Another journal, from which nothing of the first one follows.
            try FileManager.default.removeItem(atPath: folder.journal.path)
            try folder.record(.daily, hoursAgo: 1)
            #expect(try look().conditions.isEmpty)
            try folder.vault.remove(name)
            #expect(try !look().isHealthy)
        }
    }

    @Test("Without an app that is set every app of the vault is watched")
    func everyApp() async throws {
        try await WatchFolder.with { folder in
            for app in ["b", "a"] { try folder.put(.daily, hoursAgo: 1, app: app) }
            let watcher = try Watcher(folder.settings, now: { WatchFolder.now })
            #expect(try await watcher.appsInVault().map(\.app.text) == ["a", "b"])
        }
    }
}

@Suite(.serialized) struct WatcherSpeedTests {
    @Test("Two hundred apps with 54 archives each are looked at fast, and again faster")
    func speed() async throws {
        try await WatchFolder.with { folder in
            let apps = try (0..<200).map { try folder.app("app\($0)") }
            for app in apps {
                for day in 0..<54 {
                    try folder.put(day < 30 ? .daily : .weekly, hoursAgo: Double(day) * 24 + 1, app: app.app.text)
                }
            }
            try Data(try journalText(apps, folder)).write(to: URL(filePath: try journalPath(folder)))
            // As if the folder had rested for a while.
            try FileManager.default.setAttributes(
                [.modificationDate: folder.time(hoursAgo: 0.9)], ofItemAtPath: folder.path)
            let watcher = try Watcher(folder.settings, now: { WatchFolder.now })
            let clock = ContinuousClock()
            let first = try clock.measure { _ = try watcher.lookNow(at: apps) }
            var facts: ProtectionFacts?
            let again = try clock.measure { facts = try watcher.lookNow(at: apps) }
            let changed = try folder.put(.daily, hoursAgo: 0.5, app: "app7")
            let listed = try clock.measure { facts = try watcher.lookNow(at: apps) }
            var text = ""
            let metrics = clock.measure { text = facts?.metrics ?? "" }
            print("watch: first look \(first), again \(again), after a change \(listed), metrics \(metrics)")
            #expect(facts?.apps.count == 200 && facts?.isHealthy == true)
            #expect(facts?.apps[7].lastGood?.name == changed)
            #expect(text.contains("pgkeep_rpo_age_seconds{app=\"app199\"} 3600\n"))
            // Without the optimizer, and beside other tests; a release build on a quiet machine takes a tenth of it.
            #expect(first < .seconds(5) && again + metrics < .milliseconds(500) && listed < .seconds(2))
        }
    }

    /// The lines of a year, without their seals, which nobody who watches looks at.
    private func journalText(_ apps: [WatchedApp], _ folder: WatchFolder) throws -> [UInt8] {
        let prev = JournalLine.noPrevious
        var text = ""
        for app in apps {
            for day in 0..<54 {
                let name = try folder.name(.daily, hoursAgo: Double(54 - day) * 24, app: app.app.text).text
                let at = folder.time(hoursAgo: Double(54 - day) * 24).iso8601Milliseconds
                text += """
                    {"app":"\(app.app.text)","archive":"\(name)","at":"\(at)","bytes":256,"durationSeconds":1.5,\
                    "event":"backup","index":"\(prev)","outcome":"ok","prev":"\(prev)","rawBytes":400,"rows":30,\
                    "seal":"\(prev)","seq":\(day),"tableFacts":["30 400 200 1 public.t"],"tier":"daily"}

                    """
            }
        }
        return Array(text.utf8)
    }

    private func journalPath(_ folder: WatchFolder) throws -> String {
        try folder.record(.daily, hoursAgo: 1)
        return folder.journal.path
    }
}
