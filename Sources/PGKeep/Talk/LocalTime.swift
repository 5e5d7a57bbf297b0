package import struct Foundation.Calendar
package import struct Foundation.Date
package import struct Foundation.TimeZone

/// Moments as people of a time zone read them.
package enum LocalTime {
    /// `2026-01-27 02:00:00`.
    package static func text(_ date: Date, in zone: TimeZone) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        let day = [parts.year, parts.month, parts.day].map { two($0 ?? 0) }.joined(separator: "-")
        let time = [parts.hour, parts.minute, parts.second].map { two($0 ?? 0) }.joined(separator: ":")
        return "\(day) \(time)"
    }

    /// How many midnights of the zone lie between; negative for the future.
    package static func days(from date: Date, to now: Date, in zone: TimeZone) -> Int {
        dayNumber(now, in: zone) - dayNumber(date, in: zone)
    }

    /// `today`, `1 day ago`, `3 days ago`, `in the future`.
    package static func age(of date: Date, at now: Date, in zone: TimeZone) -> String {
        switch days(from: date, to: now, in: zone) {
        case ..<0: "in the future"
        case 0: date > now.addingTimeInterval(60) ? "in the future" : "today"
        case 1: "1 day ago"
        case let days: "\(days) days ago"
        }
    }

    private static func dayNumber(_ date: Date, in zone: TimeZone) -> Int {
        Int(((date.timeIntervalSince1970 + Double(zone.secondsFromGMT(for: date))) / 86_400).rounded(.down))
    }

    private static func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
