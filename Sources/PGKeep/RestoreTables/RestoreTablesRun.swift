import Foundation
import PGKeepArchive
import PGKeepModel
import PGKeepPostgres
import Synchronization

/// Brings some tables back beside those in use: into a schema of their own, or their rows alone into what is there.
///
/// Of the archive only the definitions and those tables' units are read. A failure leaves the database as it was: the
/// schema is dropped again, and appended rows are of one transaction.
struct RestoreTablesRun: Sendable {
    var archive: ArchiveReader
    var name: String
    var request: RestoreTablesRequest
    var target: ConnectionString
    var jobs: Int
    var progress: Progress?
    var now: Date
    var cancellation: Cancellation

    func run() async throws -> RestoreTablesReport {
        let clock = ContinuousClock()
        let start = clock.now
        progress?.begin("definitions")
        let (definition, schema) = try await BlockingWork.run("pgkeep definitions") { try define() }
        let summaries = archive.index.tables.filter { summary in
            QualifiedName(sql: summary.table).map(definition.tables.contains) ?? false
        }
        var report = RestoreTablesReport(
            archive: name, createdAt: archive.index.header.createdAt, database: target.databaseName ?? "",
            schema: request.rowsOnly ? nil : schema, tables: [], durationSeconds: 0, proven: false)
        if request.rowsOnly {
            try await BlockingWork.run("pgkeep append") { try append(summaries) }
            report.tables = summaries.map { Self.table($0, at: $0.table, rows: $0.rows) }
        } else {
            try await BlockingWork.run("pgkeep schema") { try create(schema) }
            do {
                try await restore(definition, summaries)
                if request.prove {
                    try refuse(
                        try await Comparison.contents(
                            moved(summaries, definition), of: target, jobs: jobs, progress: progress, cancellation))
                    report.proven = true
                }
                report.tables = try await BlockingWork.run("pgkeep difference") {
                    try compare(summaries, definition, schema)
                }
            } catch {
                try await drop(schema)
                throw error
            }
        }
        report.durationSeconds = start.duration(to: clock.now).seconds
        return report
    }

    // MARK: Definitions

    private func define() throws -> (TableDefinition, schema: String) {
        let schemaPart = try statements(of: .schema)
        let finishPart = try statements(of: .finish)
        let wanted = try TableSelection.choose(
            request.tables, of: TableDefinition.tables(in: schemaPart), in: name)
        let stamp = UTCTime(secondsSince1970: Int64(now.timeIntervalSince1970)).text().filter(\.isNumber)
        let schema = request.schema ?? "restored_\(stamp.prefix(8))_\(stamp.suffix(6))"
        let definition = TableDefinition(of: wanted, schema: schema, schemaPart: schemaPart, finishPart: finishPart)
        if !request.rowsOnly, let (one, other) = definition.collision {
            throw PGKeepError(
                .usage, "\(one) and \(other) can't share the schema \(schema)",
                hint: "pgkeep restore \(name) --table \(one); pgkeep restore \(name) --table \(other)")
        }
        return (definition, schema)
    }

    private func statements(of kind: UnitEntry.Kind) throws -> [DumpStatement] {
        let decoder = UnitDecoder(archive.compression)
        return try archive.index.units.filter { $0.kind == kind }.flatMap { unit in
            try DumpStatement.split(archive.text(of: unit, with: decoder))
        }
    }

    // MARK: Into a schema of their own

    private func create(_ schema: String) throws {
        do {
            try session().query("CREATE SCHEMA \(QualifiedName.quote(schema))")
        } catch let error as PGKeepError where error.sqlState == "42P06" {
            throw PGKeepError(
                .failed, "the schema \(schema) exists already", cause: error.cause,
                hint: "pgkeep restore … --schema \(schema)_2, or: DROP SCHEMA \(QualifiedName.quote(schema)) CASCADE")
        }
    }

    private func restore(_ definition: TableDefinition, _ summaries: [TableSummary]) async throws {
        try await BlockingWork.run("pgkeep definitions") {
            let connection = try session()
            for statement in definition.before { try play(statement, on: connection) }
        }
        try refuse(Comparison.rows(part(summaries), loaded: try await load(summaries, definition)))
        try await BlockingWork.run("pgkeep finish") {
            progress?.begin("indexes and constraints")
            let connection = try session()
            for statement in definition.after { try play(statement, on: connection) }
            for sequence in definition.sequences {
                let place = definition.place(of: sequence.name)
                let column = QualifiedName.quote(sequence.column)
                try connection.query(
                    """
                    SELECT pg_catalog.setval(\(connection.quote(literal: place.quoted)), max(\(column)))
                      FROM \(definition.place(of: sequence.table).quoted) HAVING max(\(column)) > 0
                    """)
            }
            // This commit waits for the disk, and with it all that were before.
            try connection.query("SET synchronous_commit = on")
            for table in definition.tables { try connection.query("ANALYZE \(definition.place(of: table).quoted)") }
        }
    }

    private func play(_ statement: [UInt8], on connection: Connection) throws {
        do {
            try connection.execute(statement)
        } catch var error as PGKeepError where error.code == .failed || error.code == .privileges {
            error.message += " while restoring \(DumpStatement.split(statement).first?.title ?? "")"
            // Undefined object, function, table, schema: what the table needs was there when the archive was taken.
            if ["42704", "42883", "42P01", "3F000"].contains(error.sqlState) {
                error.hint =
                    "create what is missing first, or bring all of it back: "
                    + "pgkeep restore \(name) --into \(archive.index.header.database.name)_restored"
            }
            throw error
        }
    }

    private func load(
        _ summaries: [TableSummary], _ definition: TableDefinition
    ) async throws -> [QualifiedName: Int64] {
        progress?.begin("loading rows", totalBytes: summaries.reduce(0) { $0 + $1.rawBytes })
        let queue = Mutex(units(holding: summaries)[...])
        let loaded = Mutex<[QualifiedName: Int64]>([:])
        let places = Dictionary(uniqueKeysWithValues: definition.tables.map { ($0, definition.place(of: $0)) })
        var crew = Crew()
        for number in 0..<(jobs + 1) {
            crew.add {
                try await BlockingWork.run("pgkeep load \(number + 1)") {
                    guard var unit = queue.withLock({ $0.popFirst() }) else { return }
                    let loader = TableLoader(archive, try session(), places: places, progress: progress)
                    while true {
                        let rows = try loader.load(unit)
                        loaded.withLock { $0.merge(rows, uniquingKeysWith: +) }
                        guard let next = queue.withLock({ $0.popFirst() }) else { return }
                        unit = next
                    }
                }
            }
        }
        try await crew.run { _ in cancellation.cancel() }
        return loaded.withLock { $0 }
    }

    private func units(holding summaries: [TableSummary]) -> [UnitEntry] {
        let wanted = Set(summaries.map(\.table))
        return archive.index.units.filter { unit in
            unit.tables.contains { wanted.contains(archive.index.tables[$0].table) }
        }
    }

    // MARK: Rows alone

    private func append(_ summaries: [TableSummary]) throws {
        let connection = try session()
        progress?.begin("appending rows", totalBytes: summaries.reduce(0) { $0 + $1.rawBytes })
        try connection.query("SET synchronous_commit = on; BEGIN")
        for summary in summaries {
            do {
                try connection.query("SELECT \(summary.columns) FROM \(summary.table) LIMIT 0")
            } catch let error as PGKeepError where ["42P01", "42703", "3F000"].contains(error.sqlState) {
                throw PGKeepError(
                    .failed, "there is no table \(summary.table) with the archive's columns", cause: error.cause,
                    hint: "pgkeep restore \(name) --table '\(summary.table)'   (without --rows-only)")
            }
        }
        var loaded: [QualifiedName: Int64] = [:]
        let loader = TableLoader(
            archive, connection,
            places: Dictionary(
                summaries.compactMap { QualifiedName(sql: $0.table) }.map { ($0, $0) }, uniquingKeysWith: { $1 }),
            progress: progress)
        do {
            for unit in units(holding: summaries) { loaded.merge(try loader.load(unit), uniquingKeysWith: +) }
        } catch var error as PGKeepError where error.sqlState == "23505" {
            error.message = "rows of the archive are in the table already; nothing was appended"
            error.hint = "pgkeep restore \(name) --table \(request.tables[0])   (beside it, with the SQL to merge)"
            throw error
        }
        try refuse(Comparison.rows(part(summaries), loaded: loaded))
        try connection.query("COMMIT")
    }

    // MARK: Comparing

    private func compare(
        _ summaries: [TableSummary], _ definition: TableDefinition, _ schema: String
    ) throws -> [RestoreTablesReport.Table] {
        progress?.begin("comparing with what is in use")
        let connection = try session()
        let roots = try partitioned(summaries, definition, connection)
        return try (roots + summaries).compactMap { summary in
            guard let original = QualifiedName(sql: summary.table) else { return nil }
            let place = Self.text(of: summary.table, in: schema)
            var table = Self.table(summary, at: place, rows: summary.rows)
            let columns = Self.identifiers(in: summary.columns)
            let key = definition.keys[original] ?? []
            do {
                table.rowsInUse = try connection.value(
                    "SELECT count(*) FROM (SELECT \(summary.columns) FROM \(summary.table)) t"
                ).flatMap { Int64($0) }
            } catch let error as PGKeepError where ["42P01", "3F000"].contains(error.sqlState) {
                table.merge = MergeStatements.movingBack(place, to: original.schema)
                return table
            } catch let error as PGKeepError where error.sqlState == "42703" {
                table.note = "the table in use has other columns by now"
                return table
            }
            // A partitioned table's rows are merged with its partitions'.
            guard !columns.isEmpty else { return table }
            table.merge = MergeStatements.bringingBack(place, into: summary.table, columns: columns, key: key)
            if !key.isEmpty {
                let counts = try connection.query(
                    MergeStatements.difference(place, summary.table, columns: columns, key: key)
                ).first?.map { $0.flatMap { Int64($0) } }
                (table.missing, table.added, table.changed) = (counts?[0], counts?[1], counts?[2])
            }
            return table
        }
    }

    /// The identifiers of a list, quoted as they are there.
    private static func identifiers(in list: String) -> [String] {
        DumpStatement.split(ServerText.encode(list)).flatMap { statement in
            statement.words.filter { $0.identifier != nil }.map { ServerText.decode(statement.sql[$0.range]) }
        }
    }

    /// Partitioned tables have no rows of their own in the archive, but must come back where they are gone.
    private func partitioned(
        _ summaries: [TableSummary], _ definition: TableDefinition, _ connection: Connection
    ) throws -> [TableSummary] {
        let known = Set(summaries.compactMap { QualifiedName(sql: $0.table) })
        return try definition.tables.subtracting(known).sorted { $0.quoted < $1.quoted }.map { root in
            let place = definition.place(of: root).quoted
            let rows = try connection.value("SELECT count(*) FROM \(place)").flatMap { Int64($0) } ?? 0
            return TableSummary(table: root.quoted, columns: "", rows: rows)
        }
    }

    /// A table's name as written, below another schema.
    private static func text(of table: String, in schema: String) -> String {
        let isPlain = schema.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
        return "\(isPlain ? schema : QualifiedName.quote(schema)).\(identifiers(in: table).last ?? "")"
    }

    private static func table(_ summary: TableSummary, at place: String, rows: Int64) -> RestoreTablesReport.Table {
        RestoreTablesReport.Table(table: summary.table, restoredAs: place, rows: rows, merge: [])
    }

    private func part(_ summaries: [TableSummary]) -> ArchiveIndex {
        ArchiveIndex(header: archive.index.header, tables: summaries, units: [])
    }

    /// The index of the tables where they lie now.
    private func moved(_ summaries: [TableSummary], _ definition: TableDefinition) -> ArchiveIndex {
        part(
            summaries.map { summary in
                var moved = summary
                if let name = QualifiedName(sql: summary.table) { moved.table = definition.place(of: name).quoted }
                return moved
            })
    }

    private func refuse(_ differences: [String]) throws {
        guard !differences.isEmpty else { return }
        throw PGKeepError(
            .failed, "what was restored is not what was backed up",
            cause: differences.prefix(5).joined(separator: "; "),
            hint: "pgkeep verify \(name)")
    }

    private func session() throws -> Connection {
        try Loading.session(of: archive, in: target, cancellation)
    }

    /// With a session that cancelling did not cut.
    private func drop(_ schema: String) async throws {
        try await BlockingWork.run("pgkeep discard") {
            let connection = try Connection(target, purpose: "pgkeep restore", cancellation: Cancellation())
            try connection.query(
                "SET lock_timeout = '30s'; DROP SCHEMA IF EXISTS \(QualifiedName.quote(schema)) CASCADE")
        }
    }
}
