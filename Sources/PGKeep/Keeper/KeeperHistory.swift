import Foundation
import PGKeepModel
import PGKeepVaults

extension WatchState {
    /// What is known of an app's past; `startedAt` is when this keeper began, for an app that has no backup yet.
    ///
    /// A suspect backup counts: it was taken for its slot, and taking it again would only make another.
    mutating func history(of app: AppName, startedAt: Date, now: Date) throws -> RunHistory {
        readJournal(now: now)
        let archives = try vault.digest(now: now).digest.archives[app] ?? []
        var history = RunHistory(keptSince: startedAt)
        for archive in archives {
            try history.take(archive.name.tier, archive.name.createdAt, now: now) {
                try vault.problem(of: archive, journalFacts.sealed[archive.name.text]) == nil
            }
        }
        for tier in Schedules.tiers { history.failures[tier] = journalFacts.runs(app.text, tier).failedAt }
        return history
    }

    /// What is known of an app's drills; `startedAt` is when this keeper began, for an app that has no backup yet.
    mutating func drillHistory(of app: AppName, startedAt: Date, now: Date) throws -> DrillHistory {
        readJournal(now: now)
        let archives = try vault.digest(now: now).digest.archives[app] ?? []
        var history = DrillHistory(keptSince: min(startedAt, archives.last?.name.createdAt ?? startedAt))
        for archive in archives {
            let tier = archive.name.tier
            // Another keeper's journal is not here, but its proofs are.
            if let provenAt = archive.provenAt, !Catalogue.isOfFuture(provenAt, now: now) {
                history.held[tier] = max(history.held[tier] ?? provenAt, provenAt)
            }
            guard history.newest[tier] == nil, !archive.isSuspect,
                !Catalogue.isOfFuture(archive.name.createdAt, now: now),
                try vault.problem(of: archive, journalFacts.sealed[archive.name.text]) == nil
            else { continue }
            history.newest[tier] = archive.name.text
        }
        for (tier, drill) in journalFacts.drills[app.text]?.last ?? [:] {
            history.held[tier] = max(history.held[tier] ?? drill.at, drill.at)
        }
        return history
    }
}
