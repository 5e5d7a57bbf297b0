import PGKeep
import PGKeepModel

extension Rendering {
    func index(_ index: ArchiveIndex, eachUnit: Bool) -> String {
        [header(index), tables(index.tables, stored: true), eachUnit ? units(index) : kinds(index)]
            .joined(separator: "\n\n")
    }

    /// A plain dump of another tool's, database by database.
    func dump(_ contents: DumpContents) -> String {
        let head = LabelledBlock.text(
            [("File", contents.name), ("Format", contents.format), ("Databases", "\(contents.databases.count)")]
                + contents.problems.map { ("Problem", $0) })
        let databases = contents.databases.map { database in
            var pairs = [
                (label: "Database", value: database.database ?? "not named"),
                (label: "Server", value: "PostgreSQL \(database.serverVersion ?? "of an unknown version")"),
                (label: "pg_dump", value: database.pgDumpVersion ?? "unknown"),
                (label: "Encoding", value: database.encoding ?? "unknown"),
                (label: "Tables", value: "\(database.tables.count)"),
                (label: "Rows", value: Figures.grouped(database.tables.reduce(0) { $0 + $1.rows })),
            ]
            if database.hasUncountedRows { pairs.append(("Beside", "rows that come as INSERT, not counted")) }
            let block = LabelledBlock.text(pairs)
            return database.tables.isEmpty ? block : "\(block)\n\n\(tables(database.tables, stored: false))"
        }
        return ([head] + databases).joined(separator: "\n\n")
    }

    private func header(_ index: ArchiveIndex) -> String {
        let header = index.header
        let database = header.database
        let stored = index.units.reduce(0) { $0 + $1.length }
        return LabelledBlock.text([
            ("App", header.app),
            ("Type", header.tier.rawValue),
            ("Taken", time(header.createdAt)),
            ("Database", "\(database.name), owner \(database.owner)"),
            ("Encoding", "\(database.encoding), collation \(database.collate), ctype \(database.characterType)"),
            ("Server", "PostgreSQL \(header.server.version)\(header.server.isStandby ? ", standby" : "")"),
            ("System", header.server.systemIdentifier ?? "unknown"),
            ("pg_dump", header.pgDumpVersion),
            ("pgkeep", header.pgkeepVersion),
            ("Compression", header.compression.description),
            ("Snapshot", header.snapshot),
            ("Tables", "\(index.tables.count)"),
            ("Rows", Figures.grouped(index.rows)),
            ("Size", "\(size(stored)) of \(size(index.rawBytes))"),
        ])
    }

    /// By size; a dump of another tool's has no share of the file to tell for each.
    private func tables(_ summaries: [TableSummary], stored: Bool) -> String {
        var table = TextTable(
            ["Table", "Rows", "Size"] + (stored ? ["Stored"] : []) + ["Content hash"],
            rightAligned: [1, 2, stored ? 3 : 2])
        for summary in summaries.sorted(by: { ($0.rawBytes, $1.table) > ($1.rawBytes, $0.table) }) {
            table.add(
                [summary.table, Figures.grouped(summary.rows), size(summary.rawBytes)]
                    + (stored ? [size(summary.storedBytes)] : []) + [summary.hash.description])
        }
        return table.text
    }

    private func kinds(_ index: ArchiveIndex) -> String {
        var table = TextTable(["Kind", "Units", "Rows", "Size", "Stored"], rightAligned: [1, 2, 3, 4])
        for kind in UnitEntry.Kind.allCases {
            let units = index.units.filter { $0.kind == kind }
            guard !units.isEmpty else { continue }
            table.add([
                kind.rawValue, "\(units.count)", Figures.grouped(units.reduce(0) { $0 + $1.rows }),
                size(units.reduce(0) { $0 + $1.rawLength }), size(units.reduce(0) { $0 + $1.length }),
            ])
        }
        return table.text
    }

    private func units(_ index: ArchiveIndex) -> String {
        var table = TextTable(
            ["Unit", "Kind", "Offset", "Length", "Raw", "Rows", "SHA-256", "Tables"], rightAligned: [0, 2, 3, 4, 5])
        for (number, unit) in index.units.enumerated() {
            let names = unit.tables.filter(index.tables.indices.contains).map { index.tables[$0].table }
            table.add([
                "\(number + 1)", unit.kind.rawValue, "\(unit.offset)", "\(unit.length)", "\(unit.rawLength)",
                "\(unit.rows)", unit.sha256, names.joined(separator: " "),
            ])
        }
        return table.text
    }
}
