import PGKeep

extension Rendering {
    /// A line a channel.
    func alertsTested(_ reports: [AlertTestReport]) -> String {
        reports.map { report in
            guard let error = report.error else { return "\(report.channel): ok" }
            let hint = report.hint.map { "; hint: \($0)" } ?? ""
            return "\(report.channel): failed: \(error)\(hint)"
        }.joined(separator: "\n")
    }
}
