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
        // From one list's begin to the next one's: no time is in neither.
        since = period.start(before: evidence.begun ?? evidence.at, in: evidence.timeZone)
    }

    /// Everything that is due, in the order of reports.
    var items: [ChecklistItem] {
        ChecklistItem.Kind.allCases.filter { period.included.contains($0.period) }.map { unlisted($0) ?? item($0) }
    }

    /// Without a list of the backups nothing can be said of them.
    private func unlisted(_ kind: ChecklistItem.Kind) -> ChecklistItem? {
        guard let reason = evidence.unlisted.map({ "the backups can't be listed: \($0)" }) else { return nil }
        switch kind {
        case .latestBackups: return ChecklistItem(kind, .failed, reason, hint: "pgkeep list")
        case .nothingVanished, .integrity, .usualSize, .monthlyBackup, .retentionKept:
            return ChecklistItem(kind, .notDone, reason)
        default: return nil
        }
    }

    private func item(_ kind: ChecklistItem.Kind) -> ChecklistItem {
        switch kind {
        case .latestBackups: latestBackups
        case .nothingVanished: nothingVanished
        case .integrity: integrity
        case .usualSize: usualSize
        case .noErrors: noErrors
        case .copiesComplete: copiesComplete
        case .journalVerified: journalVerified
        case .restoreTest: restoreTest
        case .monthlyBackup: monthlyBackup
        case .storageUsed: storageUsed
        case .retentionKept: retentionKept
        case .disasterDrill: disasterDrill
        case .locksReadBack: locksReadBack
        case .objectivesMet: objectivesMet
        case .accessLog: accessLog
        case .keyAges: keyAges
        }
    }

    /// A list that names its first few.
    static func few(_ names: [String]) -> String {
        let shown = names.prefix(3).joined(separator: ", ")
        return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
    }
}
