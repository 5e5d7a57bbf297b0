package import ArgumentParser
import PGKeep

/// `pgkeep stats`.
package struct StatsCommand: HouseCommand {
    package static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Tells how many backups there are, how big, how old, and how well known.",
        discussion: """
            Example: pgkeep stats
            Example: pgkeep stats --vault s3://bucket/prefix
            """)

    @OptionGroup package var place: VaultOption

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func run(in context: CommandContext) async throws {
        let system = context.system
        guard let address = try place.address else { return try context.print(.stats(try await system.backupStats())) }
        try context.print(.stats(try await system.backupStats(in: address)))
    }
}
