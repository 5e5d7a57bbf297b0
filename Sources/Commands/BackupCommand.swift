package import ArgumentParser
import PGKeep
package import PGKeepModel

/// `pgkeep backup [daily|weekly|monthly|manual]`.
package struct BackupCommand: HouseCommand {
    package static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Takes a backup.",
        discussion: """
            Writes one file, complete or not at all, into the backup folder, and prints its path. Afterwards old \
            backups are cleaned up. A manual backup is kept until it is removed by hand.

            Example: pgkeep backup daily --compression zstd:3
            """)

    @Argument(help: "The tier, which says how long the backup is kept.")
    package var tier: Tier = .manual

    @Option(help: ArgumentHelp("true, false, gzip:1-12 or zstd:1-19. (BACKUP_COMPRESSION)", valueName: "compression"))
    package var compression: String?

    @OptionGroup package var common: CommonOptions

    package init() {}

    package var flags: [String: String] { compression.map { ["BACKUP_COMPRESSION": $0] } ?? [:] }

    package func run(in context: CommandContext) async throws {
        let report = try await context.metered { progress in
            try await context.system.createBackup(tier, progress: progress)
        }
        try context.print(.taken(report))
        if report.backup.suspect || report.cleanup.needsAttention { throw EndsWith(.attention) }
    }
}
