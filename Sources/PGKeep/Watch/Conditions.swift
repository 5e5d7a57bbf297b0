import Foundation
import PGKeepModel

/// What in the facts is not as it should be.
enum Conditions {
    /// Room for so many rounds of backups is the least: one fails, and the next must still fit.
    static let leastRounds: Int64 = 2
    /// Damaged archives that are told one by one.
    static let damagedTold = 5

    static func of(_ facts: ProtectionFacts, apps: [WatchedApp], diskLowDays: Int) -> [Condition] {
        let wanted = Dictionary(apps.map { ($0.app.text, $0) }) { first, _ in first }
        var found: [Condition] = []
        for app in facts.apps {
            if let overdue = overdue(app, facts.at) ?? atRisk(app, wanted[app.app], facts.at) { found.append(overdue) }
            found += failed(app)
            found += slow(app, wanted[app.app]?.maxDuration, facts.at)
            found += abnormal(app)
            found += damaged(app)
            found += DrillConditions.of(app)
            if let list = checklist(app) { found.append(list) }
            found += ofCopies(app, facts.at)
            if let hole = toolHole(app) { found.append(hole) }
        }
        if let low = diskLow(facts.vault, diskLowDays, facts.at) { found.append(low) }
        return found
    }

    private static func overdue(_ app: AppProtection, _ now: Date) -> Condition? {
        guard !app.isFresh else { return nil }
        let rpo = RoughDuration.text(seconds: app.rpoSeconds)
        var message = "there is no good backup"
        var since = now
        if let last = app.lastGood {
            let age = RoughDuration.text(seconds: now.timeIntervalSince(last.createdAt))
            message = "the newest good backup is \(age) old, more than \(rpo)"
            since = last.createdAt.addingTimeInterval(app.rpoSeconds)
        }
        if !app.suspects.isEmpty { message += "; \(Figures.count(app.suspects.count, "suspect backup")) not accepted" }
        return Condition(
            .backupOverdue, app: app.app, message: message,
            hint: app.suspects.first.map { "pgkeep accept \($0.name)" } ?? "pgkeep backup daily", since: since)
    }

    /// Told in the last quarter of the time that is allowed, if no run is due before it is over.
    private static func atRisk(_ app: AppProtection, _ wanted: WatchedApp?, _ now: Date) -> Condition? {
        guard let last = app.lastGood, app.running?.isBackup != true, let next = app.tiers.compactMap(\.nextRun).min()
        else { return nil }
        // A run that was due a moment ago waits for its turn, or is tried again.
        let isToCome = wanted?.lastSlots.values.contains {
            $0 > last.createdAt && now.timeIntervalSince($0) < DueRuns.grace
        }
        if isToCome == true { return nil }
        let deadline = last.createdAt.addingTimeInterval(app.rpoSeconds)
        let since = deadline.addingTimeInterval(-app.rpoSeconds / 4)
        guard next > deadline, now >= since else { return nil }
        let left = RoughDuration.text(seconds: deadline.timeIntervalSince(now))
        return Condition(
            .rpoAtRisk, app: app.app,
            message:
                "the newest good backup will be older than \(RoughDuration.text(seconds: app.rpoSeconds)) in \(left), "
                + "and the next one is due in \(RoughDuration.text(seconds: next.timeIntervalSince(now)))",
            hint: "pgkeep backup daily", since: since)
    }

    private static func failed(_ app: AppProtection) -> [Condition] {
        app.tiers.compactMap { tier in
            guard tier.failuresInARow > 0, let since = tier.failingSince else { return nil }
            let error = tier.lastError.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
            let times = tier.failuresInARow == 1 ? "" : " \(tier.failuresInARow) times in a row"
            return Condition(
                .backupFailed, app: app.app, subject: tier.tier.rawValue,
                message: "the \(tier.tier.rawValue) backup failed\(times): \(error ?? "it didn't say why")",
                hint: "pgkeep backup \(tier.tier.rawValue)", since: since)
        }
    }

    /// Those whose last run was slow; and one that still runs, perhaps for ever.
    private static func slow(_ app: AppProtection, _ most: Duration?, _ now: Date) -> [Condition] {
        guard let most else { return [] }
        var found = app.tiers.compactMap { tier -> Condition? in
            guard let seconds = tier.lastDurationSeconds, seconds > most.seconds, let last = tier.lastGood else {
                return nil
            }
            return Condition(
                .backupSlow, app: app.app, subject: tier.tier.rawValue,
                message: "the last \(tier.tier.rawValue) backup took \(RoughDuration.text(seconds: seconds)), "
                    + "more than \(RoughDuration.text(most))",
                hint: "export BACKUP_MAX_DURATION=…   (if that is how long it takes now)", since: last.createdAt)
        }
        if let running = app.running, running.isBackup {
            let seconds = now.timeIntervalSince(running.since)
            if seconds > most.seconds {
                found.append(
                    Condition(
                        .backupSlow, app: app.app, subject: "running",
                        message: "a \(running.doing) runs for \(RoughDuration.text(seconds: seconds)) already, "
                            + "more than \(RoughDuration.text(most))",
                        hint: "ps -fp \(running.process)", since: running.since.addingTimeInterval(most.seconds)))
            }
        }
        return found
    }

    private static func abnormal(_ app: AppProtection) -> [Condition] {
        var found = app.suspects.map { suspect in
            Condition(
                .backupAbnormal, app: app.app, subject: suspect.name,
                message: "\(suspect.name) is suspect: \(suspect.reason); nothing older is deleted until it is accepted",
                hint: "pgkeep accept \(suspect.name)   (if that is how it should be)", since: suspect.since)
        }
        if let abnormal = app.abnormal {
            found.append(
                Condition(
                    .backupAbnormal, app: app.app, subject: abnormal.name,
                    message: "\(abnormal.name) is not as usual: \(abnormal.reason)",
                    hint: "pgkeep show \(abnormal.name)", since: abnormal.since))
        }
        return found
    }

    /// A disk that fails takes many at once: the newest are told one by one.
    private static func damaged(_ app: AppProtection) -> [Condition] {
        var found = app.damaged.prefix(damagedTold).map { damaged in
            let reason =
                damaged.reason.hasPrefix(damaged.name)
                ? "it" + damaged.reason.dropFirst(damaged.name.count)
                : damaged.reason
            return Condition(
                .verifyFailed, app: app.app, subject: damaged.name,
                message: "\(damaged.name) is damaged: \(reason)", hint: "pgkeep verify \(damaged.name)",
                since: damaged.since)
        }
        let others = app.damaged.dropFirst(damagedTold)
        if let since = others.map(\.since).min() {
            found.append(
                Condition(
                    .verifyFailed, app: app.app, subject: "others",
                    message:
                        "\(Figures.count(others.count, "more backup")) \(others.count == 1 ? "is" : "are") damaged",
                    hint: "pgkeep verify all", since: since))
        }
        return found
    }

    private static func checklist(_ app: AppProtection) -> Condition? {
        app.failedChecklist.map { list in
            let titles = list.items.map { ChecklistItem.Kind(rawValue: $0)?.title ?? $0 }
            return Condition(
                .checklistFailed, app: app.app,
                message: "on the \(list.period.rawValue)'s checklist failed: \(titles.joined(separator: "; "))",
                hint: "pgkeep checklist \(list.period.rawValue)", since: list.at)
        }
    }

    private static func toolHole(_ app: AppProtection) -> Condition? {
        app.toolHole.map { hole in
            Condition(
                .toolHole, app: app.app, message: hole.reason,
                hint: "sudo apt-get install --only-upgrade 'postgresql-client*'", since: hole.since)
        }
    }

    private static func diskLow(_ vault: VaultProtection, _ days: Int, _ now: Date) -> Condition? {
        guard let free = vault.freeBytes else { return nil }
        let room = ByteCount(free)
        var message: String?
        if free < vault.nextRoundBytes * leastRounds {
            message =
                "\(room) are free in \(vault.name), the next backups take \(ByteCount(vault.nextRoundBytes)): "
                + "there is no room for two of each"
        } else if let left = vault.daysUntilFull, left < days {
            message = "\(room) are free in \(vault.name), at the present growth for \(Figures.count(left, "day"))"
        }
        return message.map {
            Condition(
                .diskLow, app: nil, subject: vault.name, message: $0,
                hint: "pgkeep cleanup --dry-run; df -h \(vault.name)", since: now)
        }
    }
}
