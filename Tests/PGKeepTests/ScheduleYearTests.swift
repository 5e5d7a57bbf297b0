import Foundation
import PGKeep
import PGKeepModel
import Testing

@Suite("A year of runs on a simulated clock")
struct ScheduleYearTests {
    private static let zones = [
        "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia",
        "Africa/Casablanca",
    ]

    private func keeper(_ zone: String) throws -> SimulatedKeeper {
        SimulatedKeeper(zone: try #require(TimeZone(identifier: zone)))
    }

    private func date(_ text: String) throws -> Date { try #require(Date(iso8601: text)) }

    /// 2026, and in Samoa also the year in which a day was missing.
    private func year(_ zone: String) throws -> DateInterval {
        let first = zone == "Pacific/Apia" ? "2011" : "2026"
        return DateInterval(start: try date("\(first)-01-01T12:00:00Z"), duration: 366 * 86_400)
    }

    private func slots(of keeper: SimulatedKeeper, in year: DateInterval) -> [Slot] {
        Array(keeper.schedules.slots(after: year.start, in: keeper.zone).prefix { $0.at < year.end - 86_400 })
    }

    @Test("Without outages each slot is taken once, in order and on time; nothing drifts", arguments: zones)
    func quiet(zone: String) throws {
        var keeper = try keeper(zone)
        let year = try year(zone)
        keeper.run(from: year.start, to: year.end)
        let slots = slots(of: keeper, in: year)
        let first = try #require(keeper.taken.first)
        #expect(first.tier == .daily && first.reason == .first && first.begun == year.start)
        let others = keeper.taken.dropFirst().prefix(slots.count)
        #expect(Set(others.map { Slot(tier: $0.tier, at: $0.slot) }) == Set(slots))
        #expect(others.allSatisfy { $0.reason == .onTime && $0.begun < $0.slot + 5400 })
        // A daily one begins at its very slot, all through the year.
        #expect(others.allSatisfy { $0.tier != .daily || $0.begun == $0.slot })
        #expect(keeper.failed.isEmpty && keeper.leftOut.isEmpty && keeper.givenUp.isEmpty)
        #expect(slots.count { $0.tier == .daily } >= 362)
        #expect(slots.count { $0.tier == .weekly } >= 51)
        #expect((12...13).contains(slots.count { $0.tier == .monthly }))
    }

    @Test("With outages and troubles each slot is taken once, or there is a reason why not", arguments: zones, 1...4)
    func outages(zone: String, seed: Int) throws {
        var keeper = try keeper(zone)
        let year = try year(zone)
        var dice = Dice(seed: UInt64(seed))
        keeper.outages = intervals(in: year, every: 6 * 86_400, lasting: 600...(4 * 86_400), &dice)
        keeper.troubles = intervals(in: year, every: 9 * 86_400, lasting: 60...(3 * 86_400), &dice)
        // And short ones at a slot now and then, over before the retries are.
        for (place, slot) in slots(of: keeper, in: year).enumerated() where place % 17 == 0 {
            keeper.troubles.append(DateInterval(start: slot.at, duration: 180))
        }
        keeper.run(from: year.start, to: year.end)

        let taken = keeper.taken.map { Slot(tier: $0.tier, at: $0.slot) }
        #expect(Set(taken).count == taken.count, "a slot was taken twice")
        #expect(keeper.taken.allSatisfy { $0.slot <= $0.begun })
        var reasons: [String: Int] = [:]
        for slot in slots(of: keeper, in: year) {
            let reason = reason(slot, keeper, Set(taken))
            reasons[reason ?? "none", default: 0] += 1
            #expect(reason != nil, "\(slot.tier) \(slot.at.iso8601) was neither taken nor explained")
        }
        // The year was worth it.
        #expect(reasons["taken", default: 0] > 100 && reasons["passed while down", default: 0] > 10, "\(reasons)")
        #expect(keeper.taken.contains { $0.reason == .catchingUp })
        #expect(keeper.taken.contains { if case .retry = $0.reason { true } else { false } })
        #expect(keeper.failed.count > 10 && !keeper.givenUp.isEmpty)
    }

    /// What became of a slot.
    private func reason(_ slot: Slot, _ keeper: SimulatedKeeper, _ taken: Set<Slot>) -> String? {
        if taken.contains(slot) { return "taken" }
        if keeper.givenUp.contains(slot) { return "given up" }
        if keeper.leftOut.contains(slot) { return "left out" }
        guard let next = keeper.schedules.next(slot.tier, after: slot.at, in: keeper.zone) else { return nil }
        guard let last = keeper.looks.last(where: { slot.at <= $0 && $0 < next }) else { return "passed while down" }
        // It went down before it was done, a run or a pause cut short, and for so long that the next slot came.
        return keeper.outages.contains { $0.start >= last && $0.end >= next } ? "passed while down" : nil
    }

    private func intervals(
        in year: DateInterval, every pause: TimeInterval, lasting length: ClosedRange<TimeInterval>, _ dice: inout Dice
    ) -> [DateInterval] {
        var intervals: [DateInterval] = []
        var at = year.start
        while true {
            at += TimeInterval.random(in: 3600...(2 * pause), using: &dice).rounded()
            let interval = DateInterval(start: at, duration: TimeInterval.random(in: length, using: &dice).rounded())
            guard interval.end < year.end - 5 * 86_400 else { return intervals }
            intervals.append(interval)
            at = interval.end
        }
    }

    @Test("A schedule of every five minutes is kept as well as one of every month")
    func frequent() throws {
        var keeper = try keeper("Europe/Berlin")
        keeper.schedules = Schedules(
            daily: try CronExpression("*/5 * * * *"), weekly: nil, monthly: try CronExpression("0 0 29 2 *"))
        keeper.lengths = [.daily: 20, .monthly: 60]
        let start = try date("2028-02-28T00:00:00Z")
        keeper.run(from: start, to: start + 2 * 86_400)
        #expect(keeper.taken.count { $0.tier == .daily } == 2 * 288)
        #expect(keeper.taken.filter { $0.tier == .monthly }.map(\.slot) == [try date("2028-02-28T23:00:00Z")])
    }
}
