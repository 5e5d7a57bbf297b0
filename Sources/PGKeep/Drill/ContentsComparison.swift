import PGKeepArchive
import PGKeepModel
import PGKeepPostgres

/// Compares what an archive holds of tables, sequences and large objects with what a database has.
enum ContentsComparison {
    /// Every table of either side. Without `contents` the numbers of rows are all that is compared; where rows came as
    /// INSERT, a dump's numbers say nothing of tables it does not count.
    static func tables(
        _ expected: [TableSummary], _ found: [TableSummary], contents: Bool, hasUncountedRows: Bool
    ) -> (tables: [Proof.Table], differences: [Proof.Difference]) {
        let report = Difference.of(expected, found, contents: contents)
        let differences = report.compactMap { table -> Proof.Difference? in
            if table.state == .same || hasUncountedRows && table.rowsBefore == nil { return nil }
            // Columns are quoted by two programs, and an empty table is no row.
            if table.rowsBefore == table.rowsAfter, table.hashBefore == table.hashAfter, table.rowsBefore != nil {
                return nil
            }
            if (table.rowsBefore ?? 0) == 0, (table.rowsAfter ?? 0) == 0 { return nil }
            return .init(
                what: "table \(table.table)", expected: text(table.rowsBefore, table.hashBefore),
                found: text(table.rowsAfter, table.hashAfter))
        }
        let tables = found.map { Proof.Table(table: $0.table, rows: $0.rows, hash: contents ? $0.hash : nil) }
        return (tables.sorted { $0.table < $1.table }, differences)
    }

    private static func text(_ rows: Int64?, _ hash: ContentHash?) -> String {
        guard let rows else { return "no such table" }
        return "\(rows) rows" + (hash.map { " with hash \($0)" } ?? "")
    }

    static func sequences(
        _ settings: [DumpStatement], _ found: [QualifiedName: (state: Sequences.State, dumped: Bool)]
    ) -> (count: Int, differences: [Proof.Difference]) {
        var expected: [QualifiedName: Sequences.State] = [:]
        for statement in settings {
            guard let (name, arguments) = SequenceValues.value(statement) else { continue }
            let parts = arguments.split { !($0.isNumber || $0.isLetter || $0 == "-") }
            guard let value = parts.first.flatMap({ Int64($0) }) else { continue }
            expected[name] = Sequences.State(value: value, isCalled: parts.dropFirst().first != "false")
        }
        let names = Set(expected.keys).union(found.filter(\.value.dumped).keys)
        let differences = names.compactMap { name -> Proof.Difference? in
            guard expected[name] != found[name]?.state else { return nil }
            return .init(
                what: "sequence \(name)", expected: expected[name]?.description ?? "no value",
                found: found[name]?.state.description ?? "no such sequence")
        }
        return (names.count, differences.sorted { $0.what < $1.what })
    }

    static func largeObjects(
        _ expected: [UInt32: LargeObjectHashes.Content], _ found: [UInt32: LargeObjectHashes.Content]
    ) -> [Proof.Difference] {
        Set(expected.keys).union(found.keys).sorted().compactMap { number in
            guard expected[number] != found[number] else { return nil }
            func text(_ content: LargeObjectHashes.Content?) -> String {
                content.map { "\($0.bytes) bytes with SHA-256 \($0.sha256.prefix(16))…" } ?? "no such object"
            }
            return .init(
                what: "large object \(number)", expected: text(expected[number]), found: text(found[number]))
        }
    }

    static func materializedViews(
        _ expected: Set<QualifiedName>, _ found: Set<QualifiedName>
    ) -> [Proof.Difference] {
        expected.symmetricDifference(found).sorted { $0.quoted < $1.quoted }.map { name in
            let isExpected = expected.contains(name)
            return .init(
                what: "materialized view \(name)", expected: isExpected ? "to be filled" : "to be empty",
                found: isExpected ? "not filled" : "filled")
        }
    }
}
