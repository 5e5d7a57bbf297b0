package import ArgumentParser
import PGKeep
import PGKeepModel

/// `pgkeep diff ARCHIVE [ARCHIVE|DATABASE]`.
package struct DiffCommand: HouseCommand {
    package static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Tells what changed since a backup, table by table.",
        discussion: """
            Rows and content hash of each table are compared: of two archives, which takes no more than reading their \
            indexes, or of an archive and a live database, which is read in one snapshot. Status 0: nothing changed; 3: \
            something did.

            Example: pgkeep diff latest
            Example: pgkeep diff shop_daily_backup_2026-01-26T02-00-00.sql.gz latest
            """)

    @Argument(help: "The archive to compare from: a name, a path, or latest.")
    package var archive: String

    @Argument(
        help: "Another archive, or a database by its name or URL. Without it: the database of DATABASE_URL.")
    package var other: String?

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func run(in context: CommandContext) async throws {
        let report = try await context.metered { progress in
            try await context.system.differences(between: archive, and: other, progress: progress)
        }
        try context.print(.difference(report))
        if report.differs { throw EndsWith(.attention) }
    }
}
