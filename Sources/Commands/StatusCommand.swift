package import ArgumentParser
import PGKeep

/// `pgkeep status`.
package struct StatusCommand: HouseCommand {
    package static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Tells whether everything is protected, and what isn't.",
        discussion: """
            Looks at the backup folder and the journal; no server is asked. Without an app's name and DATABASE_URL every \
            app in the folder is told. Ends with status 3 if something needs attention.

            Example: pgkeep status
            """)

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func run(in context: CommandContext) async throws {
        let facts = try await context.system.protection()
        try context.print(.protection(facts))
        if !facts.conditions.isEmpty { throw EndsWith(.attention) }
    }
}
