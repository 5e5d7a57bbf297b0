import Foundation
import PGKeepModel
import Testing

@testable import PGKeep

@Suite struct FillingForecastTests {
    private let now = WatchFolder.now

    private func series(
        _ tier: Tier = .daily, days: [Double], limit: Int? = 30, isFrozen: Bool = false,
        bytes: (Double) -> Int64 = { _ in 100 }
    ) -> FillingForecast.Series {
        FillingForecast.Series(
            tier: tier, limit: limit, isFrozen: isFrozen,
            archives: days.map {
                FillingForecast.Series.Archive(
                    createdAt: now.addingTimeInterval(-$0 * 86_400), bytes: bytes($0), format: .gzip)
            })
    }

    @Test("Where as much is deleted as comes, nothing fills up")
    func steady() {
        let forecast = FillingForecast([series(days: (0...30).map { Double($0) + 0.1 })], now: now)
        #expect(forecast.daysUntilFull(free: 100) == nil)
        #expect(abs(forecast.bytesPerDay) <= 3)
    }

    @Test("A new series grows until its first backups are old enough to go")
    func new() {
        let forecast = FillingForecast([series(days: [0.1])], now: now)
        #expect(forecast.daysUntilFull(free: 1000) == 11)
        #expect(forecast.daysUntilFull(free: 2800) == 29)
        #expect(forecast.daysUntilFull(free: 2900) == nil)
    }

    @Test("Backups that grow fill any disk; those kept until removed by hand too")
    func growing() {
        let sizes = series(days: (0...30).map { Double($0) + 0.1 }) { Int64(1000 - $0 * 10) }
        #expect((150...250).contains(FillingForecast([sizes], now: now).daysUntilFull(free: 50_000) ?? 0))
        let manual = series(.manual, days: [0, 7, 14, 21], limit: nil)
        #expect(FillingForecast([manual], now: now).daysUntilFull(free: 950) == 70)
        #expect(FillingForecast([series(.manual, days: [0, 7], limit: nil)], now: now).daysUntilFull(free: 1) == nil)
    }

    @Test("While a backup is suspect nothing is deleted, and the disk fills")
    func frozen() {
        let frozen = series(days: (0...30).map { Double($0) + 0.1 }, isFrozen: true)
        #expect(FillingForecast([frozen], now: now).daysUntilFull(free: 950) == 10)
    }

    @Test("A series that ended only shrinks, but for its newest backup; four in a row are no pace and no growth")
    func ended() {
        let ended = FillingForecast([series(days: [20, 21, 22])], now: now)
        #expect(ended.daysUntilFull(free: 0) == nil)
        #expect(ended.bytesPerDay == -6)
        let burst = FillingForecast([series(days: [0.1, 0.101, 0.102, 0.103]) { Int64(1000 - $0 * 1000) }], now: now)
        #expect(burst.daysUntilFull(free: 100_000) == nil)
        #expect(FillingForecast([], now: now).daysUntilFull(free: 0) == nil)
    }
}
