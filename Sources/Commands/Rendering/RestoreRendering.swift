import PGKeep
import PGKeepModel

extension Rendering {
    func plan(_ plan: RestorePlan) -> String {
        var pairs = [
            (label: "Archive", value: plan.archive),
            (label: "Taken", value: time(plan.createdAt)),
            (label: "Of", value: "PostgreSQL \(plan.archiveServerVersion)"),
            (
                label: "Contents",
                value:
                    "\(Figures.count(plan.tables, "table")), \(Figures.grouped(plan.rows)) rows, \(size(plan.rawBytes))"
            ),
            (label: "Into", value: "database \(plan.database) on PostgreSQL \(plan.serverVersion)"),
        ]
        if let bytes = plan.replacedBytes, let aside = plan.keptAside {
            pairs.append(("Replaces", "\(size(bytes)), kept aside as \(aside)"))
            pairs.append(("Sessions", sessions(plan)))
        }
        pairs.append(("Encoding", "\(plan.encoding), collation \(plan.collate)"))
        let free = plan.freeBytes.map { ", \(size($0)) free" } ?? ""
        pairs.append(("Space", "about \(size(plan.neededBytes)) needed\(free)"))
        let basis = plan.estimateIsMeasured ? "as restores took here before" : "a guess: none was timed here yet"
        pairs.append(("Time", "about \(DurationText.of(.seconds(plan.estimatedSeconds.rounded(.up)))) (\(basis))"))
        if !plan.extensions.isEmpty {
            pairs.append(("Extensions", plan.extensions.map { "\($0.name) \($0.version)" }.joined(separator: ", ")))
        }
        if !plan.missingRoles.isEmpty {
            pairs.append(("New roles", "\(plan.missingRoles.joined(separator: ", ")) (without passwords)"))
        }
        pairs += plan.warnings.map { ("Warning", $0) }
        pairs += plan.blockers.map { ("In the way", "\($0.message) (\($0.hint))") }
        return LabelledBlock.text(pairs)
    }

    /// `3 will be ended: 2 of app (puma), 1 of ana (psql)`.
    private func sessions(_ plan: RestorePlan) -> String {
        let groups = plan.sessionGroups.prefix(5).map { group in
            "\(group.count) of \(group.user ?? "the server")"
                + (group.application.isEmpty ? "" : " (\(group.application))")
        }
        let more = plan.sessionGroups.count > 5 ? ", and others" : ""
        return "\(plan.sessions) will be ended"
            + (groups.isEmpty ? "" : ": \(groups.joined(separator: ", "))\(more)")
    }

    func restored(_ report: RestoreReport) -> String {
        var pairs = [
            (label: "Database", value: report.plan.database),
            (
                label: "Rows",
                value: "\(Figures.grouped(report.rows)), \(report.proven ? "contents compared" : "compared")"
            ),
            (label: "Duration", value: DurationText.of(.seconds(report.durationSeconds))),
        ]
        if let aside = report.plan.keptAside { pairs.append(("Kept aside", aside)) }
        pairs += report.warnings.map { ("Warning", $0) }
        return LabelledBlock.text(pairs)
    }

    func restoredTables(_ report: RestoreTablesReport) -> String {
        var table = TextTable(
            ["Table", "Rows", "Restored as", "In use", "Missing", "Added", "Changed"], rightAligned: [1, 3, 4, 5, 6])
        func figure(_ number: Int64?) -> String { number.map(Figures.grouped) ?? "-" }
        for one in report.tables {
            table.add([
                one.table, Figures.grouped(one.rows), one.restoredAs, figure(one.rowsInUse), figure(one.missing),
                figure(one.added), figure(one.changed),
            ])
        }
        let notes = report.tables.compactMap { one in one.note.map { "\(one.table): \($0)" } }
        var parts = [([table.text] + notes).joined(separator: "\n")]
        func add(_ what: String, _ statements: [String]) {
            if !statements.isEmpty { parts += ["\(what):", script(statements)] }
        }
        add("To put back what is gone", report.putBack)
        let merges = report.tables.flatMap(\.merge)
        add("To insert the rows that are missing", merges.filter { $0.rows == .missing }.map(\.sql))
        add("To set the changed rows back to what they were", merges.filter { $0.rows == .changed }.map(\.sql))
        // A row goes after those that refer to it.
        add("To delete the rows that were added since", merges.filter { $0.rows == .added }.reversed().map(\.sql))
        add("To drop what is then left", report.cleanUp.map { [$0] } ?? [])
        return parts.joined(separator: "\n\n")
    }

    /// Statements to paste as they are: all of them, or none.
    private func script(_ statements: [String]) -> String {
        let all = statements.count > 1 ? ["BEGIN;"] + statements + ["COMMIT;"] : statements
        return all.joined(separator: "\n")
    }

    func undone(_ report: UndoReport) -> String {
        LabelledBlock.text([
            ("Database", report.database), ("Brought back", report.broughtBack), ("Kept aside", report.keptAside),
        ])
    }
}
