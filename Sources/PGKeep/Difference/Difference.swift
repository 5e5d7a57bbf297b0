import PGKeepModel

/// Compares two lists of tables by rows and content hash.
enum Difference {
    /// Without `contents` the numbers of rows are all that is compared.
    static func of(
        _ before: [TableSummary], _ after: [TableSummary], contents: Bool = true
    ) -> [DifferenceReport.Table] {
        let first = byName(before)
        let second = byName(after)
        return Set(first.keys).union(second.keys).map { name in table(first[name], second[name], contents) }
            .sorted { $0.table < $1.table }
    }

    private static func table(
        _ before: TableSummary?, _ after: TableSummary?, _ contents: Bool
    ) -> DifferenceReport.Table {
        DifferenceReport.Table(
            table: before?.table ?? after?.table ?? "", state: state(before, after, contents),
            rowsBefore: before?.rows, rowsAfter: after?.rows, hashBefore: contents ? before?.hash : nil,
            hashAfter: contents ? after?.hash : nil)
    }

    private static func state(
        _ before: TableSummary?, _ after: TableSummary?, _ contents: Bool
    ) -> DifferenceReport.Table.State {
        guard let before else { return .added }
        guard let after else { return .missing }
        // Of no rows the columns don't matter.
        if before.rows == 0, after.rows == 0 { return .same }
        guard contents else { return before.rows == after.rows ? .same : .changed }
        guard before.columns == after.columns else { return .otherColumns }
        return before.rows == after.rows && before.hash == after.hash ? .same : .changed
    }

    /// A dump with several databases can have a name twice; the last one counts.
    private static func byName(_ tables: [TableSummary]) -> [QualifiedName: TableSummary] {
        Dictionary(
            tables.compactMap { table in QualifiedName(sql: table.table).map { ($0, table) } }, uniquingKeysWith: { $1 }
        )
    }
}
