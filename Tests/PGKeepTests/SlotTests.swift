import Foundation
import PGKeep
import PGKeepModel
import Testing

@Suite("Slots in time zones")
struct SlotTests {
    private func zone(_ name: String) throws -> TimeZone { try #require(TimeZone(identifier: name)) }

    private func date(_ text: String) throws -> Date { try #require(Date(iso8601: text)) }

    private func daily(_ text: String) throws -> Schedules {
        Schedules(daily: try CronExpression(text), weekly: nil, monthly: nil)
    }

    private func slots(_ cron: String, _ zone: String, after: String, _ count: Int) throws -> [String] {
        try daily(cron).slots(after: date(after), in: self.zone(zone)).prefix(count).map(\.at.iso8601)
    }

    @Test("The standard schedules are daily at 02:00, Sundays at 03:00, each 1st at 04:00, merged in order of time")
    func standard() throws {
        let slots = try Schedules.standard.slots(after: date("2026-01-30T12:00:00Z"), in: zone("UTC")).prefix(5)
        #expect(
            slots.map { "\($0.tier) \($0.at.iso8601)" } == [
                "daily 2026-01-31T02:00:00Z", "daily 2026-02-01T02:00:00Z", "weekly 2026-02-01T03:00:00Z",
                "monthly 2026-02-01T04:00:00Z", "daily 2026-02-02T02:00:00Z",
            ])
    }

    @Test("Slots of one instant come daily first, then weekly, then monthly; a tier that is off has none")
    func oneInstant() throws {
        let same = try CronExpression("0 2 1 * *")
        var schedules = Schedules(daily: same, weekly: same, monthly: same)
        let after = try date("2026-01-01T12:00:00Z")
        #expect(schedules.slots(after: after, in: .gmt).prefix(4).map(\.tier) == [.daily, .weekly, .monthly, .daily])
        schedules.weekly = nil
        #expect(schedules.slots(after: after, in: .gmt).prefix(3).map(\.tier) == [.daily, .monthly, .daily])
        #expect(schedules.next(.weekly, after: after, in: .gmt) == nil)
        #expect(schedules.next(.manual, after: after, in: .gmt) == nil)
        let none = Schedules(daily: nil, weekly: nil, monthly: nil)
        #expect(Array(none.slots(after: after, in: .gmt)).isEmpty)
    }

    @Test(
        "A time that the clock jumps over runs at the instant of the jump, once",
        arguments: [
            // Berlin's clock goes from 02:00 to 03:00 at 01:00 UTC.
            (
                "0 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z",
                ["2026-03-28T01:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"]
            ),
            ("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", ["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]),
            (
                "0,15,30,45 2,3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z",
                ["2026-03-29T01:00:00Z", "2026-03-29T01:15:00Z"]
            ),
            // New York's from 02:00 to 03:00 at 07:00 UTC.
            (
                "0 2 * * *", "America/New_York", "2026-03-08T00:00:00Z",
                ["2026-03-08T07:00:00Z", "2026-03-09T06:00:00Z"]
            ),
            // Lord Howe's from 02:00 to 02:30, at 15:30 UTC of the day before.
            (
                "0 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z",
                ["2026-10-03T15:30:00Z", "2026-10-04T15:00:00Z"]
            ),
            (
                "10,40 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z",
                ["2026-10-03T15:30:00Z", "2026-10-03T15:40:00Z"]
            ),
            // Samoa had no 30 December 2011.
            (
                "0 2 * * *", "Pacific/Apia", "2011-12-28T13:00:00Z",
                ["2011-12-29T12:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T12:00:00Z"]
            ),
            // Casablanca's from 02:00 to 03:00 at the end of Ramadan.
            (
                "0 2 * * *", "Africa/Casablanca", "2026-03-21T12:00:00Z",
                ["2026-03-22T02:00:00Z", "2026-03-23T01:00:00Z"]
            ),
        ])
    func jump(cron: String, zone: String, after: String, expected: [String]) throws {
        #expect(try slots(cron, zone, after: after, expected.count) == expected)
    }

    @Test(
        "A time that the clock shows twice runs once, the first time",
        arguments: [
            ("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]),
            (
                "30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z",
                ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]
            ),
            (
                "45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z",
                ["2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"]
            ),
            // Every half an hour: the second 02:00 and 02:30 are no slots of their own.
            (
                "*/30 * * * *", "Europe/Berlin", "2026-10-25T00:00:00Z",
                ["2026-10-25T00:30:00Z", "2026-10-25T02:00:00Z", "2026-10-25T02:30:00Z"]
            ),
            (
                "0 2 * * *", "Africa/Casablanca", "2026-02-14T12:00:00Z",
                ["2026-02-15T01:00:00Z", "2026-02-16T02:00:00Z"]
            ),
        ])
    func twice(cron: String, zone: String, after: String, expected: [String]) throws {
        #expect(try slots(cron, zone, after: after, expected.count) == expected)
    }

    @Test("While the clock shows an hour again, the last slot is still the one of the first time")
    func latestInTheSecondHour() throws {
        let schedules = try daily("30 2 * * *")
        let berlin = try zone("Europe/Berlin")
        // 02:10 for the second time.
        let now = try date("2026-10-25T01:10:00Z")
        #expect(schedules.latest(.daily, atOrBefore: now, in: berlin)?.iso8601 == "2026-10-25T00:30:00Z")
        #expect(schedules.next(.daily, after: now, in: berlin)?.iso8601 == "2026-10-26T01:30:00Z")
    }

    @Test("A slot at the very instant is the latest, and not the next one")
    func atTheInstant() throws {
        let schedules = Schedules.standard
        let at = try date("2026-01-27T02:00:00Z")
        #expect(schedules.latest(.daily, atOrBefore: at, in: .gmt) == at)
        #expect(schedules.latest(.daily, atOrBefore: at - 0.001, in: .gmt)?.iso8601 == "2026-01-26T02:00:00Z")
        #expect(schedules.next(.daily, after: at - 0.001, in: .gmt) == at)
        #expect(schedules.next(.daily, after: at, in: .gmt)?.iso8601 == "2026-01-28T02:00:00Z")
    }

    @Test(
        "Over years in any zone, slots ascend, none is left out by looking back, and each shows its time unless it was jumped over",
        arguments: [
            "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia",
            "Africa/Casablanca", "Asia/Kathmandu", "America/St_Johns", "Africa/Cairo", "America/Santiago",
        ])
    func years(name: String) throws {
        let zone = try zone(name)
        for (cron, shown) in [("0 2 * * *", "02:00:00"), ("30 0 * * *", "00:30:00"), ("59 23 * * *", "23:59:00")] {
            let schedules = try daily(cron)
            var jumped = 0
            let start = try date("2009-12-31T12:00:00Z")
            var previous: Date?
            for slot in schedules.slots(after: start, in: zone).prefix(365 * 20) {
                if let previous {
                    let pause = slot.at.timeIntervalSince(previous)
                    #expect(pause > 0 && pause <= 26 * 3600, "\(slot)")
                    #expect(schedules.latest(.daily, atOrBefore: slot.at - 1, in: zone) == previous)
                }
                #expect(schedules.latest(.daily, atOrBefore: slot.at, in: zone) == slot.at)
                if !LocalTime.text(slot.at, in: zone).hasSuffix(shown) { jumped += 1 }
                previous = slot.at
            }
            // At most twice a year, as Casablanca's.
            #expect(jumped <= 40)
        }
    }

    @Test("The ends of all time are nothing to stumble over")
    func ends() throws {
        let schedules = Schedules.standard
        #expect(schedules.next(.daily, after: .distantFuture, in: .gmt) != nil)
        #expect(schedules.next(.daily, after: Date(timeIntervalSince1970: 1e15), in: .gmt) == nil)
        #expect(schedules.latest(.daily, atOrBefore: .distantPast, in: .gmt) == nil)
        #expect(schedules.next(.daily, after: .distantPast, in: .gmt)?.iso8601 == "1970-01-01T02:00:00Z")
        #expect(try schedules.latest(.daily, atOrBefore: .distantFuture, in: zone("Asia/Kolkata")) != nil)
    }
}
