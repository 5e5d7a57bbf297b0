/// A length of time as settings say it: `26h`, `90m`, `2d`, `45s`, or a plain number of seconds.
enum DurationValue {
    private static let units: [(letter: Character, seconds: Int64)] = [
        ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1),
    ]

    /// Nil if it is something else, or outside of the range of seconds.
    static func parse(_ text: String, in range: ClosedRange<Int64>) -> Duration? {
        let unit = units.first { $0.letter == text.last }
        let digits = unit == nil ? text[...] : text.dropLast()
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int64(digits) else {
            return nil
        }
        let (seconds, overflow) = number.multipliedReportingOverflow(by: unit?.seconds ?? 1)
        return !overflow && range.contains(seconds) ? .seconds(seconds) : nil
    }

    /// In the largest unit that tells it exactly.
    static func text(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        guard let unit = units.first(where: { seconds % $0.seconds == 0 }) else { return "\(seconds)" }
        return "\(seconds / unit.seconds)\(unit.letter)"
    }
}
