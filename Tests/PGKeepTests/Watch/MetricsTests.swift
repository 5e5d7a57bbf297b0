import Foundation
import PGKeepModel
import Subprocess
import SystemPackage
import Testing

@testable import PGKeep

@Suite struct MetricsTests {
    /// Whether promtool is there; where tests must run it has to be.
    private static let canRun =
        FileManager.default.isExecutableFile(atPath: "/usr/bin/promtool")
        || ProcessInfo.processInfo.environment["CI"] == "true"

    private func promtool(_ arguments: String..., input: String = "") async throws -> (isGood: Bool, words: String) {
        let done = try await Subprocess.run(
            .name("promtool"), arguments: Arguments(arguments), input: .string(input),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        return (done.terminationStatus.isSuccess, done.standardOutput + done.standardError)
    }

    private func facts() throws -> ProtectionFacts {
        let now = WatchFolder.now
        let brief = BackupBrief(
            name: "a", tier: .daily, createdAt: now.addingTimeInterval(-3600), bytes: 4711)
        var app = AppProtection(app: "we\"ird\\ap\np", rpoSeconds: 93_600)
        app.lastGood = brief
        app.ageSeconds = 3600
        app.lastVerified = VerifiedBackup(name: "a", at: now)
        app.tiers = [
            TierProtection(
                tier: .daily, backups: 3, lastGood: brief, lastRows: 5_000_000_000, lastDurationSeconds: 1.25,
                failuresInARow: 2, failingSince: now, lastError: "no", nextRun: now)
        ]
        let bare = AppProtection(app: "new", rpoSeconds: 60)
        return ProtectionFacts(
            at: now, apps: [app, bare],
            vault: VaultProtection(
                name: "/b", backups: 3, bytes: 9, freeBytes: 1 << 40, growthBytesPerDay: 0, daysUntilFull: 3,
                nextRoundBytes: 1),
            conditions: [Condition(.backupFailed, app: "new", message: "m", since: now)])
    }

    @Test("Every figure has its labels, escaped, and what isn't known is missing or infinite")
    func text() throws {
        let text = try facts().metrics
        let app = #"app="we\"ird\\ap\np""#
        for line in [
            "pgkeep_up 1",
            "pgkeep_backup_last_success_timestamp_seconds{\(app),tier=\"daily\"} 1769475600",
            "pgkeep_backup_last_duration_seconds{\(app),tier=\"daily\"} 1.25",
            "pgkeep_backup_last_rows{\(app),tier=\"daily\"} 5000000000",
            "pgkeep_backup_consecutive_failures{\(app),tier=\"daily\"} 2",
            "pgkeep_rpo_age_seconds{app=\"new\"} +Inf", "pgkeep_fresh{app=\"new\"} 0",
            "pgkeep_vault_free_bytes{vault=\"/b\"} 1099511627776",
            "pgkeep_vault_time_until_full_seconds{vault=\"/b\"} 259200",
            "pgkeep_conditions{app=\"new\",kind=\"backupFailed\"} 1",
        ] {
            #expect(text.contains("\(line)\n"), "\(line)")
        }
    }

    @Test("promtool finds nothing wrong with the metrics", .enabled(if: canRun))
    func checked() async throws {
        let good = try await promtool("check", "metrics", input: facts().metrics)
        #expect(good.isGood && good.words.isEmpty, "\(good.words)")
        let blind = try await promtool("check", "metrics", input: ProtectionFacts.metricsWithoutALook)
        #expect(blind.isGood && ProtectionFacts.metricsWithoutALook.hasSuffix("\npgkeep_up 0\n"))
        let bad = try await promtool("check", "metrics", input: "# TYPE size_count gauge\nsize_count 1\n")
        #expect(!bad.isGood)
    }

    @Test("The alert rules are valid, fire when they should and are silent when all is well", .enabled(if: canRun))
    func rules() async throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../../packaging/prometheus"
        ).standardized.path
        let valid = try await promtool("check", "rules", "\(folder)/pgkeep.rules.yml")
        #expect(valid.isGood, "\(valid.words)")
        let tested = try await promtool("test", "rules", "\(folder)/pgkeep.rules.test.yml")
        #expect(tested.isGood, "\(tested.words)")
    }

    @Test("Every metric that a rule asks for is one that pgkeep tells")
    func names() throws {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../../packaging/prometheus/pgkeep.rules.yml")
        let rules = try String(contentsOf: path, encoding: .utf8)
        let metrics = try facts().metrics
        let asked = Set(
            rules.matches(of: /expr: .*/).flatMap { $0.output.matches(of: /pgkeep_[a-z_]+/) }.map { String($0.output) })
        #expect(asked.count >= 8)
        for name in asked { #expect(metrics.contains("# TYPE \(name) gauge"), "\(name)") }
    }
}
