import Foundation
import PGKeepModel
import Testing

@testable import PGKeep

/// When checklists are gone through.
@Suite struct ChecklistScheduleTests {
    private let schedule = ChecklistSchedule(periods: Set(ChecklistPeriod.allCases), timeZone: .gmt)

    private func date(_ text: String) throws -> Date { try #require(Date(iso8601: text)) }

    @Test("Over a year each Monday, 1st, quarter and year has its list once, the longest that is due")
    func year() throws {
        let since = try date("2025-12-31T12:00:00Z")
        var done: [ChecklistPeriod: Date] = [:]
        var counts: [ChecklistPeriod: Int] = [:]
        var now = since
        while let next = try schedule.next(after: now), next < since.addingTimeInterval(365 * 86_400) {
            now = next.addingTimeInterval(30)
            while let period = try schedule.due(at: now, since: since, done: done) {
                done[period] = now
                counts[period, default: 0] += 1
            }
        }
        // Of twelve firsts one is the year's, three the quarters'; on three of 2026's Mondays there is a longer list.
        #expect(counts == [.year: 1, .quarter: 3, .month: 8, .week: 51])
    }

    @Test("A list that was missed is made up for once; what was due before anybody kept anything is not")
    func missed() throws {
        let since = try date("2026-03-20T12:00:00Z")
        let now = try date("2026-04-15T12:00:00Z")
        #expect(try schedule.due(at: now, since: since, done: [:]) == .quarter)
        #expect(try schedule.due(at: now, since: since, done: [.quarter: now]) == nil)
        // The week's list of last Monday is no quarter.
        #expect(try schedule.due(at: now, since: since, done: [.week: now]) == .quarter)
        #expect(try schedule.due(at: since, since: since, done: [:]) == nil)
    }

    @Test("Those that are switched off are never due")
    func off() throws {
        let none = ChecklistSchedule(periods: [], timeZone: .gmt)
        #expect(try none.next(after: date("2026-01-01T00:00:00Z")) == nil)
        #expect(try none.due(at: date("2026-04-15T12:00:00Z"), since: .distantPast, done: [:]) == nil)
    }
}
