import Foundation
import PGKeepModel
import Testing

@Suite struct UTCTimeTests {
    @Test("Every day from 1970 to 2400 reads as the calendar says, and back")
    func everyDay() {
        var time = UTCTime(secondsSince1970: 0)
        var day: Int64 = 0
        var wrong = 0
        while time.year <= 2400 {
            let next = UTCTime(secondsSince1970: day * 86_400 + 86_399)
            if next.secondsSince1970 != day * 86_400 + 86_399 { wrong += 1 }
            let isNext =
                day == 0 || next.year == time.year && next.month == time.month && next.day == time.day + 1
                || next.year == time.year && next.month == time.month + 1 && next.day == 1 && time.day >= 28
                || next.year == time.year + 1 && next.month == 1 && next.day == 1 && time.month == 12 && time.day == 31
            if !isNext { wrong += 1 }
            time = next
            day += 1
        }
        #expect(wrong == 0)
        #expect(time.text() == "2401-01-01T23:59:59")
    }

    @Test("Times agree with Foundation's")
    func foundation() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let seconds = Int64.random(in: 0...UTCTime.lastSecond, using: &generator)
            let date = Date(timeIntervalSince1970: Double(seconds))
            #expect(date.iso8601 == date.formatted(.iso8601))
            #expect(Date(iso8601: date.iso8601) == date)
        }
    }

    @Test("What lies outside of 1970 to 9999 is moved to its border")
    func borders() {
        #expect(UTCTime(secondsSince1970: -1).text() == "1970-01-01T00:00:00")
        #expect(UTCTime(secondsSince1970: .max).text() == "9999-12-31T23:59:59")
        #expect(Date(timeIntervalSince1970: -0.5).iso8601 == "1970-01-01T00:00:00Z")
    }

    @Test("Milliseconds are written and read")
    func milliseconds() {
        let date = Date(timeIntervalSince1970: 1_769_479_200.12)
        #expect(date.iso8601Milliseconds == "2026-01-27T02:00:00.120Z")
        #expect(Date(timeIntervalSince1970: 1_769_479_199.9996).iso8601Milliseconds == "2026-01-27T02:00:00.000Z")
        #expect(Date(iso8601: "2026-01-27T02:00:00.120Z") == date)
    }

    @Test(
        "What is no such time is refused",
        arguments: [
            "", "2026-01-27T02:00:00", "2026-01-27T02:00:00+00:00", "2026-01-27T02:00:00.1Z", "2026-02-29T00:00:00Z",
            "2100-02-29T00:00:00Z", "2026-01-27T02:00:60Z", "2026-01-27T02:00:00,120Z", "2026-01-27 02:00:00Z",
        ])
    func refused(text: String) {
        #expect(Date(iso8601: text) == nil)
    }
}
