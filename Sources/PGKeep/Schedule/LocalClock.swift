import Foundation

/// The clock on the wall of a time zone: what it shows at an instant, and when it first shows something.
///
/// Seconds are counted from 1970, on the wall as in UTC. The clock may be put forward or back by any time up to a day
/// (half an hour on Lord Howe Island, a whole day in Samoa), but not twice within `reach`, which no zone has done.
struct LocalClock: Sendable {
    let zone: TimeZone
    /// No zone is further from UTC, and none changes twice within two of these.
    private static let reach = 16 * 3600
    private static let day = 86_400

    /// What it shows, which may be shown again after it was put back.
    func shown(at second: Int) -> Int { second + offset(second) }

    /// The most it has shown up to this second: more than it shows now for a while after it was put back.
    func most(shownBy second: Int) -> Int { second + max(offset(second), offset(second - LocalClock.day)) }

    /// The second at which it first shows this, or jumps over it.
    func first(showing local: Int) -> Int {
        let early = local - LocalClock.reach
        let late = local + LocalClock.reach
        let before = offset(early)
        let after = offset(late)
        guard before != after else { return local - before }
        let change = self.change(from: before, after: early, by: late)
        return local - before < change ? local - before : max(change, local - after)
    }

    private func offset(_ second: Int) -> Int {
        zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
    }

    /// The first second with another offset.
    private func change(from offset: Int, after early: Int, by late: Int) -> Int {
        var same = early
        var other = late
        while other - same > 1 {
            let middle = same + (other - same) / 2
            if self.offset(middle) == offset { same = middle } else { other = middle }
        }
        return other
    }
}
