import Foundation
import PGKeepModel

extension ProtectionFacts {
    /// The facts in Prometheus' text format, version 0.0.4; every series is a gauge, since vault and journal are counted anew.
    public var metrics: String {
        let tiers = apps.flatMap { app in app.tiers.map { (app, $0) } }
        func perTier(_ value: (TierProtection) -> Double?) -> [MetricsText.Sample] {
            tiers.compactMap { app, tier in
                value(tier).map { .init([("app", app.app), ("tier", tier.tier.rawValue)], $0) }
            }
        }
        func perApp(_ value: (AppProtection) -> Double?) -> [MetricsText.Sample] {
            apps.compactMap { app in value(app).map { .init([("app", app.app)], $0) } }
        }
        func ofVault(_ value: Double?) -> [MetricsText.Sample] {
            value.map { [.init([("vault", vault.name)], $0)] } ?? []
        }
        var text = MetricsText()
        text.addUp(1)
        text.add(
            "pgkeep_backup_last_success_timestamp_seconds", "When the newest good backup was taken.",
            perTier { $0.lastGood?.createdAt.timeIntervalSince1970 })
        text.add(
            "pgkeep_backup_last_duration_seconds", "How long the last backup taken here took.",
            perTier(\.lastDurationSeconds))
        text.add(
            "pgkeep_backup_last_size_bytes", "Size of the newest good backup.",
            perTier { $0.lastGood.map { Double($0.bytes) } })
        text.add(
            "pgkeep_backup_last_rows", "Rows in the last backup taken here.", perTier { $0.lastRows.map(Double.init) })
        text.add(
            "pgkeep_backup_consecutive_failures", "Runs that failed since the last good one.",
            perTier { Double($0.failuresInARow) })
        text.add(
            "pgkeep_backup_next_run_timestamp_seconds", "When the next backup is due.",
            perTier { $0.nextRun?.timeIntervalSince1970 })
        text.add("pgkeep_backups", "Backups in the vault.", perTier { Double($0.backups) })
        text.add(
            "pgkeep_backup_running", "Whether a backup is being taken.", perApp { $0.running?.isBackup == true ? 1 : 0 }
        )
        text.add(
            "pgkeep_rpo_age_seconds",
            "How much would be lost now: the age of the newest good backup; +Inf without any.",
            perApp { $0.ageSeconds ?? .infinity })
        text.add("pgkeep_rpo_objective_seconds", "How old the newest good backup may become.", perApp(\.rpoSeconds))
        text.add("pgkeep_fresh", "Whether the newest good backup is young enough.", perApp { $0.isFresh ? 1 : 0 })
        text.add("pgkeep_backups_size_bytes", "What the backups take.", perApp { Double($0.bytes) })
        text.add("pgkeep_suspect_backups", "Backups to be accepted or removed.", perApp { Double($0.suspects.count) })
        text.add("pgkeep_damaged_backups", "Backups that were found damaged.", perApp { Double($0.damaged.count) })
        text.add(
            "pgkeep_last_verified_timestamp_seconds", "When a backup was last read whole and found good.",
            perApp { $0.lastVerified?.at.timeIntervalSince1970 })
        text.add(
            "pgkeep_last_proven_timestamp_seconds", "When a drill last restored a backup and found it equal.",
            perApp { $0.lastProven?.at.timeIntervalSince1970 })
        text.add(
            "pgkeep_rto_measured_seconds", "How long the restore of the last drill took.",
            perApp { $0.restore?.measuredSeconds })
        text.add(
            "pgkeep_rto_estimate_seconds", "How long a restore would take now, at the size of the last backup.",
            perApp { $0.restore?.estimatedSeconds })
        text.add(
            "pgkeep_rto_objective_seconds", "How long a restore may take.", perApp { $0.restore?.objectiveSeconds })
        text.add("pgkeep_vault_free_bytes", "Room left in the vault.", ofVault(vault.freeBytes.map(Double.init)))
        text.add("pgkeep_vault_used_bytes", "What all backups in the vault take.", ofVault(Double(vault.bytes)))
        text.add(
            "pgkeep_vault_time_until_full_seconds",
            "When the vault will be full at its present growth; +Inf: not within a year.",
            ofVault(vault.daysUntilFull.map { Double($0) * 86_400 } ?? .infinity))
        addCopies(to: &text)
        text.add("pgkeep_conditions", "What is not as it should be, by kind.", conditionSamples)
        return text.text
    }

    private func addCopies(to text: inout MetricsText) {
        func perApp(_ value: (Redundancy) -> Int) -> [MetricsText.Sample] {
            apps.compactMap { app in app.redundancy.map { .init([("app", app.app)], Double(value($0))) } }
        }
        func perVault(_ value: (CopyProtection) -> Double?) -> [MetricsText.Sample] {
            apps.flatMap { app in
                app.vaults.compactMap { vault in
                    value(vault).map { .init([("app", app.app), ("vault", vault.vault)], $0) }
                }
            }
        }
        text.add("pgkeep_copies", "Copies of the newest good backup, the first one included.", perApp(\.copies))
        text.add("pgkeep_copies_storages", "Kinds of storage they are on.", perApp(\.storages.count))
        text.add("pgkeep_copies_off_site", "Those of them away from the machine.", perApp(\.offSite))
        text.add("pgkeep_copies_locked", "Those of them that nobody can delete yet.", perApp(\.locked))
        text.add("pgkeep_vault_copies", "Copies in a vault.", perVault { Double($0.copies) })
        text.add(
            "pgkeep_vault_copies_missing", "Backups without a copy in a vault.", perVault { Double($0.missing.count) })
        text.add(
            "pgkeep_vault_looked_at_timestamp_seconds", "When a vault was last looked at.",
            perVault { $0.lookedAt?.timeIntervalSince1970 })
    }

    /// What is told where nothing could be looked at: an alert rule waits for it.
    public static let metricsWithoutALook: String = {
        var text = MetricsText()
        text.addUp(0)
        return text.text
    }()

    private var conditionSamples: [MetricsText.Sample] {
        struct Key: Hashable { var app: String, kind: String }
        let counts = Dictionary(grouping: conditions) { Key(app: $0.app ?? "", kind: $0.kind.rawValue) }
        return counts.sorted { ($0.key.app, $0.key.kind) < ($1.key.app, $1.key.kind) }.map { key, found in
            .init([("app", key.app), ("kind", key.kind)], Double(found.count))
        }
    }
}

/// Families of gauges in Prometheus' text format; a family without samples is left out.
struct MetricsText {
    struct Sample {
        var labels: [(name: String, value: String)]
        var value: Double

        init(_ labels: [(name: String, value: String)], _ value: Double) {
            self.labels = labels
            self.value = value
        }
    }

    private(set) var text = ""

    mutating func addUp(_ value: Double) {
        add("pgkeep_up", "Whether pgkeep could look at vault and journal.", [Sample([], value)])
    }

    mutating func add(_ name: String, _ help: String, _ samples: [Sample]) {
        guard !samples.isEmpty else { return }
        text += "# HELP \(name) \(help)\n# TYPE \(name) gauge\n"
        for sample in samples {
            text += name
            if !sample.labels.isEmpty {
                let labels = sample.labels.map { "\($0.name)=\"\(MetricsText.escaped($0.value))\"" }
                text += "{\(labels.joined(separator: ","))}"
            }
            text += " \(MetricsText.number(sample.value))\n"
        }
    }

    /// Backslashes, quotes and line feeds; all else stands for itself.
    static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private static func number(_ value: Double) -> String {
        if value == .infinity { return "+Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
    }
}
