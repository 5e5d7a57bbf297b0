extension Duration {
    /// Reads a duration as settings have it: `45s`, `30m`, `24h`, `2d`, or a number of seconds; nil if it is none.
    package init?(setting text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let factors: [Substring: Int64] = ["": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let count = Int64(digits), let factor = factors[text.dropFirst(digits.count)] else { return nil }
        let (seconds, overflows) = count.multipliedReportingOverflow(by: factor)
        guard !overflows else { return nil }
        self = .seconds(seconds)
    }

    /// As it stands in a setting, in the largest unit that leaves no rest: `24h` for a day, `90m`; what lies below
    /// the second is cut off.
    package var setting: String {
        let seconds = components.seconds
        if seconds >= 172_800, seconds % 86_400 == 0 { return "\(seconds / 86_400)d" }
        if seconds >= 3600, seconds % 3600 == 0 { return "\(seconds / 3600)h" }
        if seconds >= 60, seconds % 60 == 0 { return "\(seconds / 60)m" }
        return "\(seconds)s"
    }
}
