package import ArgumentParser
import PGKeep

/// `pgkeep remove ARCHIVE [--force]`.
package struct RemoveCommand: HouseCommand {
    package static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Removes one backup by hand.",
        discussion: """
            The last good backup, and a pinned one, are only removed with --force. Its copies in the vaults of \
            BACKUP_VAULTS go with it, every version of them; of one that is locked it is told until when, with status 3. \
            Of a backup that vanished it writes down that somebody knows, and leaves the copies.

            Example: pgkeep remove shop_manual_backup_2026-01-27T02-00-00.sql.gz
            """)

    @Argument(help: "The archive's name.")
    package var archive: String

    @Flag(help: "Remove it even if it is the last good one, or pinned.")
    package var force = false

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func run(in context: CommandContext) async throws {
        let report = try await context.system.removeBackup(archive, force: force)
        try context.print(.removed(report))
        if report.needsAttention { throw EndsWith(.attention) }
    }
}
