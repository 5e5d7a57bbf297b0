import PGKeep
import PGKeepModel

extension Rendering {
    /// One line an item, the failed ones with what to do.
    func checklist(_ report: ChecklistReport) -> String {
        var lines = [
            "Checklist of the \(report.period.rawValue): \(report.app), \(time(report.from)) to \(time(report.to))"
        ]
        for item in report.items {
            let word =
                switch item.verdict {
                case .passed: "✅ passed   "
                case .failed: "❌ failed   "
                case .notDone: "➖ not done "
                }
            lines.append("\(word) \(item.kind.title): \(item.summary)")
            if item.verdict == .failed {
                lines += item.evidence.prefix(5).map { "              \($0)" }
                if let hint = item.hint { lines.append("              hint: \(hint)") }
            }
        }
        let counts = [ChecklistItem.Verdict.passed, .failed, .notDone].map { report.items($0).count }
        lines.append("Total: \(counts[0]) passed, \(counts[1]) failed, \(counts[2]) not done")
        return lines.joined(separator: "\n")
    }
}
