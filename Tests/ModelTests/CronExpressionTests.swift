import PGKeepModel
import Testing

@Suite("Cron expressions")
struct CronExpressionTests {
    /// Minutes since 1970 of a time on a calendar without zones.
    private func minute(_ text: String) throws -> Int {
        let time = try #require(UTCTime(Array("\(text):00".replacing(" ", with: "T").utf8)[...]), "\(text)")
        return Int(time.secondsSince1970 / 60)
    }

    private func text(_ minute: Int?) throws -> String {
        String(UTCTime(secondsSince1970: Int64(try #require(minute)) * 60).text().prefix(16).replacing("T", with: " "))
    }

    @Test(
        "The next minute is the first that all fields allow",
        arguments: [
            ("0 2 * * *", "2026-01-26 12:00", "2026-01-27 02:00"),
            ("0 2 * * *", "2026-01-27 01:59", "2026-01-27 02:00"),
            ("0 2 * * *", "2026-01-27 02:00", "2026-01-28 02:00"),
            ("0 3 * * 0", "2026-01-27 00:00", "2026-02-01 03:00"),
            ("0 3 * * 7", "2026-01-27 00:00", "2026-02-01 03:00"),
            ("0 3 * * SUN", "2026-01-27 00:00", "2026-02-01 03:00"),
            ("0 4 1 * *", "2026-01-27 00:00", "2026-02-01 04:00"),
            ("0 4 1 * *", "2026-12-02 00:00", "2027-01-01 04:00"),
            ("*/15 * * * *", "2026-01-27 00:16", "2026-01-27 00:30"),
            ("5-55/25 * * * *", "2026-01-27 00:31", "2026-01-27 00:55"),
            ("5-55/25 * * * *", "2026-01-27 00:55", "2026-01-27 01:05"),
            ("0 8-18/5,23 * * *", "2026-01-27 13:00", "2026-01-27 18:00"),
            ("0 8-18/5,23 * * *", "2026-01-27 18:00", "2026-01-27 23:00"),
            ("59 23 31 12 *", "2026-01-01 00:00", "2026-12-31 23:59"),
            ("0 0 29 feb *", "2026-01-01 00:00", "2028-02-29 00:00"),
            ("0 0 29 2 *", "2096-03-01 00:00", "2104-02-29 00:00"),
            ("0 0 * jan,jul mon-fri", "2026-01-31 00:00", "2026-07-01 00:00"),
            ("0 0 * * fri-sun", "2026-01-28 00:00", "2026-01-30 00:00"),
            ("@hourly", "2026-01-27 00:00", "2026-01-27 01:00"), ("@daily", "2026-01-27 00:00", "2026-01-28 00:00"),
            ("@Weekly", "2026-01-27 00:00", "2026-02-01 00:00"), ("@monthly", "2026-01-27 00:00", "2026-02-01 00:00"),
            ("@yearly", "2026-01-27 00:00", "2027-01-01 00:00"),
            ("  0\t2 *  * * ", "2026-01-26 12:00", "2026-01-27 02:00"),
        ])
    func next(expression: String, after: String, expected: String) throws {
        let cron = try CronExpression(expression)
        #expect(try text(cron.next(after: minute(after))) == expected)
        // And back: nothing lies between.
        #expect(try text(cron.last(atOrBefore: minute(expected))) == expected)
        if let earlier = try cron.last(atOrBefore: minute(expected) - 1) { #expect(try earlier <= minute(after)) }
    }

    @Test("Where both days are restricted either is enough; a field that begins with * restricts nothing")
    func days() throws {
        func days(_ expression: String, _ count: Int) throws -> [String] {
            let cron = try CronExpression(expression)
            var minute = try minute("2026-01-31 23:59")
            return try (0..<count).map { _ in
                minute = try #require(cron.next(after: minute))
                return String(try text(minute).prefix(10).suffix(5))
            }
        }
        // February 2026 begins on a Sunday.
        #expect(try days("0 0 13 * fri", 5) == ["02-06", "02-13", "02-20", "02-27", "03-06"])
        #expect(try days("0 0 1,15 * wed", 5) == ["02-01", "02-04", "02-11", "02-15", "02-18"])
        #expect(try days("0 0 */2 * mon", 3) == ["02-09", "02-23", "03-09"])
        #expect(try days("0 0 1 * *", 2) == ["02-01", "03-01"])
    }

    @Test("Forward and back give the same minutes, over centuries")
    func thereAndBack() throws {
        for expression in ["7 */5 29 2 *", "0 0 29 2 */7", "30 1,13 31 * *", "0 0 1-7 * sun"] {
            let cron = try CronExpression(expression)
            var found: [Int] = []
            while found.count < 40, let next = cron.next(after: found.last ?? 0) { found.append(next) }
            #expect(found.count == 40)
            for (earlier, later) in zip(found, found.dropFirst()) {
                #expect(cron.last(atOrBefore: later - 1) == earlier)
            }
        }
        // Leap days that are Sundays are forty years apart around 2100.
        let leapSundays = try CronExpression("0 0 29 2 */7")
        #expect(try text(leapSundays.next(after: minute("2088-03-01 00:00"))) == "2128-02-29 00:00")
    }

    @Test("The calendar ends with 9999 and begins with 1970")
    func ends() throws {
        let cron = try CronExpression("0 2 * * *")
        #expect(try cron.next(after: minute("9999-12-31 02:00")) == nil)
        #expect(cron.next(after: .min / 2) == 120)
        #expect(cron.last(atOrBefore: 119) == nil)
        #expect(cron.last(atOrBefore: -1) == nil)
        #expect(cron.next(after: .max / 2) == nil)
    }

    @Test(
        "What is no cron expression is refused with the field, its text and what it takes",
        arguments: [
            ("60 2 * * *", "the minute is '60'; it takes *, 0 to 59, ranges"),
            ("0 24 * * *", "the hour is '24'; it takes *, 0 to 23, ranges"),
            ("0 2 0 * *", "the day of month is '0'; it takes *, 1 to 31, ranges"),
            ("0 2 1,32 * *", "the day of month is '1,32'; it takes *, 1 to 31, ranges"),
            ("0 2 * 13 *", "the month is '13'; it takes *, 1 to 12 or jan to dec, ranges"),
            ("0 2 * foo *", "the month is 'foo'"),
            ("0 2 * * 8", "the day of week is '8'; it takes *, 0 to 7 or sun to sat"),
            ("0 2 * * monday", "the day of week is 'monday'"), ("*/0 2 * * *", "the minute is '*/0'"),
            ("5/15 2 * * *", "the minute is '5/15'"), ("0 18-8 * * *", "the hour is '18-8'"),
            ("-5 2 * * *", "the minute is '-5'"),
            ("1, 2 * * *", "the minute is '1,'"), ("0 2-3-4 * * *", "the hour is '2-3-4'"),
            ("+1 2 * * *", "the minute is '+1'"),
            ("0 ٢ * * *", "the hour is '٢'"), ("0 2 *", "it has 3 fields and not five: minute, hour, day of month"),
            ("", "it has 0 fields"), ("0 0 2 * * *", "it has 6 fields"), ("daily", "it has 1 field and not five"),
            ("@reboot", "@reboot is none of @hourly, @daily, "), ("0 0 31 2 *", "it never comes"),
            ("0 0 30,31 feb *", "it never comes"), ("0 0 31 4,6,9,11 *", "it never comes"),
        ])
    func refused(expression: String, cause: String) throws {
        let error = try #require(throws: PGKeepError.self) { try CronExpression(expression) }
        #expect(error.code == .settings)
        #expect(error.message == "the cron expression '\(expression)' can't be used")
        #expect(error.cause?.hasPrefix(cause) == true, "\(error)")
    }

    @Test("It is told as it was written, and made of numbers it is the same as read")
    func written() throws {
        #expect(try CronExpression(" 0  2 * * mon ").description == "0 2 * * mon")
        #expect(try CronExpression("@daily").text == "@daily")
        #expect(try CronExpression("0 2 * * *") == CronExpression(minute: 0, hour: 2))
        #expect(try CronExpression("0 3 * * 0") == CronExpression(minute: 0, hour: 3, dayOfWeek: 0))
        #expect(try CronExpression("0 4 1 * *") == CronExpression(minute: 0, hour: 4, dayOfMonth: 1))
    }
}
