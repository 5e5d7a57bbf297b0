import Foundation
import PGKeepModel
import PGKeepVaults
import Synchronization

extension WatchState {
    /// What is known of an app's past; `startedAt` is when this keeper began, for an app that has no backup yet.
    ///
    /// A suspect backup counts: it was taken for its slot, and taking it again would only make another.
    mutating func history(of app: AppName, startedAt: Date, now: Date) throws -> RunHistory {
        try readJournal()
        let archives = try vault.digest(now: now).digest.archives[app] ?? []
        var history = RunHistory(keptSince: startedAt)
        for archive in archives where Schedules.tiers.contains(archive.name.tier) {
            let (tier, createdAt) = (archive.name.tier, archive.name.createdAt)
            guard !Catalogue.isOfFuture(createdAt, now: now) else { continue }
            history.keptSince = min(history.keptSince, createdAt)
            guard history.newest[tier] == nil,
                try vault.problem(of: archive, journalFacts.sealed[archive.name.text]) == nil
            else { continue }
            history.newest[tier] = createdAt
        }
        for tier in Schedules.tiers { history.failures[tier] = journalFacts.runs(app.text, tier).failedAt }
        return history
    }
}

extension Watcher {
    /// What is known of an app's past, read now.
    func history(of app: AppName, startedAt: Date) async throws -> RunHistory {
        try await BlockingWork.run("pgkeep history") {
            try self.state.withLock { try $0.history(of: app, startedAt: startedAt, now: self.now()) }
        }
    }
}
