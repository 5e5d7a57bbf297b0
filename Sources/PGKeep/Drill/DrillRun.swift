import Foundation
import PGKeepArchive
import PGKeepModel
import PGKeepPostgres

/// One drill on a server that is there for it: restored as a restore would, then compared with what was backed up.
///
/// On a server of our own the database stays until the server goes; on another one it is dropped, whatever came. A drill
/// that was killed there leaves a database that its comment tells, and that the next drill drops.
struct DrillRun: Sendable {
    var source: RestorableDatabase
    /// What the archive holds beside rows.
    var expected: DumpDefinitions
    /// The pg_dump that wrote those; nil where a dump doesn't tell.
    var dumpVersion: String?
    var server: ConnectionString
    /// A throw-away server, in which everything may be made that is missing.
    var isScratch: Bool
    var settings: Settings
    /// Where the server's programs are.
    var tools: String?
    var progress: Progress?
    var talk: Talk
    var now: Date
    var cancellation: Cancellation

    /// What was found.
    struct Findings: Sendable {
        var serverVersion: String
        var tables: [Proof.Table] = []
        var sequences = 0
        var largeObjects = 0
        var objects: [String: Int] = [:]
        var definitions = Proof.Definitions.text
        var checks: [Proof.Check] = []
        var differences: [Proof.Difference] = []
        var phaseSeconds: [String: Double]
        var rtoSeconds: Double
        var warnings: [String]
    }

    func run() async throws -> Findings {
        let database = DrillRun.database(for: source.database ?? "database")
        if isScratch { return try await run(in: database) }
        // Another machine may drill there as well, and what it has made is not ours to drop.
        guard let lock = try await SlotLock.take("pgkeep drill", on: server) else {
            throw PGKeepError(.busy, "another drill is at work on this server", hint: "try again later")
        }
        defer { withExtendedLifetime(lock) {} }
        return try await run(in: database)
    }

    private func run(in database: String) async throws -> Findings {
        let (plan, properties) = try await BlockingWork.run("pgkeep preflight") { try prepare(database) }
        do {
            let report = try await RestoreRun(
                source: source, properties: properties, plan: plan,
                request: RestoreRequest(archive: source.name, target: .create(database)), server: server,
                jobs: settings.jobs, progress: progress, talk: talk, now: now, cancellation: cancellation
            ).run()
            let findings = try await examine(database, report)
            if !isScratch { await dropQuietly(database, plan.missingRoles) }
            return findings
        } catch {
            if !isScratch { await dropQuietly(database, plan.missingRoles) }
            throw DrillObstacle.explained(error, source.name)
        }
    }

    /// `pgkeep_drill_shop`: the same each time, so that two drills don't run at once, and debris is found.
    static func database(for name: String) -> String {
        var name = "pgkeep_drill_\(name)"
        while name.utf8.count > 63 { name.removeLast() }
        return name
    }

    // MARK: Before

    /// Makes what may be made, and finds out what the server lacks.
    private func prepare(_ database: String) throws -> (RestorePlan, DatabaseProperties) {
        let connection = try Databases.maintenance(server, avoiding: database, cancellation: cancellation)
        if !isScratch { try removeDebris(database, connection) }
        let preflight = RestorePreflight(
            source: source, request: RestoreRequest(archive: source.name, target: .create(database)),
            database: database, jobs: settings.jobs, timings: [], now: now, connection: connection,
            cancellation: cancellation)
        if isScratch { try ScratchNeeds.makeTablespaces(source.needs?.tablespaces ?? [], connection) }
        var (plan, properties) = try preflight.plan()
        try DrillObstacle.refuse(plan, source.name)
        try DrillObstacle.refuseIfBlocked(plan, source.name)
        if isScratch {
            // What the archive itself creates comes with its own attributes.
            let others = DrillRoles.named(in: expected, properties).subtracting(source.needs?.roles ?? [])
            try ScratchNeeds.makeRoles(others, connection)
            try DrillObstacle.tryLocale(of: properties, source.name, connection)
        }
        // The archive's comment is not needed here, and this one tells whose the database is.
        properties.comment = try SideDatabase.text(
            .init(pgkeep: .drill, database: source.database ?? "", at: now, comment: nil))
        return (plan, properties)
    }

    private func removeDebris(_ database: String, _ connection: Connection) throws {
        for (name, note) in try SideDatabase.all(connection)
        where note.pgkeep == .drill && note.database == (source.database ?? "") {
            // We hold the lock of drills here: nobody is at work in it who still lives.
            try Databases.drop(name, connection)
        }
    }

    /// Drops the database, and the roles that came with it.
    private func drop(_ database: String, _ roles: [String]) async throws {
        try await BlockingWork.run("pgkeep drill drop") {
            // With a connection that cancelling did not cut.
            let connection = try Databases.maintenance(server, avoiding: database, cancellation: Cancellation())
            if try SideDatabase.all(connection).contains(where: { $0.name == database && $0.note.pgkeep == .drill }) {
                try Databases.drop(database, connection)
            }
            for role in roles {
                do {
                    try connection.query("DROP ROLE IF EXISTS \(QualifiedName.quote(role))")
                } catch {
                    talk(.warning(.drill, "the role \(role), which came with the archive, stays: \(error)"))
                }
            }
        }
    }

    private func dropQuietly(_ database: String, _ roles: [String]) async {
        do {
            try await drop(database, roles)
        } catch {
            talk(.warning(.drill, "\(database) could not be dropped (\(error)); the next drill will"))
        }
    }

    // MARK: After

    private func examine(_ database: String, _ report: RestoreReport) async throws -> Findings {
        let target = server.database(database)
        let clock = ContinuousClock()
        var findings = Findings(
            serverVersion: report.plan.serverVersion, phaseSeconds: report.phaseSeconds,
            rtoSeconds: report.durationSeconds, warnings: report.plan.warnings + report.warnings)
        findings.phaseSeconds["compare"] = try await clock.measure { try await compare(target, &findings) }.seconds
        let files = DrillChecks.files(settings.drillChecks)
        guard !files.isEmpty else { return findings }
        progress?.begin("checks")
        let checks = DrillChecks(target: target, limit: settings.drillCheckTimeout, cancellation: cancellation)
        let started = clock.now
        findings.checks = try await BlockingWork.run("pgkeep checks") { try checks.ask(files) }
        findings.phaseSeconds["checks"] = started.duration(to: clock.now).seconds
        return findings
    }

    private func compare(_ target: ConnectionString, _ findings: inout Findings) async throws {
        let version = findings.serverVersion
        async let defined = definitions(in: target, version)
        let contents = source.hasComparableContents
        let roots = Set(source.tables.compactMap { QualifiedName(sql: $0.table) })
        var live = try await LiveContents(
            server: target, jobs: settings.jobs, lockTimeout: settings.lockTimeout, progress: progress,
            cancellation: cancellation
        ).read(roots: roots)
        let seen = try await BlockingWork.run("pgkeep compare") { [live] in try look(target, beside: live) }
        live += seen.others
        let tables = ContentsComparison.tables(
            source.tables, live, contents: contents, hasUncountedRows: source.hasUncountedRows)
        // A dump of definitions alone tells no values.
        let hasValues = source.hasComparableContents || !expected.sequenceSettings.isEmpty
        let sequences =
            hasValues
            ? ContentsComparison.sequences(expected.sequenceSettings, seen.sequences) : (count: 0, differences: [])
        let (found, depth) = try await defined
        findings.tables = tables.tables
        findings.sequences = sequences.count
        findings.largeObjects = found.largeObjects.count
        findings.objects = Dictionary(grouping: found.entries) { $0.header.kind }.mapValues(\.count)
        findings.definitions = depth
        findings.differences =
            tables.differences + sequences.differences
            + ContentsComparison.largeObjects(expected.largeObjects, found.largeObjects)
            + ContentsComparison.materializedViews(expected.refreshed, seen.filled)
            + DefinitionComparison.differences(expected, found, depth)
    }

    private struct Seen: Sendable {
        var sequences: [QualifiedName: (state: Sequences.State, dumped: Bool)]
        var filled: Set<QualifiedName>
        /// Tables of extensions whose rows the archive holds.
        var others: [TableSummary]
    }

    private func look(_ target: ConnectionString, beside live: [TableSummary]) throws -> Seen {
        let connection = try Connection(target, purpose: "pgkeep drill", cancellation: cancellation)
        try Session.prepare(connection)
        let known = Set(live.compactMap { QualifiedName(sql: $0.table) })
        let partitioned = try TableList.partitioned(connection)
        let others = try source.tables.compactMap { table -> TableSummary? in
            guard let name = QualifiedName(sql: table.table), !known.contains(name),
                try connection.value("SELECT pg_catalog.to_regclass(\(connection.quote(literal: name.quoted)))") != nil
            else { return nil }
            let tally = try Comparison.tally(table, below: partitioned, connection)
            var found = table
            (found.rows, found.hash) = (tally.rows, tally.hash)
            return found
        }
        return Seen(
            sequences: try Sequences.states(connection), filled: try MaterializedViews.filled(connection),
            others: others)
    }

    /// What the restored database defines, as pg_dump tells, and how far that can be compared with the archive's.
    private func definitions(
        in target: ConnectionString, _ serverVersion: String
    ) async throws -> (DumpDefinitions, Proof.Definitions) {
        let major = Int(serverVersion.prefix { $0.isNumber }) ?? 0
        let wanted = dumpVersion.flatMap { Int($0.prefix { $0.isNumber }) }
        let tool = try await DefinitionsDump.tool(
            server: major, preferring: tools ?? settings.pgBinDirectory, wanted: wanted)
        let found = try await DefinitionsDump(tool: tool, target: target, cancellation: cancellation).read()
        // Another tool's dump may have been made without owners, or in another time zone: it has other words for the same.
        let isAlike = wanted == tool.version.major && source.serverMajor == major && source.hasComparableContents
        return (found, isAlike ? .text : .names)
    }
}
