import Foundation
import PGKeepModel

/// What a checklist finds in its evidence: a function of values, so that years of them can be tested.
struct Checklist {
    let period: ChecklistPeriod
    let evidence: ChecklistEvidence
    /// When the time it looks back on begins.
    let since: Date

    init(_ period: ChecklistPeriod, _ evidence: ChecklistEvidence) {
        self.period = period
        self.evidence = evidence
        since = period.start(before: evidence.at, in: evidence.timeZone)
    }

    /// Everything that is due, in the order of reports.
    var items: [ChecklistItem] {
        ChecklistItem.Kind.allCases.filter { period.included.contains($0.period) }.map(item)
    }

    private func item(_ kind: ChecklistItem.Kind) -> ChecklistItem {
        switch kind {
        case .latestBackups: latestBackups
        case .nothingVanished: nothingVanished
        case .integrity: integrity
        case .usualSize: usualSize
        case .noErrors: noErrors
        case .copiesComplete: copiesComplete
        case .restoreTest: restoreTest
        case .monthlyBackup: monthlyBackup
        case .storageUsed: storageUsed
        case .retentionKept: retentionKept
        case .disasterDrill: disasterDrill
        case .locksReadBack: locksReadBack
        case .objectivesMet: objectivesMet
        case .accessLog: accessLog
        case .keyAges: keyAges
        case .journalVerified: journalVerified
        }
    }

    /// A list that names its first few.
    static func few(_ names: [String]) -> String {
        let shown = names.prefix(3).joined(separator: ", ")
        return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
    }
}
