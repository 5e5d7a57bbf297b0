import PGKeepArchive
import PGKeepModel
import PGKeepPostgres
import Synchronization

/// Counts and hashes what is in a live database, all of one moment, over several sessions.
struct LiveContents: Sendable {
    var server: ConnectionString
    var jobs: Int
    var lockTimeout: Duration
    var progress: Progress?
    var cancellation: Cancellation

    /// Some rows of one table: a range of pages, or all of them.
    private struct Piece: Sendable {
        var table: Int
        var sql: String
    }

    /// Every table that a backup would hold. Of a partitioned table in `roots` the rows are its own, not its
    /// partitions': so a dump tells them that loads rows through the root.
    func read(roots: Set<QualifiedName>) async throws -> [TableSummary] {
        let (held, snapshot, columns, hidden) = try await BlockingWork.run("pgkeep snapshot") {
            let connection = try Connection(server, purpose: "pgkeep diff", cancellation: cancellation)
            try Pooler.refuseTransactions(connection, cancellation)
            try Session.prepare(connection)
            let snapshot = try Snapshot.take(on: connection, lockTimeout: lockTimeout)
            return (
                HeldSession(connection), snapshot, try TableList.columnLists(connection),
                try TableList.partitions(below: roots, connection)
            )
        }
        let tables = snapshot.tables.filter { facts in
            facts.kind == .partitioned ? roots.contains(facts.name) : !hidden.contains(facts.name)
        }
        let summaries = tables.map { facts in
            TableSummary(
                table: facts.sql, columns: columns[facts.oid] ?? "", throughRoot: facts.kind == .partitioned)
        }
        let pieces = pieces(tables, summaries)
        progress?.begin("reading the database", totalBytes: tables.reduce(0) { $0 + $1.bytes })
        let read = try await tally(pieces, of: summaries, snapshot, tables.map(\.name))
        try await BlockingWork.run("pgkeep release") { try held.with { _ = try $0.query("COMMIT") } }
        return read
    }

    private func pieces(_ tables: [TableFacts], _ summaries: [TableSummary]) -> [Piece] {
        let places = Dictionary(uniqueKeysWithValues: tables.enumerated().map { ($1.name, $0) })
        let plan = BackupPlan(tables: tables, jobs: jobs)
        let ranges = plan.parts.compactMap { part in
            places[part.table.name].map {
                Piece(table: $0, sql: Connection.copyStatement(part.table, pages: part.pages))
            }
        }
        let cut = Set(plan.takenOver.map(\.name))
        let whole = tables.indices.filter { !cut.contains(tables[$0].name) }.map { place in
            let only = summaries[place].throughRoot ? "" : "ONLY "
            return Piece(
                table: place,
                sql: "COPY (SELECT \(summaries[place].columns) FROM \(only)\(summaries[place].table)) TO STDOUT")
        }
        return ranges + whole
    }

    private func tally(
        _ pieces: [Piece], of summaries: [TableSummary], _ snapshot: Snapshot, _ names: [QualifiedName]
    ) async throws -> [TableSummary] {
        let queue = Mutex(pieces[...])
        let found = Mutex(summaries)
        var crew = Crew()
        for number in 0..<min(jobs, max(1, pieces.count)) {
            crew.add {
                try await BlockingWork.run("pgkeep diff \(number + 1)") {
                    let connection = try Connection(server, purpose: "pgkeep diff", cancellation: cancellation)
                    try Session.prepare(connection)
                    try snapshot.join(on: connection, reading: names)
                    while let piece = queue.withLock({ $0.popFirst() }) {
                        var tally = RowTally()
                        try connection.copyOut(piece.sql) {
                            tally.add(row: UnsafeRawBufferPointer(rebasing: $0.dropLast()))
                        }
                        progress?.add(bytes: tally.bytes, rows: tally.rows)
                        found.withLock { tables in
                            tables[piece.table].rows += tally.rows
                            tables[piece.table].hash &+= tally.hash
                            tables[piece.table].rawBytes += tally.bytes
                        }
                    }
                }
            }
        }
        try await crew.run { _ in cancellation.cancel() }
        return found.withLock { $0 }
    }
}
