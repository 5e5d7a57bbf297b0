import Foundation
import PGKeepModel

/// How much more room a vault will need, day by day: what backups add, less what retention deletes.
///
/// Each series of backups goes on as it did: at its pace, with its growth. A new one grows until its first backups are
/// old enough to go, one that ended only shrinks, one of an app with a suspect backup deletes nothing.
struct FillingForecast: Sendable, Equatable {
    /// What is further away is not told: so long nothing goes on as it did.
    static let horizon = 365
    /// Backups that tell the pace and the growth.
    fileprivate static let recent = 10

    /// The backups of one app in one tier.
    struct Series: Sendable {
        struct Archive: Sendable {
            var createdAt: Date
            var bytes: Int64
            var format: ArchiveName.Format
            var isPinned = false
        }

        var tier: Tier
        /// For how many days each is kept; nil: until removed by hand.
        var limit: Int?
        var isFrozen = false
        /// The newest first, none of the future.
        var archives: [Archive]
    }

    /// What is needed beyond what is used now, after so many days; at 0 nothing.
    private var needs: [Int64]

    init(_ series: [Series], now: Date) {
        var changes = [Double](repeating: 0, count: FillingForecast.horizon + 1)
        for one in series { one.add(to: &changes, now: now) }
        needs = []
        var sum = 0.0
        for change in changes {
            sum += change
            needs.append(Int64(max(-1e18, min(1e18, sum)).rounded()))
        }
    }

    /// In how many days there is no room any more; nil: not within a year.
    func daysUntilFull(free: Int64) -> Int? { needs.firstIndex { $0 > free } }

    /// Over the next thirty days.
    var bytesPerDay: Int64 { needs[30] / 30 }
}

extension FillingForecast.Series {
    /// A day's change of what is used, for each day of the horizon.
    fileprivate func add(to changes: inout [Double], now: Date) {
        guard let newest = archives.first else { return }
        let age = now.timeIntervalSince(newest.createdAt) / 86_400
        let pace = pace.flatMap { age <= 3 * $0 + 1 ? $0 : nil }
        // The newest good one of a tier stays; it is let go only if others come.
        for archive in pace == nil ? archives.dropFirst() : archives[...] {
            guard let limit, !archive.isPinned, !isFrozen else { continue }
            let left = Double(limit) - now.timeIntervalSince(archive.createdAt) / 86_400
            add(-Double(archive.bytes), onDay: left, to: &changes)
        }
        guard let pace else { return }
        let (size, growth) = sizes
        let first = max(0, pace - age)
        var taken = 0.0
        for day in 1..<changes.count where Double(day) >= first {
            let takenByThen = ((Double(day) - first) / pace).rounded(.down) + 1
            let bytes = (takenByThen - taken) * (size + growth * Double(day))
            taken = takenByThen
            changes[day] += bytes
            if let limit, !isFrozen { add(-bytes, onDay: Double(day + limit), to: &changes) }
        }
    }

    private func add(_ bytes: Double, onDay day: Double, to changes: inout [Double]) {
        guard day <= Double(changes.count - 1) else { return }
        changes[max(1, Int(day.rounded(.up)))] += bytes
    }

    /// Days between two backups; nil if no more of them are to be expected.
    private var pace: Double? {
        let recent = archives.prefix(FillingForecast.recent).map(\.createdAt)
        let gaps = zip(recent, recent.dropFirst()).map { $0.timeIntervalSince($1) / 86_400 }.sorted()
        // One taken by hand now and then is no series.
        if tier == .manual, gaps.count < 2 { return nil }
        // Several within an hour are somebody at work, not a pace.
        guard let newest = recent.first, let oldest = recent.last, newest.timeIntervalSince(oldest) >= 86_400 else {
            return usualPace
        }
        return max(1.0 / 24, gaps[gaps.count / 2])
    }

    private var usualPace: Double {
        switch tier {
        case .daily, .manual: 1
        case .weekly: 7
        case .monthly: 30
        }
    }

    /// What the next one will have, and how much more one has each day; another compression begins a new series.
    private var sizes: (bytes: Double, growthPerDay: Double) {
        let format = archives.first?.format
        let alike = archives.prefix(FillingForecast.recent).prefix { $0.format == format }
        let now = median(alike.prefix(3).map(\.bytes))
        guard alike.count >= 4 else { return (now, 0) }
        // Between the middles of the newest and of the oldest three.
        let days = alike[1].createdAt.timeIntervalSince(alike[alike.count - 2].createdAt) / 86_400
        let growth = days >= 1 ? (now - median(alike.suffix(3).map(\.bytes))) / days : 0
        // That a database shrank is no promise that it will go on to.
        return (now, max(0, growth))
    }

    private func median(_ values: [Int64]) -> Double {
        values.isEmpty ? 0 : Double(values.sorted()[values.count / 2])
    }
}
