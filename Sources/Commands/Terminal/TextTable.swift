/// Columns of text; numbers stand to the right.
struct TextTable {
    private let headings: [String]
    private let rightAligned: Set<Int>
    private var rows: [[String]] = []

    init(_ headings: [String], rightAligned: Set<Int> = []) {
        self.headings = headings
        self.rightAligned = rightAligned
    }

    mutating func add(_ row: [String]) { rows.append(row) }

    var text: String {
        var widths = headings.map(\.count)
        for row in rows {
            for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.count) }
        }
        return ([headings] + rows).map { line($0, widths) }.joined(separator: "\n")
    }

    private func line(_ row: [String], _ widths: [Int]) -> String {
        var text = ""
        for (column, cell) in row.enumerated() {
            let space = String(repeating: " ", count: widths[column] - cell.count)
            text += rightAligned.contains(column) ? space + cell : cell + space
            if column + 1 < row.count { text += "  " }
        }
        while text.last == " " { text.removeLast() }
        return text
    }
}

/// Names with values, as in `Total Backups: 3`; the values stand below one another.
enum LabelledBlock {
    static func text(_ pairs: [(label: String, value: String)]) -> String {
        let width = pairs.map(\.label.count).max() ?? 0
        return pairs.map { pair in
            "\(pair.label):\(String(repeating: " ", count: width - pair.label.count + 1))\(pair.value)"
        }.joined(separator: "\n")
    }
}
