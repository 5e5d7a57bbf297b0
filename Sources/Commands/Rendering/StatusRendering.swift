import Foundation
import PGKeep
import PGKeepModel

extension Rendering {
    /// For three in the morning: first whether all is well, then what isn't and what to do, then each app.
    func status(_ facts: ProtectionFacts) -> String {
        var parts = [headline(facts)]
        if !facts.conditions.isEmpty { parts.append(facts.conditions.map(told).joined(separator: "\n")) }
        // Of two hundred apps those that are well are told in numbers only.
        let inNeed = Set(facts.conditions.compactMap(\.app))
        let shown = facts.apps.count <= 10 ? facts.apps : facts.apps.filter { inNeed.contains($0.app) }
        parts += shown.map { app($0, at: facts.at) }
        parts.append(([vault(facts.vault)] + onlyCopy(facts)).joined(separator: "\n"))
        return parts.joined(separator: "\n\n")
    }

    private func headline(_ facts: ProtectionFacts) -> String {
        let stale = facts.apps.filter { !$0.isFresh }.map(\.app)
        if !stale.isEmpty {
            let rest = stale.count > 5 ? " and \(stale.count - 5) more" : ""
            return "NOT PROTECTED: \(stale.prefix(5).joined(separator: ", "))\(rest)"
        }
        guard facts.conditions.isEmpty else {
            let count = facts.conditions.count
            return "Attention: \(count == 1 ? "one thing is" : "\(count) things are") not as it should be"
        }
        guard let oldest = facts.apps.compactMap(\.ageSeconds).max() else { return "No backups, and no app to protect" }
        let age = RoughDuration.text(seconds: oldest)
        return facts.apps.count == 1
            ? "All is well: \(facts.apps[0].app) is protected, its newest good backup is \(age) old"
            : "All is well: \(facts.apps.count) apps are protected, the newest good backup of each is at most \(age) old"
    }

    private func told(_ condition: Condition) -> String {
        let app = condition.app.map { "\($0): " } ?? ""
        let hint = condition.hint.map { "\n    \($0)" } ?? ""
        return "! \(app)\(condition.message)\(hint)"
    }

    private func app(_ app: AppProtection, at now: Date) -> String {
        var pairs: [(label: String, value: String)] = []
        if let last = app.lastGood {
            let age = RoughDuration.text(seconds: now.timeIntervalSince(last.createdAt))
            let rpo = RoughDuration.text(seconds: app.rpoSeconds)
            pairs.append(("Newest good", "\(age) old, at most \(rpo) wanted: \(last.name)"))
        } else {
            pairs.append(("Newest good", "none"))
        }
        pairs += app.tiers.map { ($0.tier.capitalized, tier($0)) }
        pairs.append(("Verified", app.lastVerified.map { "\(time($0.at)), \($0.name)" } ?? "none"))
        pairs.append(("Proven", app.lastProven.map { "\(time($0.at)), \($0.name)" } ?? "none"))
        if let restore = app.restore { pairs.append(("Restore", told(restore))) }
        if let running = app.running {
            let age = RoughDuration.text(seconds: now.timeIntervalSince(running.since))
            pairs.append(("Running", "\(running.doing), for \(age), process \(running.process)"))
        }
        pairs += copies(of: app, at: now)
        pairs += app.warnings.map { ("Note", $0) }
        let block = LabelledBlock.text(pairs).split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
        return "\(app.app): \(Figures.count(app.backups, "backup")), \(size(app.bytes))\n\(block)"
    }

    /// `about 2m, measured 2026-01-27 06:00:00, at most 1h wanted, 3s longer each day`.
    private func told(_ restore: RestoreOutlook) -> String {
        var words = ["about \(RoughDuration.text(seconds: restore.estimatedSeconds))"]
        let measured = RoughDuration.text(seconds: restore.measuredSeconds)
        words.append("\(measured) when it was measured at \(time(restore.measuredAt))")
        if let most = restore.objectiveSeconds { words.append("at most \(RoughDuration.text(seconds: most)) wanted") }
        if let growth = restore.growthSecondsPerDay, growth >= 1 {
            words.append("\(RoughDuration.text(seconds: growth)) longer each day")
        }
        return words.joined(separator: ", ")
    }

    private func copies(of app: AppProtection, at now: Date) -> [(label: String, value: String)] {
        guard !app.vaults.isEmpty else { return [] }
        var pairs: [(label: String, value: String)] = []
        if let redundancy = app.redundancy {
            let lacks =
                redundancy.lacks.isEmpty ? "" : "; for 3-2-1 it lacks \(redundancy.lacks.joined(separator: ", "))"
            pairs.append(
                (
                    "Copies",
                    "\(copies(redundancy)), of the newest good, on \(redundancy.storages.joined(separator: ", "))\(lacks)"
                ))
        }
        for vault in app.vaults { pairs.append(("Vault", "\(vault.vault): \(words(of: vault, at: now))")) }
        if let copying = app.copying {
            pairs.append(
                (
                    "Copying",
                    "for \(RoughDuration.text(seconds: now.timeIntervalSince(copying.since))), process \(copying.process)"
                ))
        }
        return pairs
    }

    private func words(of vault: CopyProtection, at now: Date) -> String {
        guard let lookedAt = vault.lookedAt else { return "not looked at yet" }
        var words = [Figures.count(vault.copies, "copy", "copies")]
        if vault.locked > 0 { words.append("\(vault.locked) locked") }
        if !vault.missing.isEmpty { words.append("\(vault.missing.count) missing") }
        words.append("seen \(RoughDuration.text(seconds: now.timeIntervalSince(lookedAt))) ago")
        return words.joined(separator: ", ")
    }

    /// Said calmly: it is a choice, and one that many don't know they have.
    private func onlyCopy(_ facts: ProtectionFacts) -> [String] {
        guard facts.vault.backups > 0, facts.apps.allSatisfy(\.vaults.isEmpty) else { return [] }
        return ["These are the only copies: BACKUP_VAULTS makes others elsewhere (pgkeep help sync)"]
    }

    private func tier(_ tier: TierProtection) -> String {
        var words: [String] = []
        if let last = tier.lastGood {
            words.append("\(time(last.createdAt)), \(size(last.bytes))")
            if let rows = tier.lastRows { words.append("\(Figures.grouped(rows)) rows") }
            if let seconds = tier.lastDurationSeconds {
                words.append("took \(DurationText.of(.seconds(seconds)))")
            }
        } else {
            words.append("none")
        }
        if tier.failuresInARow > 0 { words.append("failed since \(tier.failingSince.map(time) ?? "then")") }
        if let next = tier.nextRun { words.append("next \(time(next))") }
        return words.joined(separator: ", ")
    }

    private func vault(_ vault: VaultProtection) -> String {
        var words = ["\(vault.name): \(Figures.count(vault.backups, "backup")), \(size(vault.bytes))"]
        if let free = vault.freeBytes { words.append("\(size(free)) free") }
        words.append(
            vault.daysUntilFull.map { "full in \(Figures.count($0, "day")) at the present growth" } ?? "not filling up")
        return words.joined(separator: ", ")
    }
}
