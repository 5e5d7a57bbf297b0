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
}
