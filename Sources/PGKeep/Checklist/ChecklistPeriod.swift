public import Foundation

/// How often a checklist is gone through: the longer ones hold what the shorter ones do, and more.
public enum ChecklistPeriod: String, Sendable, Hashable, Codable, CaseIterable {
    case week, month, quarter, year

    /// Itself and all shorter ones.
    var included: [ChecklistPeriod] { Array(ChecklistPeriod.allCases.prefix { $0 != self }) + [self] }

    /// When the time that a list made at `end` looks back on begins.
    public func start(before end: Date, in zone: TimeZone) -> Date {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let (unit, count): (Calendar.Component, Int) =
            switch self {
            case .week: (.day, 7)
            case .month: (.month, 1)
            case .quarter: (.month, 3)
            case .year: (.year, 1)
            }
        // Every date of the Gregorian calendar has one that many days or months before it.
        return calendar.date(byAdding: unit, value: -count, to: end) ?? end
    }
}

extension ChecklistPeriod {
    /// Reads `week,month` or `off`; nil if it is neither.
    static func set(_ text: String) -> Set<ChecklistPeriod>? {
        if text.lowercased() == "off" { return [] }
        let words = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        let periods = words.compactMap(ChecklistPeriod.init)
        return periods.isEmpty || periods.count != words.count ? nil : Set(periods)
    }

    /// What `set` reads.
    static func text(_ periods: Set<ChecklistPeriod>) -> String {
        periods.isEmpty ? "off" : allCases.filter(periods.contains).map(\.rawValue).joined(separator: ",")
    }
}
