import Foundation
import PGKeepModel
import Testing

@testable import PGKeep

@Suite struct DrillTurnTests {
    private func moment(_ text: String) throws -> Date { try #require(Date(iso8601: text)) }

    private func turn(
        _ history: DrillHistory, at now: String, _ schedule: CronExpression? = Settings.standardDrillSchedule
    ) throws -> DrillTurn { DrillTurn(schedule, in: .gmt, history, now: try moment(now)) }

    private let newest: [Tier: String] = [.daily: "d", .weekly: "w", .monthly: "m"]

    @Test("Each Sunday another tier is drilled, so that each of them is proven")
    func turns() throws {
        var history = DrillHistory(newest: newest, keptSince: try moment("2026-01-01T00:00:00Z"))
        var drilled: [String] = []
        for day in ["04", "11", "18", "25"] {
            let turn = try turn(history, at: "2026-01-\(day)T06:00:00Z")
            drilled.append(try #require(turn.archive))
            #expect(try turn.slot == moment("2026-01-\(day)T06:00:00Z"))
            let tier = try #require(newest.first { $0.value == turn.archive }?.key)
            history.held[tier] = try moment("2026-01-\(day)T06:10:00Z")
            #expect(try self.turn(history, at: "2026-01-\(day)T07:00:00Z").archive == nil)
        }
        #expect(drilled == ["d", "w", "m", "d"])
    }

    @Test("A missed slot is caught up, one of before the app was kept is not")
    func missed() throws {
        var history = DrillHistory(newest: newest, keptSince: try moment("2026-01-01T00:00:00Z"))
        #expect(try turn(history, at: "2026-01-07T12:00:00Z").archive == "d")
        history.keptSince = try moment("2026-01-05T00:00:00Z")
        let turn = try turn(history, at: "2026-01-07T12:00:00Z")
        let next = try moment("2026-01-11T06:00:00Z")
        #expect(turn.archive == nil && turn.next == next)
    }

    @Test("Without a backup nothing is due, nor with drills switched off; a time from the future proves nothing")
    func nothing() throws {
        var history = DrillHistory(keptSince: try moment("2026-01-01T00:00:00Z"))
        #expect(try turn(history, at: "2026-01-04T07:00:00Z").archive == nil)
        history.newest = newest
        let off = try turn(history, at: "2026-01-04T07:00:00Z", nil)
        #expect(off.archive == nil && off.next == nil)
        history.held[.daily] = try moment("2027-01-01T00:00:00Z")
        #expect(try turn(history, at: "2026-01-04T07:00:00Z").archive != nil)
    }
}
