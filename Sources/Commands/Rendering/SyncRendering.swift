import PGKeep
import PGKeepModel

extension Rendering {
    /// A line a vault, then everything that somebody has to know of it.
    func synced(_ reports: [SyncReport]) -> String {
        reports.map { report in
            let lines = report.vaults.flatMap { vault($0, isDryRun: report.dryRun) }
            return (reports.count > 1 ? ["\(report.app):"] : []) + lines
        }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private func vault(_ report: VaultSyncReport, isDryRun: Bool) -> [String] {
        var words = [Figures.count(report.copies, "copy", "copies")]
        if !report.made.isEmpty {
            words.append("\(report.made.count) made (\(size(report.made.reduce(0) { $0 + $1.bytes })))")
        }
        if !report.missing.isEmpty { words.append("\(report.missing.count) missing") }
        if !report.failed.isEmpty { words.append("\(report.failed.count) failed") }
        if !report.differing.isEmpty { words.append("\(report.differing.count) not as they should be") }
        if !report.deleted.isEmpty { words.append("\(report.deleted.count) deleted") }
        if !report.locked.isEmpty { words.append("\(report.locked.count) too old and still locked") }
        var lines = ["\(report.vault): \(words.joined(separator: ", "))"]
        lines += report.missing.map { "  missing: \($0)" }
        for (what, remarks) in [("failed", report.failed), ("differs", report.differing)] {
            for remark in remarks {
                lines.append("  \(what): \(remark.name): \(remark.reason)")
                if let hint = remark.hint { lines.append("    \(hint)") }
            }
        }
        lines += report.undeleted.map { "  not deleted: \($0.name): \($0.reason)" }
        if let problem = report.problem {
            lines.append("  problem: \(problem)")
            if let hint = report.hint { lines.append("    \(hint)") }
        }
        return lines
    }
}
