import PGKeepArchive
import PGKeepModel
import PGKeepPostgres
import Synchronization

/// Compares what is in a database with what an archive or a dump holds.
enum Comparison {
    /// Each table whose number of rows, as COPY counted them, is not the index's.
    static func rows(_ tables: [TableSummary], loaded: [QualifiedName: Int64]) -> [String] {
        tables.compactMap { table in
            let found = QualifiedName(sql: table.table).flatMap { loaded[$0] } ?? 0
            return found == table.rows ? nil : "\(table.table): \(table.rows) rows expected, \(found) loaded"
        }
    }

    /// Each table whose rows or content hash, read back from the database, are not the index's.
    static func contents(
        _ tables: [TableSummary], of target: ConnectionString, jobs: Int, progress: Progress?,
        _ cancellation: Cancellation
    ) async throws -> [String] {
        let queue = Mutex(tables.sorted { $0.rawBytes > $1.rawBytes }[...])
        let differences = Mutex<[String]>([])
        progress?.begin("comparing contents", totalBytes: tables.reduce(0) { $0 + $1.rawBytes })
        var crew = Crew()
        for number in 0..<jobs {
            crew.add {
                try await BlockingWork.run("pgkeep compare \(number + 1)") {
                    let connection = try Connection(target, purpose: "pgkeep prove", cancellation: cancellation)
                    try Session.prepare(connection)
                    let partitioned = try TableList.partitioned(connection)
                    while let table = queue.withLock({ $0.popFirst() }) {
                        let tally = try tally(table, below: partitioned, connection)
                        progress?.add(bytes: tally.bytes, rows: tally.rows)
                        if tally.rows != table.rows || tally.hash != table.hash {
                            differences.withLock {
                                $0.append(
                                    "\(table.table): expected \(table.rows) rows with hash \(table.hash), "
                                        + "found \(tally.rows) with \(tally.hash)")
                            }
                        }
                    }
                }
            }
        }
        try await crew.run { _ in cancellation.cancel() }
        return differences.withLock { $0.sorted() }
    }

    /// What one table has now.
    static func tally(
        _ table: TableSummary, below partitioned: Set<QualifiedName>, _ connection: Connection
    ) throws -> RowTally {
        var tally = RowTally()
        // Rows loaded through a root lie in its partitions.
        let isRoot = QualifiedName(sql: table.table).map(partitioned.contains) ?? false
        let only = isRoot ? "" : "ONLY "
        let sql = "COPY (SELECT \(table.columns) FROM \(only)\(table.table)) TO STDOUT"
        try connection.copyOut(sql) { tally.add(row: UnsafeRawBufferPointer(rebasing: $0.dropLast())) }
        return tally
    }
}
