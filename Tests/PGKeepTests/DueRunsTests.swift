import Foundation
import PGKeep
import PGKeepModel
import Testing

@Suite("What is due")
struct DueRunsTests {
    private let schedules = Schedules.standard
    private let longAgo = Date(timeIntervalSince1970: 0)

    private func date(_ text: String) throws -> Date { try #require(Date(iso8601: "\(text)Z")) }

    private func plan(
        _ now: String, newest: [Tier: String] = [:], failures: [Tier: [String]] = [:], since: String? = nil,
        schedules: Schedules = .standard, retries: Int = 3
    ) throws -> DueRuns {
        let history = RunHistory(
            newest: try newest.mapValues(date), failures: try failures.mapValues { try $0.map(date) },
            keptSince: try since.map(date) ?? longAgo)
        return DueRuns(
            of: schedules, in: .gmt, retries: RetryPolicy(retries: retries), history: history, now: try date(now))
    }

    private func told(_ plan: DueRuns) -> [String] { plan.runs.map { "\($0.tier): \($0.why(in: .gmt))" } }

    /// All three tiers as they are on the afternoon of Tuesday, 27 January 2026.
    private let upToDate: [Tier: String] = [
        .daily: "2026-01-27T02:00:00", .weekly: "2026-01-25T03:00:00", .monthly: "2026-01-01T04:00:07",
    ]

    @Test("With a backup of each tier at or after its last slot nothing is due until the next slot")
    func nothing() throws {
        let plan = try plan("2026-01-27T15:00:00", newest: upToDate)
        #expect(plan.runs.isEmpty)
        #expect(try plan.nextChange == date("2026-01-28T02:00:00"))
        #expect(try plan.lookAgain == date("2026-01-27T15:15:00"))
        #expect(try self.plan("2026-01-28T01:55:00", newest: upToDate).lookAgain == date("2026-01-28T02:00:00"))
        #expect(
            plan.outlooks.map { $0.text(in: .gmt) } == [
                "done for 2026-01-27 02:00:00", "done for 2026-01-25 03:00:00", "done for 2026-01-01 04:00:00",
            ])
    }

    @Test("At its slot a tier is due on time; a second before, it isn't")
    func onTime() throws {
        #expect(try plan("2026-01-28T01:59:59", newest: upToDate).runs.isEmpty)
        #expect(try told(plan("2026-01-28T02:00:00", newest: upToDate)) == ["daily: scheduled for 2026-01-28 02:00:00"])
    }

    @Test("Missed runs are caught up once: daily first, then weekly, then monthly")
    func catchingUp() throws {
        let plan = try plan("2026-02-04T12:00:00", newest: upToDate)
        #expect(
            told(plan) == [
                "daily: catching up 2026-02-04 02:00:00, which was missed",
                "weekly: catching up 2026-02-01 03:00:00, which was missed",
                "monthly: catching up 2026-02-01 04:00:00, which was missed",
            ])
    }

    @Test("A missed run is left to the next slot if that is nearer than a twenty-fourth of the time between them")
    func near() throws {
        // An hour before the next daily one.
        #expect(
            try told(plan("2026-01-29T01:00:00", newest: upToDate)) == [
                "daily: catching up 2026-01-28 02:00:00, which was missed"
            ])
        let near = try plan("2026-01-29T01:00:01", newest: upToDate)
        #expect(near.runs.isEmpty)
        #expect(
            near.outlooks[0].text(in: .gmt)
                == "left out for 2026-01-28 02:00:00, which was missed: the next slot is near, 2026-01-29 02:00:00")
        // Seven hours before the next weekly one.
        let weekly = upToDate.merging([.daily: "2026-02-07T19:00:00", .monthly: "2026-02-01T04:00:00"]) { $1 }
        #expect(try plan("2026-02-07T20:00:00", newest: weekly).runs.map(\.tier) == [.weekly])
        #expect(try plan("2026-02-07T20:00:01", newest: weekly).runs.isEmpty)
    }

    @Test("Without any backup the most frequent tier is due at once, however near its slot; the others wait for theirs")
    func first() throws {
        let plan = try plan("2026-01-27T01:59:00", since: "2026-01-27T01:59:00")
        #expect(told(plan) == ["daily: there is no daily backup yet"])
        #expect(plan.outlooks[1].state == .waiting && plan.outlooks[2].state == .waiting)
        let weekly = Schedules(daily: nil, weekly: schedules.weekly, monthly: schedules.monthly)
        let withoutDaily = try self.plan("2026-01-27T12:00:00", since: "2026-01-27T12:00:00", schedules: weekly)
        #expect(told(withoutDaily) == ["weekly: there is no weekly backup yet"])
        #expect(withoutDaily.outlooks[0].state == .off)
    }

    @Test("A tier without backups is due at the first slot since the app is kept, also if that was missed")
    func firstOfWeekly() throws {
        let newest: [Tier: String] = [.daily: "2026-02-01T02:00:00", .monthly: "2026-01-01T04:00:00"]
        #expect(
            try told(plan("2026-02-01T03:40:00", newest: newest, since: "2026-01-30T00:00:00")) == [
                "weekly: catching up 2026-02-01 03:00:00, which was missed"
            ])
        #expect(try plan("2026-02-01T03:40:00", newest: newest, since: "2026-02-01T03:30:00").runs.isEmpty)
    }

    @Test("What failed is tried again after 1, 5 and 15 minutes, then given up until the next slot")
    func retries() throws {
        var failures = ["2026-01-28T02:00:30"]
        func plan(_ now: String) throws -> DueRuns {
            try self.plan(now, newest: upToDate, failures: [.daily: failures])
        }
        let pausing = try plan("2026-01-28T02:01:00")
        #expect(pausing.runs.isEmpty)
        #expect(try pausing.lookAgain == date("2026-01-28T02:01:30"))
        #expect(try told(plan("2026-01-28T02:01:30")) == ["daily: attempt 2 for 2026-01-28 02:00:00"])
        failures.append("2026-01-28T02:02:00")
        #expect(try plan("2026-01-28T02:06:59").runs.isEmpty)
        #expect(try told(plan("2026-01-28T02:07:00")) == ["daily: attempt 3 for 2026-01-28 02:00:00"])
        failures.append("2026-01-28T02:08:00")
        #expect(try plan("2026-01-28T02:22:59").runs.isEmpty)
        #expect(try told(plan("2026-01-28T02:23:00")) == ["daily: attempt 4 for 2026-01-28 02:00:00"])
        failures.append("2026-01-28T02:24:00")
        let givenUp = try plan("2026-01-28T20:00:00")
        #expect(givenUp.runs.isEmpty)
        #expect(givenUp.outlooks[0].text(in: .gmt) == "given up for 2026-01-28 02:00:00: 4 attempts failed")
        #expect(try plan("2026-01-29T02:00:00").runs.map(\.reason) == [.onTime])
    }

    @Test("Without retries the first failure is the last; pauses grow to an hour and no further")
    func policy() throws {
        #expect(RetryPolicy(retries: 0).pause(after: 1) == nil)
        let policy = RetryPolicy(retries: 7)
        #expect(
            (1...8).map { policy.pause(after: $0)?.components.seconds } == [60, 300, 900, 1800, 3600, 3600, 3600, nil])
        #expect(
            try plan("2026-01-28T02:30:00", newest: upToDate, failures: [.daily: ["2026-01-28T02:00:10"]], retries: 0)
                .runs.isEmpty)
    }

    @Test("A clock that jumps ahead by days catches up once; put back, it runs no slot again and misses none to come")
    func jumps() throws {
        // Ahead by ten days: the slots between are no more than one missed run a tier.
        let ahead = try self.plan("2026-02-06T12:00:00", newest: upToDate)
        #expect(ahead.runs.map(\.tier) == [.daily, .weekly, .monthly])
        // What was taken then lies in the future now.
        let backups = try [
            ("2026-01-27T02:00:00", Tier.daily), ("2026-02-06T12:00:05", .daily), ("2026-02-06T12:01:00", .weekly),
        ]
        .map { text, tier in
            Backup(name: "\(tier) \(text)", path: "", app: "app", tier: tier, createdAt: try date(text), bytes: 1)
        }
        func plan(_ now: String) throws -> DueRuns {
            let history = self.history(of: backups, startedAt: longAgo, now: try date(now))
            return DueRuns(
                of: Schedules(daily: schedules.daily, weekly: nil, monthly: nil), in: .gmt,
                retries: RetryPolicy(retries: 3), history: history, now: try date(now))
        }
        #expect(try plan("2026-01-27T12:00:00").runs.isEmpty)
        #expect(try told(plan("2026-01-28T02:00:00")) == ["daily: scheduled for 2026-01-28 02:00:00"])
        // Failures dated in the future are no reason to wait.
        let failed = try self.plan(
            "2026-01-28T02:00:00", newest: upToDate, failures: [.daily: ["2026-02-06T02:00:00"]])
        #expect(told(failed) == ["daily: scheduled for 2026-01-28 02:00:00"])
    }

    @Test("A clock put back by an hour across a slot doesn't run that slot twice")
    func putBack() throws {
        for now in ["2026-01-27T01:30:00", "2026-01-27T01:59:59", "2026-01-27T02:00:00", "2026-01-27T02:30:00"] {
            let at = try date(now)
            let backups = try ["2026-01-26T02:00:01", "2026-01-27T02:00:01"].map {
                Backup(name: $0, path: "", app: "app", tier: .daily, createdAt: try date($0), bytes: 1)
            }
            let plan = DueRuns(
                of: Schedules(daily: schedules.daily, weekly: nil, monthly: nil), in: .gmt,
                retries: RetryPolicy(retries: 3), history: history(of: backups, startedAt: longAgo, now: at), now: at
            )
            #expect(plan.runs.isEmpty, "\(now)")
        }
    }

    @Test("Only good backups of scheduled tiers count, and the oldest of them tells since when the app is kept")
    func history() throws {
        let now = try date("2026-01-27T12:00:00")
        func backup(_ text: String, _ tier: Tier, problem: String? = nil) throws -> Backup {
            Backup(name: text, path: "", app: "a", tier: tier, createdAt: try date(text), bytes: 1, problem: problem)
        }
        let history = self.history(
            of: [
                try backup("2026-01-27T02:00:00", .daily, problem: "cut off"),
                try backup("2026-01-26T02:00:00", .daily),
                try backup("2026-01-25T02:00:00", .daily), try backup("2025-01-01T00:00:00", .manual),
                try backup("2026-01-28T02:00:00", .weekly),
            ], startedAt: now, now: now)
        #expect(history.newest == [.daily: try date("2026-01-26T02:00:00")])
        #expect(try history.keptSince == date("2026-01-25T02:00:00"))
        #expect(self.history(of: [], startedAt: now, now: now).keptSince == now)
    }

    private func history(of backups: [Backup], startedAt: Date, now: Date) -> RunHistory {
        var history = RunHistory(keptSince: startedAt)
        for backup in backups { history.take(backup.tier, backup.createdAt, now: now) { backup.isGood } }
        return history
    }
}
