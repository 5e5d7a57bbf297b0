/// A length of time as one would say it: `45s`, `12m`, `31h`, `5h 12m`, `12d`.
package enum RoughDuration {
    private static let (minute, hour, day): (Int64, Int64, Int64) = (60, 3600, 86_400)
    /// What no length of time exceeds: numbers of a journal may be anybody's.
    private static let longest = 1e15

    package static func text(seconds: Double) -> String {
        let seconds = seconds > 0 ? Int64(min(seconds, longest).rounded(.down)) : 0
        switch seconds {
        case ..<minute: return "\(seconds)s"
        case ..<hour: return "\(seconds / minute)m"
        case ..<(2 * day):
            let minutes = seconds % hour / minute
            return minutes == 0 ? "\(seconds / hour)h" : "\(seconds / hour)h \(minutes)m"
        default: return "\(seconds / day)d"
        }
    }

    package static func text(_ duration: Duration) -> String { text(seconds: duration.seconds) }
}
