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
    var talk: Talk
    var now: Date
    var cancellation: Cancellation

    func run() async throws -> RestoreTablesReport {
        let clock = ContinuousClock()
        let start = clock.now
        progress?.begin("definitions")
        let definition = try await BlockingWork.run("pgkeep definitions") { try define() }
        let summaries = archive.index.tables.filter { summary in
            QualifiedName(sql: summary.table).map(definition.tables.contains) ?? false
        }
        var report = RestoreTablesReport(
            archive: name, createdAt: archive.index.header.createdAt, database: target.databaseName ?? "",
            schema: nil, tables: [], putBack: [], cleanUp: nil, durationSeconds: 0, proven: false)
        if request.rowsOnly {
            try await BlockingWork.run("pgkeep append") { try append(definition.stages(summaries)) }
            report.tables = summaries.map { Self.table($0, at: $0.table) }
        } else {
            try await createSchema()
            do {
                try await restore(definition, summaries)
                if request.prove {
                    try refuse(
                        try await Comparison.contents(
                            moved(summaries, definition), of: target, jobs: jobs, progress: progress, cancellation))
                    report.proven = true
                }
                report = try await BlockingWork.run("pgkeep difference") { [report] in
                    try compare(summaries, definition, report)
                }
            } catch {
                await discard("CASCADE")
                throw error
            }
        }
        report.durationSeconds = start.duration(to: clock.now).seconds
        return report
    }

    // MARK: Definitions

    private var schema: String {
        let stamp = UTCTime(secondsSince1970: Int64(now.timeIntervalSince1970)).text().filter(\.isNumber)
        return request.schema ?? "restored_\(stamp.prefix(8))_\(stamp.suffix(6))"
    }

    private func define() throws -> TableDefinition {
        guard (1...63).contains(schema.utf8.count) else {
            throw PGKeepError(
                .usage, "--schema takes a name of 1 to 63 bytes, not \(schema.utf8.count)",
                hint: command("--schema restored"))
        }
        let schemaPart = try statements(of: .schema)
        let wanted = try TableSelection.choose(request.tables, of: TableDefinition.tables(in: schemaPart), in: name)
        let definition = TableDefinition(
            of: wanted, schema: schema, schemaPart: schemaPart, finishPart: try statements(of: .finish))
        if !request.rowsOnly, let (one, other, relation) = definition.collision {
            throw PGKeepError(
                .usage, "\(one) and \(other) can't share the schema \(schema)",
                cause: "both have a relation named \(relation)",
                hint: "one at a time: pgkeep restore \(name) --table \(TableSelection.pattern(for: one))")
        }
        try refuseLeaves(of: definition, schemaPart)
        return definition
    }

    /// Rows that were dumped through a partitioned table can't be told apart by partition.
    private func refuseLeaves(of definition: TableDefinition, _ statements: [TableStatement]) throws {
        let family = TableFamily(statements)
        for root in archive.index.tables.filter(\.throughRoot).compactMap({ QualifiedName(sql: $0.table) })
        where !definition.tables.contains(root) {
            guard let leaf = family.withPartitions([root]).intersection(definition.tables).first else { continue }
            throw PGKeepError(
                .usage, "\(leaf) can't be restored alone", cause: "its rows are in the archive as those of \(root)",
                hint: command("--table \(TableSelection.pattern(for: root))", withTables: false))
        }
    }

    private func statements(of kind: UnitEntry.Kind) throws -> [TableStatement] {
        let decoder = UnitDecoder(archive.compression)
        return try archive.index.units.filter { $0.kind == kind }.flatMap { unit in
            TableStatement.all(in: DumpStatement.split(try archive.text(of: unit, with: decoder)))
        }
    }

    /// This restore with other options, to paste.
    private func command(_ options: String, withTables: Bool = true) -> String {
        let tables = withTables ? request.tables.map { "--table \(TableSelection.shellWord($0)) " }.joined() : ""
        return "pgkeep restore \(name) \(tables)\(options)"
    }

    // MARK: The schema

    private func createSchema() async throws {
        let exists = PGKeepError(
            .failed, "the schema \(schema) exists already",
            hint: command("--schema \(TableSelection.shellWord("\(schema)_2"))"))
        try await BlockingWork.run("pgkeep schema") {
            guard try !TableComparison(session()).hasSchema(schema) else { throw exists }
        }
        do {
            try await BlockingWork.run("pgkeep schema") { try create() }
        } catch let error as PGKeepError where error.sqlState == "42P06" {
            throw exists
        } catch let error as PGKeepError where error.sqlState == nil {
            // Cut off, and nobody knows whether it was made: it was not there before, and is empty.
            await discard("RESTRICT")
            throw error
        }
    }

    private func create() throws {
        let connection = try session()
        do {
            try connection.query("CREATE SCHEMA \(QualifiedName.quote(schema))")
        } catch var error as PGKeepError where error.code == .privileges {
            let (database, role) = (QualifiedName.quote(target.databaseName ?? ""), try connection.currentRole())
            error.hint = "GRANT CREATE ON DATABASE \(database) TO \(QualifiedName.quote(role))"
            throw error
        }
    }

    /// Drops the schema with a session that cancelling did not cut.
    ///
    /// Sessions that were cut off go on with what they are at, such as an index, until they are told to end.
    private func discard(_ behaviour: String) async {
        do {
            try await BlockingWork.run("pgkeep discard") {
                let connection = try Connection(target, purpose: "pgkeep restore", cancellation: Cancellation())
                try connection.query(
                    """
                    SET default_transaction_read_only = off; SET statement_timeout = 0; SET lock_timeout = '30s';
                    SET ROLE NONE;
                    SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
                     WHERE usename = session_user AND pid <> pg_catalog.pg_backend_pid() AND pid IN (
                           SELECT l.pid FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation
                             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                             JOIN pg_catalog.pg_database d ON d.oid = l.database
                            WHERE n.nspname = \(try connection.quote(literal: schema))
                              AND d.datname = pg_catalog.current_database());
                    RESET ROLE;
                    """)
                try connection.query("DROP SCHEMA IF EXISTS \(QualifiedName.quote(schema)) \(behaviour)")
            }
        } catch {
            talk(.warning(.restore, "the schema \(schema) could not be dropped: \(error)"))
        }
    }

    private func session() throws -> Connection { try Loading.session(of: archive, in: target, cancellation) }

    // MARK: Into a schema of their own

    private func restore(_ definition: TableDefinition, _ summaries: [TableSummary]) async throws {
        try await BlockingWork.run("pgkeep definitions") {
            let connection = try session()
            for statement in definition.before { try play(statement, on: connection) }
        }
        try refuse(Comparison.rows(summaries, loaded: try await load(summaries, definition)))
        try await BlockingWork.run("pgkeep finish") {
            progress?.begin("indexes and constraints")
            let connection = try session()
            for statement in definition.after { try play(statement, on: connection) }
            if !definition.sequences.isEmpty {
                for value in try SequenceValues.statements(archive, definition.sequences, in: schema) {
                    try connection.query(value)
                }
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

    private func append(_ stages: [[TableSummary]]) throws {
        let connection = try session()
        let summaries = stages.flatMap(\.self)
        progress?.begin("appending rows", totalBytes: summaries.reduce(0) { $0 + $1.rawBytes })
        try connection.query("SET synchronous_commit = on; BEGIN; SET CONSTRAINTS ALL DEFERRED")
        for summary in summaries {
            do {
                try connection.query("SELECT \(summary.columns) FROM \(summary.table) LIMIT 0")
            } catch let error as PGKeepError where ["42P01", "42703", "3F000"].contains(error.sqlState) {
                throw PGKeepError(
                    .failed, "there is no table \(summary.table) with the archive's columns", cause: error.cause,
                    hint: "\(command(""))  (without --rows-only)")
            }
        }
        var loaded: [QualifiedName: Int64] = [:]
        do {
            for stage in stages {
                let places = stage.compactMap { QualifiedName(sql: $0.table) }.map { ($0, $0) }
                let loader = TableLoader(
                    archive, connection, places: Dictionary(places, uniquingKeysWith: { $1 }), progress: progress)
                for unit in units(holding: stage) { loaded.merge(try loader.load(unit), uniquingKeysWith: +) }
            }
        } catch var error as PGKeepError where error.sqlState == "23505" {
            error.message = "rows of the archive are in the table already; nothing was appended"
            error.hint = "\(command(""))  (beside it, with the SQL to merge)"
            throw error
        }
        try refuse(Comparison.rows(summaries, loaded: loaded))
        try connection.query("COMMIT")
    }

    // MARK: Comparing

    private func compare(
        _ summaries: [TableSummary], _ definition: TableDefinition, _ report: RestoreTablesReport
    ) throws -> RestoreTablesReport {
        progress?.begin("comparing with what is in use")
        let connection = try session()
        let comparison = try TableComparison(connection)
        let ties = definition.ties.flatMap { [$0.child, $0.parent] }
        let existing = try comparison.existing(definition.tables.union(ties))
        let side = try connection.value("SELECT pg_catalog.quote_ident(\(connection.quote(literal: schema)))") ?? ""
        var report = report
        for summary in definition.stages(summaries).joined() {
            let place = "\(side).\(Self.identifiers(in: summary.table).last ?? "")"
            var table = Self.table(summary, at: place)
            if let original = QualifiedName(sql: summary.table), existing.contains(original) {
                let merge = MergeStatements(
                    restored: place, table: summary.table, columns: Self.identifiers(in: summary.columns),
                    key: definition.keys[original] ?? [], fixed: definition.identities[original] ?? [],
                    throughRoot: summary.throughRoot)
                try comparison.compare(&table, merge)
            }
            report.tables.append(table)
        }
        report.tables.insert(contentsOf: partitioned(report.tables, summaries, definition, existing), at: 0)
        let gone = definition.tables.subtracting(existing).sorted { $0.quoted < $1.quoted }
        let schemas = try Set(gone.map(\.schema)).sorted().filter { try !comparison.hasSchema($0) }
        report.putBack = PutBack.statements(definition, gone: gone, existing: existing, schemas: schemas)
        report.schema = schema
        report.cleanUp = "DROP SCHEMA \(side) CASCADE;"
        return report
    }

    /// Partitioned tables have no rows of their own in the archive: theirs are those of their partitions.
    private func partitioned(
        _ tables: [RestoreTablesReport.Table], _ summaries: [TableSummary], _ definition: TableDefinition,
        _ existing: Set<QualifiedName>
    ) -> [RestoreTablesReport.Table] {
        let known = Dictionary(tables.map { (QualifiedName(sql: $0.table), $0) }, uniquingKeysWith: { $1 })
        let throughRoot = Set(summaries.filter(\.throughRoot).compactMap { QualifiedName(sql: $0.table) })
        let rootless = definition.tables.subtracting(definition.family.withPartitions(throughRoot))
        return rootless.filter { known[$0] == nil }.sorted { $0.quoted < $1.quoted }.map { root in
            let parts = definition.family.withPartitions([root]).compactMap { known[$0] }
            let inUse = parts.compactMap(\.rowsInUse)
            let isKnown = existing.contains(root) && inUse.count == parts.count
            return RestoreTablesReport.Table(
                table: root.quoted, restoredAs: definition.place(of: root).quoted,
                rows: parts.reduce(0) { $0 + $1.rows }, rowsInUse: isKnown ? inUse.reduce(0, +) : nil, merge: [])
        }
    }

    /// The identifiers of a list, quoted as they are there.
    private static func identifiers(in list: String) -> [String] {
        DumpStatement.split(ServerText.encode(list)).flatMap { statement in
            statement.words.filter { $0.identifier != nil }.map { ServerText.decode(statement.sql[$0.range]) }
        }
    }

    private static func table(_ summary: TableSummary, at place: String) -> RestoreTablesReport.Table {
        RestoreTablesReport.Table(table: summary.table, restoredAs: place, rows: summary.rows, merge: [])
    }

    /// The tables where they lie now.
    private func moved(_ summaries: [TableSummary], _ definition: TableDefinition) -> [TableSummary] {
        summaries.map { summary in
            var moved = summary
            if let name = QualifiedName(sql: summary.table) { moved.table = definition.place(of: name).quoted }
            return moved
        }
    }

    private func refuse(_ differences: [String]) throws {
        guard !differences.isEmpty else { return }
        throw PGKeepError(
            .failed, "what was restored is not what was backed up",
            cause: differences.prefix(5).joined(separator: "; "),
            hint: "pgkeep verify \(name)")
    }
}
