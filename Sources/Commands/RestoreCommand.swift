package import ArgumentParser
import Foundation
import PGKeep
import PGKeepModel

/// `pgkeep restore ARCHIVE | latest | --at TIME | --undo`.
package struct RestoreCommand: HouseCommand {
    package static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Brings a database back.",
        discussion: """
            The archive is loaded into a database beside the one in use, compared with what was backed up, and only then \
            swapped in. The replaced database is kept aside, and --undo brings it back. If anything fails, the database in \
            use is as it was.

            Example: pgkeep restore latest
            Example: pgkeep restore --at "2026-01-27 12:00:00" --into shop_yesterday
            Example: pgkeep restore latest --table orders
            Example: pgkeep restore s3://bucket/prefix/latest --into shop
            Example: pgkeep restore --undo
            """)

    @Argument(help: "A name, a path, or latest; or in a vault: s3://bucket/prefix/latest.")
    package var archive: String?

    @Option(
        help: ArgumentHelp(
            "Take the newest backup taken at or before this: 2026-01-27 or 2026-01-27T12:00:00 in BACKUP_TIMEZONE, or with Z "
                + "or an offset.", valueName: "time"))
    package var at: String?

    @Option(help: ArgumentHelp("Replace this database, not that of DATABASE_URL.", valueName: "database"))
    package var to: String?

    @Option(help: ArgumentHelp("Make a new database of this name.", valueName: "database"))
    package var into: String?

    @Option(
        name: .customLong("table"),
        help: ArgumentHelp(
            "Bring back only this table, beside those in use: orders, billing.invoices, 'billing.*'. Can be repeated.",
            valueName: "table"))
    package var tables: [String] = []

    @Option(help: ArgumentHelp("The new schema for --table; otherwise restored_ with the time.", valueName: "name"))
    package var schema: String?

    @Flag(help: "With --table: append the rows to the tables in use, in one transaction.")
    package var rowsOnly = false

    @Flag(help: "Bring back the database that the last restore replaced.")
    package var undo = false

    @Flag(help: "Give everything to the restoring role, whoever owned it.")
    package var noOwner = false

    @Flag(help: "Grant nobody anything.")
    package var noPrivileges = false

    @Option(help: ArgumentHelp("Restore as this role, which the user must be a member of.", valueName: "role"))
    package var role: String?

    @Flag(help: "Compare the contents of every table too, not only the number of rows.")
    package var prove = false

    @Flag(name: .shortAndLong, help: "Don't ask.")
    package var yes = false

    @Flag(help: "Only show what would be done.")
    package var plan = false

    @Flag(help: "Go on even if replication slots or subscriptions of the database are lost.")
    package var breakReplication = false

    @Flag(help: "Leave gathering the planner's statistics to autovacuum.")
    package var noAnalyze = false

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func validate() throws {
        if undo {
            let others = [archive, at, into].contains { $0 != nil } || plan || !tables.isEmpty
            guard !others else {
                throw ValidationError("--undo takes no archive, no --at, no --into, no --plan and no --table")
            }
            return
        }
        guard (archive == nil) != (at == nil) else {
            throw ValidationError("give an archive, or latest, or --at TIME, or --undo")
        }
        guard !tables.isEmpty || (schema == nil && !rowsOnly) else {
            throw ValidationError("--schema and --rows-only go with --table")
        }
        // Tables are restored without owners and privileges in any case.
        guard tables.isEmpty || (into == nil && !plan && !breakReplication && !noAnalyze) else {
            throw ValidationError("--table takes no --into, --plan, --break-replication or --no-analyze")
        }
        guard schema == nil || !rowsOnly else { throw ValidationError("--schema and --rows-only exclude each other") }
        guard to == nil || into == nil else { throw ValidationError("--to and --into exclude each other") }
    }

    package func run(in context: CommandContext) async throws {
        // Tables beside those in use replace nothing.
        if !tables.isEmpty, !rowsOnly { return try await runTables(in: context) }
        guard yes || plan || context.terminal.canAnswer else {
            throw PGKeepError(
                .usage, "a restore asks before it replaces anything, and nobody can answer here",
                hint: "pgkeep restore \(undo ? "--undo" : archive ?? "--at '\(at ?? "")'")\(appending) --yes")
        }
        if rowsOnly {
            if !yes {
                let question = "Append the rows of \(tables.joined(separator: ", ")) to the tables in use?"
                guard try await context.terminal.confirm(question) else { throw RestoreCommand.notConfirmed }
            }
            return try await runTables(in: context)
        }
        try await undo ? runUndo(in: context) : runRestore(in: context)
    }

    /// `--table 'orders' --rows-only`, for a hint that does no more than what was asked for.
    private var appending: String {
        rowsOnly ? tables.map { " --table '\($0)'" }.joined() + " --rows-only" : ""
    }

    private func runRestore(in context: CommandContext) async throws {
        let request = try request(in: context)
        if plan {
            let plan = try await context.system.planRestore(request)
            try context.print(.restorePlan(plan))
            if !plan.blockers.isEmpty { throw EndsWith(.failed) }
            return
        }
        let report = try await context.metered { progress in
            try await context.system.restoreBackup(request, progress: progress) { plan in
                let text = Facts.restorePlan(plan).text(context.rendering)
                context.terminal.say(text)
                if yes { return true }
                return try await context.terminal.confirm("Go on?")
            }
        }
        guard let report else { throw RestoreCommand.notConfirmed }
        try context.print(.restored(report))
        if !report.warnings.isEmpty { throw EndsWith(.attention) }
    }

    private func runTables(in context: CommandContext) async throws {
        let request = RestoreTablesRequest(
            archive: archive, at: try moment(context.settings.timeZone), tables: tables, schema: schema,
            rowsOnly: rowsOnly, database: to, role: role, prove: prove)
        let report = try await context.metered { try await context.system.restoreTables(request, progress: $0) }
        try context.print(.restoredTables(report))
    }

    private func runUndo(in context: CommandContext) async throws {
        if !yes {
            let question = "Bring back the database that the last restore replaced?"
            guard try await context.terminal.confirm(question) else { throw RestoreCommand.notConfirmed }
        }
        try context.print(.undone(try await context.system.undoRestore(of: to)))
    }

    private static let notConfirmed = PGKeepError(.failed, "not confirmed; nothing was changed")

    private func request(in context: CommandContext) throws -> RestoreRequest {
        RestoreRequest(
            archive: archive, at: try moment(context.settings.timeZone),
            target: into.map { .create($0) } ?? .replace(to),
            prove: prove, breakReplication: breakReplication, noOwner: noOwner, noPrivileges: noPrivileges, role: role,
            analyze: !noAnalyze)
    }

    private func moment(_ zone: TimeZone) throws -> Date? {
        guard let at else { return nil }
        if let date = PointInTime.date(at, in: zone) { return date }
        throw PGKeepError(.usage, "--at is '\(at)', not a time", hint: "pgkeep restore --at 2026-01-27T12:00:00")
    }
}
