public import Foundation
public import PGKeepModel

/// When the backups of each tier are taken; a tier without an expression is switched off.
public struct Schedules: Sendable, Hashable {
    /// Every day at 02:00, unless set.
    public var daily: CronExpression?
    /// Sundays at 03:00, unless set.
    public var weekly: CronExpression?
    /// Each 1st at 04:00, unless set.
    public var monthly: CronExpression?

    /// The tiers that can be scheduled, in the order in which they are taken.
    public static let tiers: [Tier] = [.daily, .weekly, .monthly]

    /// Daily at 02:00, Sundays at 03:00, each 1st at 04:00.
    public static let standard = Schedules(
        daily: CronExpression(minute: 0, hour: 2), weekly: CronExpression(minute: 0, hour: 3, dayOfWeek: 0),
        monthly: CronExpression(minute: 0, hour: 4, dayOfMonth: 1))

    /// Makes schedules; nil switches a tier off.
    public init(daily: CronExpression?, weekly: CronExpression?, monthly: CronExpression?) {
        self.daily = daily
        self.weekly = weekly
        self.monthly = monthly
    }

    /// The expression of a tier; nil if it is switched off, as manual backups always are.
    public subscript(_ tier: Tier) -> CronExpression? {
        switch tier {
        case .daily: daily
        case .weekly: weekly
        case .monthly: monthly
        case .manual: nil
        }
    }

    /// The tiers that are not switched off.
    public var scheduledTiers: [Tier] { Schedules.tiers.filter { self[$0] != nil } }

    /// When a tier's next backup is to be taken; nil if it is switched off.
    public func next(_ tier: Tier, after date: Date, in zone: TimeZone) -> Date? {
        series(tier, in: zone)?.next(after: date)
    }

    /// When a tier's last backup was to be taken; nil if it is switched off.
    public func latest(_ tier: Tier, atOrBefore date: Date, in zone: TimeZone) -> Date? {
        series(tier, in: zone)?.latest(atOrBefore: date)
    }

    /// All slots after an instant, one by one.
    public func slots(after date: Date, in zone: TimeZone) -> Slots {
        Slots(
            Schedules.tiers.compactMap { tier in series(tier, in: zone).map { (tier: tier, series: $0) } }, after: date)
    }

    private func series(_ tier: Tier, in zone: TimeZone) -> SlotSeries? {
        self[tier].map { SlotSeries($0, in: zone) }
    }
}

/// A moment at which a backup is to be taken.
public struct Slot: Sendable, Hashable, Encodable {
    /// Of which tier.
    public var tier: Tier
    /// When.
    public var at: Date

    /// Makes a slot.
    public init(tier: Tier, at: Date) {
        self.tier = tier
        self.at = at
    }
}

/// The slots of all tiers in order of time; of one instant daily first, then weekly, then monthly.
public struct Slots: Sequence, IteratorProtocol, Sendable {
    private var heads: [(slot: Slot, series: SlotSeries)]

    init(_ series: [(tier: Tier, series: SlotSeries)], after date: Date) {
        heads = series.compactMap { tier, series in
            series.next(after: date).map { (slot: Slot(tier: tier, at: $0), series: series) }
        }
    }

    /// The next slot.
    public mutating func next() -> Slot? {
        // The first of equals is the one of the more frequent tier.
        guard let index = heads.indices.min(by: { heads[$0].slot.at < heads[$1].slot.at }) else { return nil }
        let (slot, series) = heads[index]
        if let following = series.next(after: slot.at) {
            heads[index].slot.at = following
        } else {
            heads.remove(at: index)
        }
        return slot
    }
}
