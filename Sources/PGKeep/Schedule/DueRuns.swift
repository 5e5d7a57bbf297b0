package import Foundation
import PGKeepModel

/// What to run now, in which order and why, and when to look again: a function of schedules, history and time.
///
/// - A slot is done by any good backup of its tier that was made at it or later, and isn't dated in the future.
/// - Of the slots that were missed only the last one of a tier is caught up: daily first, then weekly, then monthly.
/// - It is left to the next slot if that is nearer than a twenty-fourth of the time between the two: an hour for a
///   daily, seven for a weekly, thirty for a monthly one. Two backups that close protect no better than one.
/// - A tier that has no backup yet waits for its first slot, but not the most frequent one that is scheduled: no
///   backup at all is the worst state, so it is due at once.
/// - A run that failed is repeated as `RetryPolicy` says, then given up until the next slot.
///
/// Nothing is remembered between two calls, so a clock that was put right changes what is due and upsets nothing: put
/// ahead, it makes the last slot it passed a missed one; put back, it finds its slots done.
package struct DueRuns: Sendable, Hashable {
    /// How every tier stands, in the order in which they are taken.
    package let outlooks: [TierOutlook]
    /// When what is due next changes by itself; nil if nothing is scheduled.
    package let nextChange: Date?
    private let now: Date

    /// A run that begins so much later than its slot is on time all the same.
    static let punctuality: TimeInterval = 15 * 60
    /// After so long whoever looks counts a slot's run as missing: it may have begun late, waited for another, and been
    /// tried again.
    static let grace: TimeInterval = 6 * 3600
    /// The share of the time between two slots in which the second one is near.
    static let nearness = 1.0 / 24
    /// After so long one looks again in any case: the clock, the settings or what the vault holds may have changed.
    static let patience: TimeInterval = 15 * 60

    package init(
        of schedules: Schedules, in zone: TimeZone, retries: RetryPolicy, history: RunHistory, now: Date
    ) {
        outlooks = Schedules.tiers.map { tier in
            let next = schedules.next(tier, after: now, in: zone)
            let slot = schedules.latest(tier, atOrBefore: now, in: zone)
            let rules = SlotRules(
                tier: tier, isMostFrequent: tier == schedules.scheduledTiers.first, next: next, retries: retries,
                history: history, now: now)
            return TierOutlook(
                tier: tier, state: schedules[tier] == nil ? .off : slot.map(rules.state) ?? .waiting, next: next)
        }
        nextChange = outlooks.flatMap { outlook -> [Date] in
            guard case .pausing(_, let until, _) = outlook.state else { return outlook.next.map { [$0] } ?? [] }
            return [until] + (outlook.next.map { [$0] } ?? [])
        }.min()
        self.now = now
    }

    /// What to run now, one after the other.
    package var runs: [DueRun] {
        outlooks.compactMap { outlook in
            guard case .due(let run) = outlook.state else { return nil }
            return run
        }
    }

    /// When to ask again, if there is nothing to run.
    package var lookAgain: Date {
        let patient = now.addingTimeInterval(DueRuns.patience)
        return nextChange.map { min($0, patient) } ?? patient
    }
}

/// What is with one tier's last slot.
private struct SlotRules {
    let tier: Tier
    let isMostFrequent: Bool
    let next: Date?
    let retries: RetryPolicy
    let history: RunHistory
    let now: Date

    func state(of slot: Date) -> TierOutlook.State {
        let newest = history.newest[tier]
        if let newest, newest >= slot { return .done(slot: slot) }
        let failures = (history.failures[tier] ?? []).filter { $0 >= slot && !Catalogue.isOfFuture($0, now: now) }
        if let last = failures.max() { return state(of: slot, failures: failures.count, last) }
        func due(_ reason: DueRun.Reason) -> TierOutlook.State {
            .due(DueRun(tier: tier, slot: slot, reason: reason))
        }
        if newest == nil, isMostFrequent { return due(.first) }
        if newest == nil, slot < history.keptSince { return .waiting }
        if now.timeIntervalSince(slot) <= DueRuns.punctuality { return due(.onTime) }
        return isNear(next, after: slot) ? .leftOut(slot: slot) : due(.catchingUp)
    }

    private func state(of slot: Date, failures: Int, _ last: Date) -> TierOutlook.State {
        guard let pause = retries.pause(after: failures) else { return .givenUp(slot: slot, failures: failures) }
        let until = last.addingTimeInterval(pause.seconds)
        return until > now
            ? .pausing(slot: slot, until: until, failures: failures)
            : .due(DueRun(tier: tier, slot: slot, reason: .retry(attempt: failures + 1)))
    }

    private func isNear(_ next: Date?, after slot: Date) -> Bool {
        guard let next else { return false }
        return next.timeIntervalSince(now) < next.timeIntervalSince(slot) * DueRuns.nearness
    }
}
