package import ArgumentParser
import PGKeep

/// `pgkeep stats`.
package struct StatsCommand: HouseCommand {
    package static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Tells how many backups there are, how big, how old, and how well known.",
        discussion: "Example: pgkeep stats")

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func run(in context: CommandContext) async throws {
        try context.print(.stats(try await context.system.backupStats()))
    }
}
