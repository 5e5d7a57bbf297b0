package import ArgumentParser
import PGKeep

/// `pgkeep cleanup [--dry-run]`.
package struct CleanupCommand: HouseCommand {
    package static let configuration = CommandConfiguration(
        commandName: "cleanup",
        abstract: "Removes the backups that retention no longer keeps.",
        discussion: """
            Says for each backup whether it is kept or removed, and why. With --dry-run nothing is removed.

            Example: pgkeep cleanup --dry-run
            """)

    @Flag(help: "Only show what would be removed.")
    package var dryRun = false

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func run(in context: CommandContext) async throws {
        let report = try await context.system.cleanupOldBackups(dryRun: dryRun)
        try context.print(.cleaned(report, isDryRun: dryRun))
        if report.needsAttention { throw EndsWith(.attention) }
    }
}
