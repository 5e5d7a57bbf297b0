package import ArgumentParser
import PGKeep

/// `pgkeep sync [--dry-run] [--check]`.
package struct SyncCommand: HouseCommand {
    package static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Makes the copies that are missing in other vaults, and says what is missing where.",
        discussion: """
            Each vault of BACKUP_VAULTS is listed and compared with the backup folder; what is missing is copied, newest \
            first, compared with its original, and written into the journal. A copy that is not what it should be is made \
            anew, if nothing is lost by that. Retention then does its work there. With --dry-run nothing is changed. Ends \
            with status 3 if something is or stays missing, 6 if another run is making copies.

            Example: pgkeep sync --dry-run
            """)

    @Flag(help: "Only show what is missing where.")
    package var dryRun = false

    @Flag(help: "Compare the copies that are there with their originals too: by the store's hash, or parts of them.")
    package var check = false

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func run(in context: CommandContext) async throws {
        var reports: [SyncReport] = []
        if context.settings.databases.isSeveral {
            for database in try await context.settings.keptDatabases().databases
            where !database.settings.vaults.isEmpty {
                reports.append(try await sync(context.turn(of: database), context))
            }
        } else {
            reports.append(try await sync(context.system, context))
        }
        try context.print(.synced(reports, isOne: !context.settings.databases.isSeveral))
        if reports.contains(where: \.needsAttention) { throw EndsWith(.attention) }
    }

    private func sync(_ system: BackupSystem, _ context: CommandContext) async throws -> SyncReport {
        try await context.metered { progress in
            try await system.syncCopies(dryRun: dryRun, comparing: check, progress: progress)
        }
    }
}
