package import ArgumentParser
package import PGKeep

/// `pgkeep checklist`.
package struct ChecklistCommand: HouseCommand {
    package static let configuration = CommandConfiguration(
        commandName: "checklist",
        abstract: "Goes through what is due each week, month, quarter or year, and reports it.",
        discussion: """
            Reads every archive of the time whole, restores and compares, looks at copies, locks, retention, sizes and the \
            journal. A longer checklist holds the shorter ones. What can't be done here is told as not done, with the \
            reason. `--report` writes one HTML page that prints, and the same as JSON. Ends with status 3 if something failed.

            Example: pgkeep checklist month --report reports/
            """)

    @Argument(help: "week, month, quarter or year.")
    package var period = ChecklistPeriod.week

    @Option(help: ArgumentHelp("Write the report as HTML and as JSON into this folder.", valueName: "folder"))
    package var report: String?

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func run(in context: CommandContext) async throws {
        var hasFailures = false
        for database in try await context.settings.keptDatabases().databases {
            let system = context.settings.databases.isSeveral ? context.turn(of: database) : context.system
            let found = try await context.metered { try await system.checklist(period, progress: $0) }
            hasFailures = hasFailures || found.hasFailures
            try context.print(.checklist(found))
            if let report {
                for path in try found.write(to: report) { context.terminal.say("Report: \(path)") }
            }
        }
        if hasFailures { throw EndsWith(.attention) }
    }
}
