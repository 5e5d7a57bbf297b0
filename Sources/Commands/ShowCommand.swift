package import ArgumentParser
import PGKeep

/// `pgkeep show ARCHIVE`.
package struct ShowCommand: HouseCommand {
    package static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows what is in an archive: where it comes from, its tables, its units.",
        discussion: """
            Only the archive's index is read. The tables come by size, each with its rows and the hash of its contents. \
            A plain dump of another tool has no index and is read whole.

            Example: pgkeep show latest --units
            """)

    @Argument(help: "A name, a path, or latest; or in a vault: s3://bucket/prefix/latest.")
    package var archive: String

    @Flag(help: "Show each unit: where it lies, how long it is, its SHA-256.")
    package var units = false

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func run(in context: CommandContext) async throws {
        switch try await context.metered({ try await context.system.showBackup(archive, progress: $0) }) {
        case .archive(let index): try context.print(.index(index, eachUnit: units))
        case .dump(let contents):
            try context.print(.dump(contents))
            if !contents.problems.isEmpty { throw EndsWith(.damaged) }
        }
    }
}
