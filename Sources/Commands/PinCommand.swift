package import ArgumentParser
import PGKeep

/// `pgkeep pin ARCHIVE`.
package struct PinCommand: HouseCommand {
    package static let configuration = CommandConfiguration(
        commandName: "pin",
        abstract: "Keeps a backup whatever its age.",
        discussion: """
            A pinned backup is never removed by retention.

            Example: pgkeep pin latest
            """)

    @Argument(help: "A name, a path, or latest.")
    package var archive: String

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func run(in context: CommandContext) async throws {
        try context.print(.marked(try await context.system.pinBackup(archive)))
    }
}
