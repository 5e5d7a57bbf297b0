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

    /// Takes one of the app's backups into account. It is kept since the oldest of a scheduled tier; whether one is good
    /// is asked only where that matters.
    package mutating func take(_ tier: Tier, _ createdAt: Date, now: Date, isGood: () throws -> Bool) rethrows {
        guard Schedules.tiers.contains(tier), !Catalogue.isOfFuture(createdAt, now: now) else { return }
        keptSince = min(keptSince, createdAt)
        guard newest[tier].map({ $0 < createdAt }) ?? true, try isGood() else { return }
        newest[tier] = createdAt
    }
}
