import Foundation
import PGKeepModel

extension ChecklistReport {
    /// One page that holds all of it: nothing is fetched, and it prints as it is.
    public var html: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(HTML.text("\(title): \(app)"))</title>
        <style>\(ReportStyle.sheet)</style>
        </head>
        <body>
        <h1>\(HTML.text(title)) <small>\(HTML.text(app))</small></h1>
        <p class="from">\(HTML.text("\(day(from)) to \(time(to)) (\(timeZone)), made on \(host) by pgkeep \(pgkeepVersion)"))</p>
        <p class="sum">\(verdicts)</p>
        \(itemTable)
        <h2>Figures</h2>
        \(charts)
        <h2>Evidence</h2>
        \(evidence)
        <h2>Controls</h2>
        \(controls)
        </body>
        </html>

        """
    }

    private var title: String {
        switch period {
        case .week: "Weekly checklist"
        case .month: "Monthly checklist"
        case .quarter: "Quarterly checklist"
        case .year: "Yearly checklist"
        }
    }

    var zone: TimeZone { TimeZone(identifier: timeZone) ?? .gmt }

    private func time(_ date: Date) -> String { LocalTime.text(date, in: zone) }

    private func day(_ date: Date) -> String { String(time(date).prefix(10)) }

    private var verdicts: String {
        let counts: [(ChecklistItem.Verdict, String)] = [
            (.passed, "passed"), (.failed, "failed"), (.notDone, "not done"),
        ]
        return counts.map { verdict, word in
            "<span class=\"\(verdict.rawValue)\">\(items(verdict).count) \(word)</span>"
        }.joined(separator: " ")
    }

    private var itemTable: String {
        let rows = items.map { item in
            let hint = item.hint.map { "<br><code>\(HTML.text($0))</code>" } ?? ""
            return "<tr class=\"\(item.verdict.rawValue)\"><td>\(ChecklistReport.word(item.verdict))</td>"
                + "<td><a href=\"#\(item.kind.rawValue)\">\(HTML.text(item.kind.title))</a></td>"
                + "<td>\(HTML.text(item.summary))\(hint)</td></tr>"
        }
        return "<table class=\"items\"><thead><tr><th>Result</th><th>Item</th><th>Found</th></tr></thead><tbody>\n"
            + rows.joined(separator: "\n") + "\n</tbody></table>"
    }

    static func word(_ verdict: ChecklistItem.Verdict) -> String {
        switch verdict {
        case .passed: "✓ passed"
        case .failed: "✗ failed"
        case .notDone: "– not done"
        }
    }

    // MARK: Charts

    private static let colours: [Tier: String] = [
        .daily: "#2b6cb0", .weekly: "#b7791f", .monthly: "#2f855a", .manual: "#805ad5",
    ]

    private var charts: String {
        guard !figures.backups.isEmpty else { return "<p>No backup was taken in this time.</p>" }
        let tiers = Tier.allCases.filter { tier in figures.backups.contains { $0.tier == tier } }
        func series(_ value: (ChecklistFigures.Taken) -> Double) -> [ReportChart.Series] {
            tiers.map { tier in
                .init(
                    name: tier.rawValue, colour: ChecklistReport.colours[tier] ?? "#444",
                    points: figures.backups.filter { $0.tier == tier }.map { ($0.at, value($0)) })
            }
        }
        func measured(_ name: String, _ all: [ChecklistFigures.Measured]) -> [ReportChart.Series] {
            [.init(name: name, colour: "#2b6cb0", points: all.map { ($0.at, $0.seconds) })]
        }
        let duration: (Double) -> String = { DurationText.of(.seconds($0), wholeSeconds: $0 >= 10) }
        var text =
            chart("Backups of each tier, counted up", counted(tiers)) { Figures.grouped(Int64($0)) }
            + chart("Size as stored", series { Double($0.bytes) }) {
                // The greatest number of bytes is less than its own nearest number with a fraction.
                ByteCount(Int64(exactly: $0.rounded()) ?? .max).description
            }
            + chart("Duration", series(\.seconds), label: duration)
            + chart(
                "Time between good backups", measured("gap", figures.gaps), limit: ("RPO", rpoSeconds)
            ) { RoughDuration.text(seconds: $0) }
        if !figures.restores.isEmpty {
            text += chart(
                "Time to restore, in drills", measured("restore", figures.restores),
                limit: rtoSeconds.map { ("RTO", $0) },
                label: duration)
        }
        return text
    }

    private func chart(
        _ title: String, _ series: [ReportChart.Series], limit: (name: String, value: Double)? = nil,
        label: @escaping (Double) -> String
    ) -> String {
        ReportChart(title: title, from: from, to: to, series: series, limit: limit, label: label, day: day).lines
    }

    private func counted(_ tiers: [Tier]) -> [ReportChart.Series] {
        tiers.map { tier in
            let taken = figures.backups.filter { $0.tier == tier }
            return .init(
                name: tier.rawValue, colour: ChecklistReport.colours[tier] ?? "#444",
                points: taken.enumerated().map { ($1.at, Double($0 + 1)) })
        }
    }

    // MARK: Evidence

    private var evidence: String {
        items.map { item in
            let lines =
                item.evidence.isEmpty
                ? "<p>\(HTML.text(item.summary))</p>"
                : "<ul>" + item.evidence.map { "<li>\(HTML.text($0))</li>" }.joined() + "</ul>"
            return "<section id=\"\(item.kind.rawValue)\"><h3>\(HTML.text(item.kind.title))</h3>\(lines)</section>"
        }.joined(separator: "\n")
    }

    private var controls: String {
        let here = Set(items.map(\.kind))
        let rows = ChecklistControls.all.map { control in
            let items = self.items.filter { control.items.contains($0.kind) }.map { item in
                "<span class=\"\(item.verdict.rawValue)\">\(HTML.text(item.kind.title))</span>"
            }
            let later = control.items.filter { !here.contains($0) }.count
            let rest = later > 0 ? "<small>\(Figures.count(later, "more item")) in longer lists</small>" : ""
            return
                "<tr><td>\(HTML.text("\(control.standard) \(control.clause)"))</td><td>\(HTML.text(control.asks))</td>"
                + "<td>\((items + [rest].filter { !$0.isEmpty }).joined(separator: "<br>"))</td></tr>"
        }
        let not = ChecklistControls.noEvidence.map { "<li>\(HTML.text($0))</li>" }
        return
            "<table class=\"controls\"><thead><tr><th>Control</th><th>Asks that</th><th>Items that are evidence</th></tr>"
            + "</thead><tbody>\n" + rows.joined(separator: "\n") + "\n</tbody></table>\n"
            + "<h3>What this is not evidence for</h3><ul>" + not.joined() + "</ul>"
    }
}

/// How the page looks, on a screen and on paper.
private enum ReportStyle {
    static let sheet = """
        body{font:15px/1.5 system-ui,sans-serif;color:#1a202c;max-width:60rem;margin:2rem auto;padding:0 1rem}
        h1 small{font-weight:400;color:#4a5568}h2{margin-top:2rem;border-bottom:1px solid #cbd5e0}
        table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #e2e8f0}
        .items td:first-child{font-weight:600}code{background:#edf2f7;padding:0 .25rem}
        .from{color:#4a5568}.sum span{font-weight:600;margin-right:1rem}
        tr.passed td:first-child,span.passed{color:#276749}tr.failed td:first-child,span.failed{color:#c53030}
        tr.notDone td:first-child,span.notDone{color:#975a16}
        figure{margin:1rem 0;break-inside:avoid}figcaption{font-weight:600}figcaption small{font-weight:400}
        svg{width:100%;height:auto}svg text{font-size:11px;fill:#4a5568}.grid{stroke:#e2e8f0}
        .limit{stroke:#c53030;stroke-dasharray:6 4}.limitkey{color:#c53030}section{break-inside:avoid}
        li,td,code{overflow-wrap:anywhere}
        @media print{body{margin:0;max-width:none;font-size:11px}a{color:inherit;text-decoration:none}h2{break-after:avoid}}
        """
}
