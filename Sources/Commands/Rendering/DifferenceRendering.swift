import PGKeep
import PGKeepModel

extension Rendering {
    /// The tables that differ, each with its rows before and after; of the others only how many they are.
    func difference(_ report: DifferenceReport) -> String {
        let head = LabelledBlock.text([
            ("Before", side(report.before)), ("After", side(report.after)),
            (
                "Compared",
                report.contentsCompared ? "rows and contents" : "numbers of rows, as of a dump no more is known"
            ),
        ])
        let different = report.tables.filter { $0.state != .same }
        let same = Figures.count(report.tables.count - different.count, "table")
        guard !different.isEmpty else { return "\(head)\n\nNothing changed in \(same)" }
        var table = TextTable(["Table", "What", "Before", "After", "Rows"], rightAligned: [2, 3, 4])
        for one in different {
            table.add([
                one.table, word(one.state), figure(one.rowsBefore), figure(one.rowsAfter),
                change((one.rowsAfter ?? 0) - (one.rowsBefore ?? 0)),
            ])
        }
        return "\(head)\n\n\(table.text)\n\nUnchanged: \(same)"
    }

    private func side(_ side: DifferenceReport.Side) -> String {
        "\(side.name), \(time(side.at)), \(Figures.grouped(side.rows)) rows"
    }

    private func figure(_ rows: Int64?) -> String { rows.map(Figures.grouped) ?? "-" }

    private func change(_ rows: Int64) -> String { rows > 0 ? "+\(Figures.grouped(rows))" : Figures.grouped(rows) }

    private func word(_ state: DifferenceReport.Table.State) -> String {
        switch state {
        case .same: "same"
        case .changed: "changed"
        case .otherColumns: "other columns"
        case .missing: "gone"
        case .added: "new"
        }
    }
}
