package import ArgumentParser
import PGKeep

/// `pgkeep unpin ARCHIVE`.
package struct UnpinCommand: HouseCommand {
    package static let configuration = CommandConfiguration(
        commandName: "unpin",
        abstract: "Gives a pinned backup back to retention.",
        discussion: """
            Example: pgkeep unpin shop_daily_backup_2026-01-27T02-00-00.sql.gz
            """)

    @Argument(help: "A name, a path, or latest.")
    package var archive: String

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func run(in context: CommandContext) async throws {
        try context.print(.marked(try await context.system.unpinBackup(archive)))
    }
}
