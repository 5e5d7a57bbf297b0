import PGKeepModel

/// What a figure usually is: its values in the app's own history, the newest first.
struct Usual: Sendable, Equatable {
    /// Of fewer nobody can say what is usual, unless a person accepted one of them.
    static let fewest = 3
    /// What no ordinary day does to a whole database, and hardly to a table.
    static let fallen = 0.5

    let median: Double
    private let lowest: Double
    private let count: Int

    /// Nil if there is too little history.
    init?(_ values: [Double], isVouchedFor: Bool) {
        guard Usual.isKnown(count: values.count, isVouchedFor: isVouchedFor) else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        median = sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
        lowest = sorted[0]
        count = sorted.count
    }

    static func isKnown(count: Int, isVouchedFor: Bool) -> Bool { count >= (isVouchedFor ? 1 : fewest) }

    /// Of some backups.
    init?(of backups: [BackupFigures], _ value: (BackupFigures) -> Double) {
        self.init(backups.map(value), isVouchedFor: backups.contains { $0.isAccepted })
    }

    /// Down to half or less, and lower than ever in this history: a table that is emptied each week is so once only.
    func hasFallen(_ value: Double, to share: Double = Usual.fallen) -> Bool {
        value <= median * share && value < lowest
    }

    /// `1 % of the usual 1,000 (median of 10 backups)`.
    func text(_ value: Double, _ form: (Int64) -> String) -> String {
        let percent = median > 0 ? Int((value / median * 100).rounded()) : 0
        return "\(percent) % of the usual \(form(Int64(median.rounded()))) \(source)"
    }

    var source: String { count == 1 ? "(as accepted)" : "(median of \(count) backups)" }
}
