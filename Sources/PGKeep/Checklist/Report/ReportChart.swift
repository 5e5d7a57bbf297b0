import Foundation

/// Charts as inline SVG: no script, no font and no file of anybody else's.
struct ReportChart {
    /// A line or a column of points.
    struct Series {
        var name: String
        var colour: String
        var points: [(at: Date, value: Double)]
    }

    let title: String
    let from: Date
    let to: Date
    let series: [Series]
    /// A line that should not be crossed.
    var limit: (name: String, value: Double)?
    let label: (Double) -> String
    let day: (Date) -> String

    private static let (width, height, left, bottom, top) = (720.0, 200.0, 78.0, 28.0, 12.0)

    private var highest: Double {
        let values = series.flatMap { $0.points.map(\.value) } + [limit?.value ?? 0]
        return max(values.max() ?? 0, .leastNonzeroMagnitude)
    }

    private func x(_ date: Date) -> Double {
        let share = date.timeIntervalSince(from) / max(1, to.timeIntervalSince(from))
        return ReportChart.left + min(1, max(0, share)) * (ReportChart.width - ReportChart.left - 10)
    }

    private func y(_ value: Double) -> Double {
        let room = ReportChart.height - ReportChart.bottom - ReportChart.top
        return ReportChart.height - ReportChart.bottom - value / highest * room
    }

    /// Points that are joined, each with its value for who points at it.
    var lines: String { svg(series.map(line).joined()) }

    private func line(_ series: Series) -> String {
        let path = series.points.map { "\(round1(x($0.at))),\(round1(y($0.value)))" }.joined(separator: " ")
        let dots = series.points.map { point in
            "<circle cx=\"\(round1(x(point.at)))\" cy=\"\(round1(y(point.value)))\" r=\"2.5\" fill=\"\(series.colour)\">"
                + "<title>\(HTML.text("\(series.name) \(day(point.at)): \(label(point.value))"))</title></circle>"
        }.joined()
        return "<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(series.colour)\" stroke-width=\"1.5\"/>" + dots
    }

    private func svg(_ body: String) -> String {
        let (width, height, left, bottom) = (
            ReportChart.width, ReportChart.height, ReportChart.left, ReportChart.height - ReportChart.bottom
        )
        let grid = [0, 0.5, 1].map { share -> String in
            let at = round1(y(highest * share))
            return "<line x1=\"\(left)\" x2=\"\(width - 10)\" y1=\"\(at)\" y2=\"\(at)\" class=\"grid\"/>"
                + "<text x=\"\(left - 6)\" y=\"\(at)\" text-anchor=\"end\" dominant-baseline=\"middle\">"
                + "\(HTML.text(label(highest * share)))</text>"
        }.joined()
        let dates =
            "<text x=\"\(left)\" y=\"\(bottom + 18)\">\(HTML.text(day(from)))</text>"
            + "<text x=\"\(width - 10)\" y=\"\(bottom + 18)\" text-anchor=\"end\">\(HTML.text(day(to)))</text>"
        let limit = limit.map { limit -> String in
            let at = round1(y(limit.value))
            return "<line x1=\"\(left)\" x2=\"\(width - 10)\" y1=\"\(at)\" y2=\"\(at)\" class=\"limit\">"
                + "<title>\(HTML.text("\(limit.name): \(label(limit.value))"))</title></line>"
        }
        return "<figure><figcaption>\(HTML.text(title))\(legend)</figcaption>"
            + "<svg viewBox=\"0 0 \(width) \(height)\" role=\"img\" aria-label=\"\(HTML.text(title))\">"
            + grid + dates + (limit ?? "") + body + "</svg></figure>\n"
    }

    private var legend: String {
        guard series.count > 1 || limit != nil else { return "" }
        let names = series.map { "<span style=\"color:\($0.colour)\">■</span> \(HTML.text($0.name))" }
        let line = limit.map { "<span class=\"limitkey\">┄</span> \(HTML.text($0.name))" }
        return " <small>" + (names + [line].compactMap(\.self)).joined(separator: " &nbsp; ") + "</small>"
    }

    private func round1(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}

/// Text within a page.
enum HTML {
    static func text(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
