import PGKeep
import PGKeepModel

extension Rendering {
    func index(_ index: ArchiveIndex, eachUnit: Bool) -> String {
        [header(index), tables(index), eachUnit ? units(index) : kinds(index)].joined(separator: "\n\n")
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

    private func tables(_ index: ArchiveIndex) -> String {
        var table = TextTable(["Table", "Rows", "Size", "Stored", "Content hash"], rightAligned: [1, 2, 3])
        for summary in index.tables.sorted(by: { ($0.rawBytes, $1.table) > ($1.rawBytes, $0.table) }) {
            table.add([
                summary.table, Figures.grouped(summary.rows), size(summary.rawBytes), size(summary.storedBytes),
                summary.hash.description,
            ])
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
