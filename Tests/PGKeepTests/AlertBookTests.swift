import Foundation
import Testing

@testable import PGKeep

/// The book and a clock that goes as it is told.
private struct Keeper {
    var book = AlertBook()
    var now = Date(timeIntervalSince1970: 1_769_479_200)
    var told: [AlertNotice] = []
    var interval = Duration.seconds(86_400)

    /// Lets time pass, then settles; the events that came of it.
    @discardableResult
    mutating func after(_ seconds: Double, _ conditions: Condition...) -> [AlertNotice.Event] {
        now += seconds
        let (notices, book) = book.settle(conditions, now: now, repeat: interval)
        self.book = book
        told += notices
        return notices.map(\.event)
    }

    func failed(_ tier: String = "daily", app: String = "shop", message: String = "the backup failed") -> Condition {
        Condition(.backupFailed, app: app, subject: tier, message: message, hint: "pgkeep status", since: now)
    }
}

private let minute = 60.0
private let hour = 3600.0
private let day = 86_400.0

@Suite struct AlertBookTests {
    @Test("A condition is told when it begins, once a day while it holds, and when it is over, with how long it was")
    func once() throws {
        var keeper = Keeper()
        let start = keeper.now
        #expect(keeper.after(0, keeper.failed()) == [.opened])
        #expect(keeper.after(minute, keeper.failed()) == [])
        #expect(keeper.after(day - 2 * minute, keeper.failed()) == [])
        #expect(keeper.after(minute, keeper.failed(message: "the backup failed twice")) == [.repeated])
        #expect(keeper.after(hour) == [.closed])
        #expect(keeper.after(minute) == [])
        let (opened, still, over) = (keeper.told[0], keeper.told[1], keeper.told[2])
        #expect(opened.kind == "backupFailed" && opened.app == "shop" && opened.subject == "daily")
        #expect(opened.since == start && opened.hint == "pgkeep status" && opened.endedAt == nil)
        #expect(still.message == "the backup failed twice" && still.lasted == .seconds(day))
        #expect(over.lasted == .seconds(day + hour) && over.endedAt == start + day + hour && over.hint == nil)
        #expect(Set(keeper.told.map(\.alert)).count == 1)
        #expect(Set(keeper.told.map(\.id)).count == 3)
    }

    @Test("Conditions are told apart by kind, app and subject, and taken for the same whatever their words")
    func identity() {
        var keeper = Keeper()
        let (daily, weekly, other) = (keeper.failed(), keeper.failed("weekly"), keeper.failed(app: "crm"))
        #expect(keeper.after(0, daily, daily, weekly) == [.opened, .opened])
        #expect(keeper.after(1, other, keeper.failed(message: "other words"), weekly) == [.opened])
        #expect(keeper.after(1, weekly) == [.closed, .closed])
        #expect(keeper.told.suffix(2).map(\.app) == ["shop", "crm"])
    }

    @Test("A simulated month: a failing tier, a full disk and a slow week are told as often as it takes, and no more")
    func month() {
        var keeper = Keeper()
        let start = keeper.now
        for tick in 0..<(30 * 24 * 60) {
            let elapsed = Double(tick) * minute
            var conditions: [Condition] = []
            // Failing for three days and a half.
            if (2 * day..<5.5 * day).contains(elapsed) { conditions.append(keeper.failed()) }
            // Low for an hour of each day.
            if elapsed.truncatingRemainder(dividingBy: day) < hour {
                conditions.append(Condition(.diskLow, app: nil, message: "\(tick) bytes free", since: keeper.now))
            }
            if elapsed >= 20 * day {
                conditions.append(Condition(.backupOverdue, app: "crm", message: "overdue", since: keeper.now))
            }
            keeper.now = start + elapsed
            let (notices, book) = keeper.book.settle(conditions, now: keeper.now, repeat: keeper.interval)
            keeper.book = book
            keeper.told += notices
        }
        func count(_ kind: Condition.Kind, _ event: AlertNotice.Event) -> Int {
            keeper.told.count { $0.kind == kind.rawValue && $0.event == event }
        }
        #expect(count(.backupFailed, .opened) == 1 && count(.backupFailed, .repeated) == 3)
        #expect(count(.backupFailed, .closed) == 1)
        #expect(count(.backupOverdue, .opened) == 1 && count(.backupOverdue, .repeated) == 9)
        #expect(count(.backupOverdue, .closed) == 0)
        // Each day an opening and an all-clear, until the calm that is wanted is longer than the day's good hours.
        #expect((3...6).contains(count(.diskLow, .opened)), "\(count(.diskLow, .opened))")
        #expect(keeper.told.count < 60)
    }

    @Test(
        "Whatever comes and goes, however often, is told at most a dozen times in its first day and three times in a later one",
        arguments: [1, 7, 14, 16, 20, 59, 61, 120, 241, 700, 1439])
    func flapping(minutes: Int) {
        var keeper = Keeper()
        var byDay = [Int](repeating: 0, count: 30)
        for tick in 0..<(30 * 24 * 60) {
            let before = keeper.told.count
            if tick / minutes % 2 == 0 { keeper.after(minute, keeper.failed()) } else { keeper.after(minute) }
            byDay[tick / 1440] += keeper.told.count - before
        }
        #expect(byDay[0] <= 12, "\(byDay)")
        #expect(byDay.dropFirst(3).allSatisfy { $0 <= 3 }, "\(byDay)")
        #expect(byDay.allSatisfy { $0 <= 12 }, "\(byDay)")
        // And never silent for two days while it goes on.
        #expect(zip(byDay, byDay.dropFirst()).allSatisfy { $0 + $1 > 0 }, "\(byDay)")
    }

    @Test("An alert that came back is over only when it stays away, and a later one is new again")
    func relapse() {
        var keeper = Keeper()
        keeper.after(0, keeper.failed())
        #expect(keeper.after(minute) == [.closed])
        #expect(keeper.after(minute, keeper.failed()) == [.opened])
        #expect(keeper.after(minute) == [])
        #expect(keeper.after(14 * minute) == [])
        #expect(keeper.after(minute) == [.closed])
        #expect(keeper.told.last?.lasted == .seconds(2 * minute))
        #expect(keeper.after(day + 1, keeper.failed()) == [.opened])
        #expect(keeper.after(minute) == [.closed])
        #expect(Set(keeper.told.map(\.alert)).count == 3)
    }

    @Test(
        "A clock that jumps ahead repeats early, once; one that jumps back silences nothing for longer than the interval"
    )
    func jumps() {
        var keeper = Keeper()
        keeper.after(0, keeper.failed())
        #expect(keeper.after(10 * day, keeper.failed()) == [.repeated])
        #expect(keeper.after(-10 * day, keeper.failed()) == [])
        #expect(keeper.after(day - 1, keeper.failed()) == [])
        #expect(keeper.after(1, keeper.failed()) == [.repeated])
        keeper.after(-400 * day, keeper.failed())
        #expect(keeper.after(day, keeper.failed()) == [.repeated])
        #expect(keeper.after(minute) == [.closed])
        #expect(keeper.told.allSatisfy { $0.lasted >= .zero })
    }

    @Test("A relapse whose calm began in a future that never came ends all the same")
    func calmOfTheFuture() {
        var keeper = Keeper()
        keeper.after(0, keeper.failed())
        keeper.after(minute)
        keeper.after(minute, keeper.failed())
        #expect(keeper.after(30 * day) == [])
        #expect(keeper.after(-30 * day) == [])
        #expect(keeper.after(15 * minute) == [.closed])
    }

    @Test("A keeper closes alerts of its own apps and of the machine, never those of another keeper's apps")
    func shared() {
        var keeper = Keeper()
        let full = Condition(.diskLow, app: nil, message: "full", since: keeper.now)
        keeper.after(0, keeper.failed(), keeper.failed(app: "crm"), full)
        let (told, book) = keeper.book.settle([], of: ["crm"], now: keeper.now + minute, repeat: keeper.interval)
        #expect(told.map(\.event) == [.closed, .closed] && told.map(\.app) == ["crm", nil])
        let (again, _) = book.settle([keeper.failed()], of: ["shop"], now: keeper.now + hour, repeat: keeper.interval)
        #expect(again.isEmpty)
        let (over, _) = book.settle([], of: ["shop"], now: keeper.now + hour, repeat: keeper.interval)
        #expect(over.map(\.app) == ["shop"])
    }

    @Test("The book is the same after it was written and read")
    func codable() throws {
        var keeper = Keeper()
        keeper.after(0.123456, keeper.failed(), keeper.failed("weekly"))
        keeper.after(minute, keeper.failed())
        let read = try JSONDecoder().decode(AlertBook.self, from: JSONEncoder().encode(keeper.book))
        #expect(read == keeper.book)
        #expect(read.settle([keeper.failed()], now: keeper.now + minute, repeat: keeper.interval).notices.isEmpty)
    }
}
