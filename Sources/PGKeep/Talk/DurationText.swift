/// A duration as people read it: `120ms`, `7.4s`, `2m 05s`, `1h 02m`.
package enum DurationText {
    /// With `wholeSeconds` there are no fractions: `4s`.
    package static func of(_ duration: Duration, wholeSeconds: Bool = false) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = max(0, seconds * 1000 + (attoseconds + 500_000_000_000_000) / 1_000_000_000_000_000)
        if wholeSeconds, milliseconds < 59_500 { return "\((milliseconds + 500) / 1000)s" }
        if milliseconds < 1000 { return "\(milliseconds)ms" }
        let tenths = (milliseconds + 50) / 100
        if tenths < 600 { return "\(tenths / 10).\(tenths % 10)s" }
        let whole = (milliseconds + 500) / 1000
        if whole < 3600 { return "\(whole / 60)m \(padded(whole % 60))s" }
        let minutes = (whole + 30) / 60
        return "\(minutes / 60)h \(padded(minutes % 60))m"
    }

    private static func padded(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
