package import ArgumentParser
import PGKeep

/// `pgkeep demo`.
package struct DemoCommand: HouseCommand {
    package static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Shows a backup, a loss and a restore on a server of its own.",
        discussion: """
            Starts a PostgreSQL server in a temporary folder, fills a database, backs it up, damages it, restores it, and \
            proves that it is equal. Nothing else on the machine is touched.

            Example: pgkeep demo
            """)

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func run(in context: CommandContext) async throws {
        try await context.metered { progress in try await context.system.demo(progress: progress) }
    }
}
