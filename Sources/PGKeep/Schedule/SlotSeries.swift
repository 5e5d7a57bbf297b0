import Foundation
import PGKeepModel

/// The instants that a cron expression means in a time zone, each of them once.
///
/// A time that the clock jumps over is taken at the instant of the jump, one that it shows twice at the first of them.
/// Each slot is computed from the calendar, none from the one before it, so nothing drifts.
struct SlotSeries: Sendable {
    let cron: CronExpression
    let clock: LocalClock

    init(_ cron: CronExpression, in zone: TimeZone) {
        self.cron = cron
        clock = LocalClock(zone: zone)
    }

    /// The first slot after an instant; nil if there is none before the year 10000.
    func next(after date: Date) -> Date? {
        let now = SlotSeries.second(of: date)
        var minute = SlotSeries.minute(clock.shown(at: now))
        // What the clock shows a second time is over already, and what it jumped over may all be one instant.
        while let candidate = cron.next(after: minute) {
            let second = clock.first(showing: candidate * 60)
            if second > now { return Date(timeIntervalSince1970: Double(second)) }
            minute = candidate
        }
        return nil
    }

    /// The last slot that isn't after an instant; nil if there is none since 1970.
    func latest(atOrBefore date: Date) -> Date? {
        let now = SlotSeries.second(of: date)
        var minute = SlotSeries.minute(clock.most(shownBy: now))
        while let candidate = cron.last(atOrBefore: minute) {
            let second = clock.first(showing: candidate * 60)
            if second <= now { return Date(timeIntervalSince1970: Double(second)) }
            minute = candidate - 1
        }
        return nil
    }

    /// Years that no calendar has become the first or the last one.
    private static func second(of date: Date) -> Int {
        Int(min(max(date.timeIntervalSince1970.rounded(.down), 0), Double(UTCTime.lastSecond)))
    }

    private static func minute(_ second: Int) -> Int { Int((Double(second) / 60).rounded(.down)) }
}
