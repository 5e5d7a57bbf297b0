import Foundation
import PGKeepModel

/// Which checklist is due: a function of the settings, of what the journal tells, and of the time.
struct ChecklistSchedule {
    /// Those that are gone through on schedule.
    let periods: Set<ChecklistPeriod>
    let timeZone: TimeZone

    /// Mondays, each 1st, and each 1st of a quarter and a year at six: after the night's backups.
    private static func expression(_ period: ChecklistPeriod) throws -> CronExpression {
        switch period {
        case .week: try CronExpression("0 6 * * 1")
        case .month: try CronExpression("0 6 1 * *")
        case .quarter: try CronExpression("0 6 1 1,4,7,10 *")
        case .year: try CronExpression("0 6 1 1 *")
        }
    }

    /// The longest list that is due; nil if none is. `done` tells when each was gone through last.
    ///
    /// A longer list is the shorter ones' turn as well. What was due before `since`, when nobody kept anything yet, is not
    /// made up for.
    func due(at now: Date, since: Date, done: [ChecklistPeriod: Date]) throws -> ChecklistPeriod? {
        try ChecklistPeriod.allCases.reversed().first { period in
            guard periods.contains(period), let slot = try slots(period).latest(atOrBefore: now), slot > since else {
                return false
            }
            let last = done.filter { $0.key.included.contains(period) }.map(\.value).max()
            return (last ?? .distantPast) < slot
        }
    }

    /// When one will be due next; nil if all are switched off.
    func next(after now: Date) throws -> Date? {
        try periods.compactMap { try slots($0).next(after: now) }.min()
    }

    private func slots(_ period: ChecklistPeriod) throws -> SlotSeries {
        SlotSeries(try ChecklistSchedule.expression(period), in: timeZone)
    }
}

extension ChecklistSchedule {
    /// When each list of an app was gone through last, as the journal tells.
    static func done(_ lines: [JournalLine], of app: AppName) -> [ChecklistPeriod: Date] {
        lines.reduce(into: [:]) { done, line in
            guard line.isAbout(app), let period = line.text("period").flatMap(ChecklistPeriod.init) else { return }
            done[period] = max(done[period] ?? .distantPast, line.at)
        }
    }
}
