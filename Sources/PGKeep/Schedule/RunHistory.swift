package import Foundation
package import PGKeepModel

/// What is known of one app's past: all that what is due depends on, beside the schedules and the time.
package struct RunHistory: Sendable, Hashable {
    /// When the newest good backup of each tier was made, those dated in the future left out.
    package var newest: [Tier: Date]
    /// When runs of each tier failed, as far back as its last slot at least.
    package var failures: [Tier: [Date]]
    /// Slots before this were nobody's to take.
    package var keptSince: Date

    package init(newest: [Tier: Date] = [:], failures: [Tier: [Date]] = [:], keptSince: Date) {
        self.newest = newest
        self.failures = failures
        self.keptSince = keptSince
    }

    /// What the app's backups tell. It is kept since the oldest of a scheduled tier, else since the keeper started.
    package init(of backups: [Backup], failures: [Tier: [Date]] = [:], startedAt: Date, now: Date) {
        self.init(failures: failures, keptSince: startedAt)
        for backup in backups where backup.isGood && Schedules.tiers.contains(backup.tier) {
            guard !Catalogue.isOfFuture(backup.createdAt, now: now) else { continue }
            newest[backup.tier] = max(newest[backup.tier] ?? backup.createdAt, backup.createdAt)
            keptSince = min(keptSince, backup.createdAt)
        }
    }
}
