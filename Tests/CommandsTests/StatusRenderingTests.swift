import Foundation
import PGKeepModel
import Testing

@testable import PGKeep
@testable import PGKeepCommands

@Suite struct StatusRenderingTests {
    private let now = Date(timeIntervalSince1970: 1_769_479_200)

    private func facts(_ apps: [String], hoursAgo: Double = 5) -> ProtectionFacts {
        let apps = apps.map { name in
            let brief = BackupBrief(
                name: "\(name)_daily_backup_2026-01-26T21-00-00.sql.gz", tier: .daily,
                createdAt: now.addingTimeInterval(-hoursAgo * 3600), bytes: 47_395_635)
            var app = AppProtection(app: name, rpoSeconds: 93_600)
            app.lastGood = brief
            app.ageSeconds = hoursAgo * 3600
            app.backups = 2
            app.bytes = 94_791_270
            app.tiers = [
                TierProtection(
                    tier: .daily, backups: 2, lastGood: brief, lastRows: 420_000, lastDurationSeconds: 1.2,
                    failuresInARow: 0, failingSince: nil, lastError: nil, nextRun: now.addingTimeInterval(19 * 3600))
            ]
            return app
        }
        return ProtectionFacts(
            at: now, apps: apps,
            vault: VaultProtection(
                name: "/b", backups: 2, bytes: 94_791_270, freeBytes: 1 << 40, growthBytesPerDay: 0,
                daysUntilFull: nil, nextRoundBytes: 1))
    }

    private func text(_ facts: ProtectionFacts) throws -> String {
        Rendering(timeZone: .gmt, now: now).status(facts)
    }

    @Test("When all is well the first line says so, and each app has its few lines")
    func well() throws {
        #expect(
            try text(facts(["shop"])) == """
                All is well: shop is protected, its newest good backup is 5h old

                shop: 2 backups, 90.4 MB
                  Newest good: 5h old, at most 26h wanted: shop_daily_backup_2026-01-26T21-00-00.sql.gz
                  Daily:       2026-01-26 21:00:00, 45.2 MB, 420,000 rows, took 1.2s, next 2026-01-27 21:00:00
                  Verified:    none
                  Proven:      none

                /b: 2 backups, 90.4 MB, 1.0 TB free, not filling up
                These are the only copies: BACKUP_VAULTS makes others elsewhere (pgkeep help sync)
                """)
    }

    @Test("What is wrong comes first, with what to do; what runs and what to note is told of its app")
    func wrong() throws {
        var facts = facts(["shop", "crm"], hoursAgo: 30)
        facts.apps[1].ageSeconds = 3600
        facts.apps[0].running = RunningRun(
            process: 4711, doing: "daily backup", since: now.addingTimeInterval(-125))
        facts.apps[0].warnings = ["there is no good weekly backup"]
        facts.vault.daysUntilFull = 1
        facts.conditions = [
            Condition(
                .backupOverdue, app: "shop", message: "the newest good backup is 30h old, more than 26h",
                hint: "pgkeep backup daily", since: now)
        ]
        let lines = try text(facts).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(
            lines.prefix(4) == [
                "NOT PROTECTED: shop", "", "! shop: the newest good backup is 30h old, more than 26h",
                "    pgkeep backup daily",
            ])
        #expect(lines.contains("  Running:     daily backup, for 2m, process 4711"))
        #expect(lines.contains("  Note:        there is no good weekly backup"))
        #expect(lines.suffix(2).first?.hasSuffix("full in 1 day at the present growth") == true)
        facts.apps[0].ageSeconds = 3600
        #expect(try text(facts).hasPrefix("Attention: one thing is not as it should be\n"))
    }

    @Test("What was proven is told, and how long a restore takes beside how long it may")
    func proven() throws {
        var facts = facts(["shop"])
        facts.apps[0].lastProven = VerifiedBackup(name: "a.sql.gz", at: now)
        facts.apps[0].restore = RestoreOutlook(
            [.init(at: now, rawBytes: 100, seconds: 300)], rawBytesNow: 200, objective: .seconds(3600))
        let lines = try text(facts).split(separator: "\n").map(String.init)
        #expect(lines.contains("  Proven:      2026-01-27 02:00:00, a.sql.gz"))
        #expect(
            lines.contains(
                "  Restore:     about 10m, 5m when it was measured at 2026-01-27 02:00:00, at most 1h wanted"))
    }

    @Test("Of many apps only those in need are told one by one")
    func many() throws {
        var facts = facts((0..<200).map { "app\($0)" })
        #expect(
            try text(facts).hasPrefix(
                "All is well: 200 apps are protected, the newest good backup of each is at most 5h old\n\n/b: "))
        facts.conditions = [Condition(.backupFailed, app: "app7", message: "no", since: now)]
        let told = try text(facts)
        #expect(told.contains("\napp7: 2 backups") && !told.contains("\napp8: "))
    }

    @Test("As JSON times are in UTC, durations in seconds, and what isn't known is missing")
    func json() throws {
        var facts = facts(["shop"])
        facts.conditions = [Condition(.backupFailed, app: "shop", subject: "daily", message: "no", since: now)]
        let text = try JSONText.of(facts)
        for line in [
            "\"at\" : \"2026-01-27T02:00:00Z\"", "\"healthy\" : true", "\"needsAttention\" : true",
            "\"ageSeconds\" : 18000", "\"createdAt\" : \"2026-01-26T21:00:00Z\"", "\"kind\" : \"backupFailed\"",
            "\"freeBytes\" : 1099511627776", "\"since\" : \"2026-01-27T02:00:00Z\"",
        ] {
            #expect(text.contains(line), "\(line)")
        }
        #expect(!text.contains("daysUntilFull") && !text.contains("lastVerified"))
    }
}
