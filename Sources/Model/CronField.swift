/// One of the five fields of a cron expression: the numbers it allows, as bits.
struct CronField: Sendable, Hashable {
    private let bits: UInt64
    /// Whether it begins with `*`: to cron it then leaves its unit open, even with a step.
    let isOpen: Bool

    private init(bits: UInt64, isOpen: Bool, of unit: CronUnit) {
        // Sunday is 0 and 7.
        self.bits = unit == .dayOfWeek && bits & 1 << 7 != 0 ? bits & ~(1 << 7) | 1 : bits
        self.isOpen = isOpen
    }

    /// One number only; nil is all of them.
    init(_ number: Int?, of unit: CronUnit) {
        let numbers = number.map { $0...$0 } ?? unit.range
        self.init(bits: CronField.bits(numbers, step: 1), isOpen: number == nil, of: unit)
    }

    /// A list of `*`, numbers, names and ranges, the first and the last of them with a step if wanted; else nil.
    init?(_ text: Substring, of unit: CronUnit) {
        var bits: UInt64 = 0
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let some = CronField.bits(item, of: unit) else { return nil }
            bits |= some
        }
        self.init(bits: bits, isOpen: text.hasPrefix("*"), of: unit)
    }

    func contains(_ number: Int) -> Bool { bits & 1 << UInt64(number) != 0 }

    func first(atOrAfter number: Int) -> Int? {
        let rest = bits >> UInt64(number)
        return rest == 0 ? nil : number + rest.trailingZeroBitCount
    }

    func last(atOrBefore number: Int) -> Int? {
        let rest = bits & (1 << UInt64(number + 1) - 1)
        return rest == 0 ? nil : 63 - rest.leadingZeroBitCount
    }

    private static func bits(_ numbers: ClosedRange<Int>, step: Int) -> UInt64 {
        stride(from: numbers.lowerBound, through: numbers.upperBound, by: step).reduce(0) { $0 | 1 << UInt64($1) }
    }

    private static func bits(_ item: Substring, of unit: CronUnit) -> UInt64? {
        let parts = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let ends = parts[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers: ClosedRange<Int>
        if parts[0] == "*" {
            numbers = unit.range
        } else {
            guard let first = unit.number(ends[0]), var last = unit.number(ends[ends.count - 1]) else { return nil }
            // fri-sun: as an end, Sunday is 7.
            if unit == .dayOfWeek, last == 0, first > 0 { last = 7 }
            guard first <= last else { return nil }
            numbers = first...last
        }
        guard parts.count == 2 else { return bits(numbers, step: 1) }
        // Crons differ in what 5/15 is: the 5 alone, or from 5 on. It is refused.
        guard parts[0] == "*" || ends.count == 2, let step = CronUnit.digits(parts[1]), step > 0 else { return nil }
        return bits(numbers, step: step)
    }
}

/// What the fields of a cron expression count, in their order.
enum CronUnit: CaseIterable {
    case minute, hour, dayOfMonth, month, dayOfWeek

    var name: String {
        switch self {
        case .minute: "minute"
        case .hour: "hour"
        case .dayOfMonth: "day of month"
        case .month: "month"
        case .dayOfWeek: "day of week"
        }
    }

    var range: ClosedRange<Int> {
        switch self {
        case .minute: 0...59
        case .hour: 0...23
        case .dayOfMonth: 1...31
        case .month: 1...12
        case .dayOfWeek: 0...7
        }
    }

    /// What it takes, for people.
    var allowed: String {
        let names =
            switch self {
            case .month: " or jan to dec"
            case .dayOfWeek: " or sun to sat, 0 and 7 being Sunday"
            default: ""
            }
        return
            "*, \(range.lowerBound) to \(range.upperBound)\(names), ranges (2-5), steps (*/2, 2-10/4) and lists (2,4)"
    }

    private var names: [String] {
        switch self {
        case .month: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        case .dayOfWeek: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
        default: []
        }
    }

    func number(_ text: Substring) -> Int? {
        if let place = names.firstIndex(of: text.lowercased()) { return range.lowerBound + place }
        return CronUnit.digits(text).flatMap { range.contains($0) ? $0 : nil }
    }

    /// One or two digits, and nothing else.
    static func digits(_ text: Substring) -> Int? {
        guard (1...2).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return Int(text)
    }
}
