package import struct Foundation.Date

/// A calendar time in UTC by integer arithmetic, without a formatter: lists parse ten thousand of them.
package struct UTCTime: Sendable, Hashable {
    package var year: Int
    package var month: Int
    package var day: Int
    package var hour: Int
    package var minute: Int
    package var second: Int

    /// The last second that four digits of a year can tell.
    package static let lastSecond: Int64 = 253_402_300_799

    /// Nil unless such a day and time exist, from 1970 to 9999; leap seconds don't.
    package init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        guard (1970...9999).contains(year), (1...12).contains(month), (0...23).contains(hour),
            (0...59).contains(minute), (0...59).contains(second),
            day >= 1, day <= UTCTime.days(inMonth: month, of: year)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// From seconds since 1970, moved into 1970 to 9999 if they lie outside.
    package init(secondsSince1970 seconds: Int64) {
        let seconds = min(max(seconds, 0), UTCTime.lastSecond)
        let (days, rest) = seconds.quotientAndRemainder(dividingBy: 86_400)
        // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days; days are never negative here.
        let z = Int(days) + 719_468
        let era = z / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        month = shifted < 10 ? shifted + 3 : shifted - 9
        day = dayOfYear - (153 * shifted + 2) / 5 + 1
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        hour = Int(rest) / 3600
        minute = Int(rest) / 60 % 60
        second = Int(rest) % 60
    }

    package var secondsSince1970: Int64 {
        // days_from_civil of the same paper.
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        return Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    }

    /// `2026-01-27T02:00:00`, with another sign between the digits of the time if wanted.
    package func text(between separator: Character = ":") -> String {
        var text = ""
        text.reserveCapacity(24)
        func append(_ value: Int, _ width: Int) {
            let digits = String(value)
            for _ in digits.utf8.count..<max(width, digits.utf8.count) { text.append("0") }
            text += digits
        }
        append(year, 4)
        text.append("-")
        append(month, 2)
        text.append("-")
        append(day, 2)
        text.append("T")
        append(hour, 2)
        text.append(separator)
        append(minute, 2)
        text.append(separator)
        append(second, 2)
        return text
    }

    /// Reads exactly the nineteen bytes that `text(between:)` writes.
    package init?(_ bytes: ArraySlice<UInt8>, between separator: UInt8 = UInt8(ascii: ":")) {
        guard bytes.count == 19 else { return nil }
        let start = bytes.startIndex
        func number(_ offset: Int, _ width: Int) -> Int? {
            var value = 0
            for place in start + offset..<start + offset + width {
                let digit = Int(bytes[place]) - 48
                guard (0...9).contains(digit) else { return nil }
                value = value * 10 + digit
            }
            return value
        }
        guard bytes[start + 4] == UInt8(ascii: "-"), bytes[start + 7] == UInt8(ascii: "-"),
            bytes[start + 10] == UInt8(ascii: "T"), bytes[start + 13] == separator, bytes[start + 16] == separator,
            let year = number(0, 4), let month = number(5, 2), let day = number(8, 2),
            let hour = number(11, 2), let minute = number(14, 2), let second = number(17, 2)
        else { return nil }
        self.init(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    }

    static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension Date {
    /// `2026-01-27T02:00:00Z`: ISO 8601 in UTC, what lies below the second cut off.
    package var iso8601: String {
        UTCTime(secondsSince1970: Int64(timeIntervalSince1970.rounded(.down))).text() + "Z"
    }

    /// `2026-01-27T02:00:00.120Z`.
    package var iso8601Milliseconds: String {
        let milliseconds = Int64((timeIntervalSince1970 * 1000).rounded())
        let digits = String(1000 + max(milliseconds, 0) % 1000).dropFirst()
        return UTCTime(secondsSince1970: milliseconds / 1000).text() + ".\(digits)Z"
    }

    /// Reads what `iso8601` and `iso8601Milliseconds` write.
    package init?(iso8601 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"), let time = UTCTime(bytes[0..<19]) else { return nil }
        var seconds = Double(time.secondsSince1970)
        if bytes.count > 20 {
            guard bytes.count == 24, bytes[19] == UInt8(ascii: "."),
                let milliseconds = UInt16(String(decoding: bytes[20..<23], as: UTF8.self))
            else { return nil }
            seconds += Double(milliseconds) / 1000
        }
        self.init(timeIntervalSince1970: seconds)
    }
}
