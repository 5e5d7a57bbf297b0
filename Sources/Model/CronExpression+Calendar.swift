/// Minutes are counted from the beginning of 1970 on a calendar without time zones, up to the end of 9999.
extension CronExpression {
    private static let minutesOfDay = 1440
    /// A given weekday may meet 29 February no more than once in forty years (Sundays in 2088 and 2128).
    private static let longestWait = 41 * 12

    /// The first minute after another one; nil if there is none.
    package func next(after minute: Int) -> Int? {
        let start = max(minute, -1) + 1
        let (day, time) = start.quotientAndRemainder(dividingBy: CronExpression.minutesOfDay)
        guard let found = firstDay(atOrAfter: day) else { return nil }
        if found == day, let time = firstTime(atOrAfter: time) { return day * CronExpression.minutesOfDay + time }
        guard let later = found == day ? firstDay(atOrAfter: day + 1) : found, let time = firstTime(atOrAfter: 0)
        else { return nil }
        return later * CronExpression.minutesOfDay + time
    }

    /// The last minute that isn't after another one; nil if there is none.
    package func last(atOrBefore minute: Int) -> Int? {
        guard minute >= 0 else { return nil }
        let (day, time) = minute.quotientAndRemainder(dividingBy: CronExpression.minutesOfDay)
        guard let found = lastDay(atOrBefore: day) else { return nil }
        if found == day, let time = lastTime(atOrBefore: time) { return day * CronExpression.minutesOfDay + time }
        guard let earlier = found == day ? lastDay(atOrBefore: day - 1) : found,
            let time = lastTime(atOrBefore: CronExpression.minutesOfDay - 1)
        else { return nil }
        return earlier * CronExpression.minutesOfDay + time
    }

    private func firstTime(atOrAfter time: Int) -> Int? {
        guard let hour = hours.first(atOrAfter: time / 60) else { return nil }
        if hour > time / 60 { return minutes.first(atOrAfter: 0).map { hour * 60 + $0 } }
        if let minute = minutes.first(atOrAfter: time % 60) { return hour * 60 + minute }
        return firstTime(atOrAfter: (hour + 1) * 60)
    }

    private func lastTime(atOrBefore time: Int) -> Int? {
        guard time >= 0, let hour = hours.last(atOrBefore: time / 60) else { return nil }
        if hour < time / 60 { return minutes.last(atOrBefore: 59).map { hour * 60 + $0 } }
        if let minute = minutes.last(atOrBefore: time % 60) { return hour * 60 + minute }
        return lastTime(atOrBefore: hour * 60 - 1)
    }

    private func firstDay(atOrAfter day: Int) -> Int? {
        guard var month = CalendarMonth(of: day) else { return nil }
        var from = day
        for _ in 0..<CronExpression.longestWait {
            if months.contains(month.month), from <= month.lastDay,
                let found = (from...month.lastDay).first(where: { matches($0, in: month) })
            {
                return found
            }
            guard let next = CalendarMonth(of: month.lastDay + 1) else { return nil }
            month = next
            from = next.firstDay
        }
        return nil
    }

    private func lastDay(atOrBefore day: Int) -> Int? {
        guard var month = CalendarMonth(of: day) else { return nil }
        var through = day
        for _ in 0..<CronExpression.longestWait {
            if months.contains(month.month),
                let found = (month.firstDay...through).last(where: { matches($0, in: month) })
            {
                return found
            }
            guard let previous = CalendarMonth(of: month.firstDay - 1) else { return nil }
            month = previous
            through = previous.lastDay
        }
        return nil
    }

    private func matches(_ day: Int, in month: CalendarMonth) -> Bool {
        let ofMonth = daysOfMonth.contains(day - month.firstDay + 1)
        // 1 January 1970 was a Thursday.
        let ofWeek = daysOfWeek.contains((day + 4) % 7)
        return daysOfMonth.isOpen || daysOfWeek.isOpen ? ofMonth && ofWeek : ofMonth || ofWeek
    }
}

/// A month as a range of days, counted from 1 January 1970.
private struct CalendarMonth {
    let month: Int
    let firstDay: Int
    let lastDay: Int

    /// nil before 1970 and after 9999.
    init?(of day: Int) {
        guard day >= 0, day <= UTCTime.lastSecond / 86_400 else { return nil }
        let date = UTCTime(secondsSince1970: Int64(day) * 86_400)
        month = date.month
        firstDay = day - date.day + 1
        lastDay = firstDay + UTCTime.days(inMonth: date.month, of: date.year) - 1
    }
}
