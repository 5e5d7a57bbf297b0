package import ArgumentParser
import PGKeep

/// `pgkeep list`.
package struct ListCommand: HouseCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the backups, newest first.",
        discussion: """
            The list is read from the backup folder itself. No server is asked if the app's name is set; otherwise the \
            database's name in DATABASE_URL gives it.

            Example: pgkeep list --json | jq -r '.[0].name'
            """)

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func run(in context: CommandContext) async throws {
        try context.print(.backups(try await context.system.listBackups()))
    }
}
