package import PGKeepModel
package import PGKeepPostgres

/// Who dumps which rows: a value, made by a pure function.
///
/// Tables worth it are taken over from pg_dump and cut into ranges of pages of about equal bytes, TOAST counted;
/// everything else stays with pg_dump.
package struct BackupPlan: Sendable, Equatable {
    package struct Part: Sendable, Equatable {
        package var table: TableFacts
        package var pages: PageRange
        /// An estimate: heap and TOAST by the share of pages.
        package var bytes: Int64
    }

    /// The work of the copying sessions, the largest tables first.
    package var parts: [Part]
    package var takenOver: [TableFacts]
    package var partitioned: Set<QualifiedName>

    /// Ranges no larger than this, and no smaller than an eighth of it.
    private static let partBytes: Int64 = 64 << 20
    /// pg_dump looks each exclusion up in a query of its own.
    private static let mostTakenOver = 2000

    package init(tables: [TableFacts], jobs: Int) {
        takenOver = Array(
            tables.filter(\.canBeTakenOver).sorted { ($0.bytes, $1.name.quoted) > ($1.bytes, $0.name.quoted) }
                .prefix(BackupPlan.mostTakenOver))
        partitioned = Set(tables.filter { $0.kind == .partitioned }.map(\.name))
        let total = takenOver.reduce(0) { $0 + $1.bytes }
        let wanted = min(BackupPlan.partBytes, max(BackupPlan.partBytes / 8, total / Int64(jobs * 4)))
        parts = takenOver.flatMap { BackupPlan.cut($0, into: wanted) }
    }

    private static func cut(_ table: TableFacts, into bytes: Int64) -> [Part] {
        let count = max(1, min(table.pages, (table.bytes + bytes - 1) / bytes))
        return (0..<count).map { number in
            let start = table.pages * number / count
            // Rows past the last page that was counted are none of the snapshot's, but the end stays open all the same.
            let end = number == count - 1 ? nil : table.pages * (number + 1) / count
            return Part(table: table, pages: PageRange(start: start, end: end), bytes: table.bytes / count)
        }
    }
}
