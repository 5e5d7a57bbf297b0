package import ArgumentParser
import PGKeep

/// `pgkeep accept ARCHIVE`.
package struct AcceptCommand: HouseCommand {
    package static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: "Accepts a suspect backup as good.",
        discussion: """
            A suspect backup, one whose size or rows collapsed, freezes the deletion of older ones until it is accepted \
            or removed.

            Example: pgkeep accept latest
            """)

    @Argument(help: "A name, a path, or latest.")
    package var archive: String

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func run(in context: CommandContext) async throws {
        try context.print(.marked(try await context.system.acceptBackup(archive)))
    }
}
