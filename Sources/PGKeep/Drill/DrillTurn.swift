import Foundation
import PGKeepModel

/// What is known of one app's drills: all that what is due depends on, beside the schedule and the time.
struct DrillHistory: Sendable, Equatable {
    /// The newest good backup of each tier, those suspect or dated in the future left out.
    var newest: [Tier: String] = [:]
    /// When a backup of each tier was last drilled, whatever came of it; by other keepers too, as far as proofs tell.
    var held: [Tier: Date] = [:]
    /// Slots before this were nobody's to take.
    var keptSince: Date
}

/// Whether a drill is due, and of which backup: a function of schedule, history and time, which remembers nothing.
///
/// A slot is done by any drill that was held at it or later, a failed one too: what failed is told, and drilling it
/// again every hour would tell nothing new. Of missed slots the last one is caught up. The tiers take turns: the one that
/// was drilled longest ago comes next, of those never drilled daily first, then weekly, monthly, manual.
struct DrillTurn: Sendable, Equatable {
    /// nil: nothing is due.
    var archive: String?
    /// The slot it is for.
    var slot: Date?
    /// The slot after now; nil if drills are switched off.
    var next: Date?

    init(_ schedule: CronExpression?, in zone: TimeZone, _ history: DrillHistory, now: Date) {
        guard let schedule else { return }
        let series = SlotSeries(schedule, in: zone)
        next = series.next(after: now)
        guard let slot = series.latest(atOrBefore: now), slot >= history.keptSince else { return }
        let last = history.held.values.filter { !Catalogue.isOfFuture($0, now: now) }.max()
        if let last, last >= slot { return }
        let order = Tier.allCases.filter { history.newest[$0] != nil }.enumerated().min { left, right in
            let (one, other) = (history.held[left.element], history.held[right.element])
            return (one ?? .distantPast, left.offset) < (other ?? .distantPast, right.offset)
        }
        guard let tier = order?.element else { return }
        self.slot = slot
        archive = history.newest[tier]
    }
}
