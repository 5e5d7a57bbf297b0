import Foundation

/// A time as people type it: a day, a day with a time, with or without a zone.
enum PointInTime {
    /// What a day alone means.
    enum Edge { case beginning, end }

    /// A day alone is its end, so that a backup of that day counts, or its beginning; a time without a zone is of `zone`.
    static func date(_ text: String, in zone: TimeZone, dayAs edge: Edge = .end) -> Date? {
        let shape = #/(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:?\d{2})?)?/#
        guard let match = text.wholeMatch(of: shape) else { return nil }
        let hasTime = match.4 != nil
        var parts = DateComponents()
        parts.year = Int(match.1)
        parts.month = Int(match.2)
        parts.day = Int(match.3)
        parts.hour = match.4.flatMap { Int($0) } ?? 23
        parts.minute = match.5.flatMap { Int($0) } ?? 59
        parts.second = match.6.flatMap { Int($0) } ?? (hasTime ? 0 : 59)
        var calendar = Calendar(identifier: .gregorian)
        guard let zone = match.7.map(offset) ?? zone else { return nil }
        calendar.timeZone = zone
        parts.timeZone = zone
        guard parts.isValidDate(in: calendar), let date = calendar.date(from: parts) else { return nil }
        // Not every day of every zone begins at 00:00.
        return hasTime || edge == .end ? date : calendar.startOfDay(for: date)
    }

    private static func offset(_ text: Substring) -> TimeZone? {
        if text == "Z" { return .gmt }
        let digits = text.filter(\.isNumber)
        guard let hours = Int(digits.prefix(2)), let minutes = Int(digits.suffix(2)) else { return nil }
        return TimeZone(secondsFromGMT: (text.first == "-" ? -1 : 1) * (hours * 3600 + minutes * 60))
    }
}
