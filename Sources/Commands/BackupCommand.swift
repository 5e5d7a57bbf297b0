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
            backups are cleaned up. A manual backup is kept until it is removed by hand. If several databases are \
            kept, each has its turn, whether or not another one's backup fails; --app chooses one.

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
        if context.settings.databases.isSeveral { return try await runEach(in: context) }
        let report = try await context.metered { progress in
            try await context.system.createBackup(tier, progress: progress)
        }
        try context.print(.taken(report))
        if report.needsAttention { throw EndsWith(.attention) }
    }

    private func runEach(in context: CommandContext) async throws {
        var turns: [BackupTurn] = []
        for database in try await context.settings.keptDatabases().databases {
            let turn = await BackupTurn.take(database.app) {
                try await context.metered { progress in
                    try await context.turn(of: database).createBackup(tier, progress: progress)
                }
            }
            if Task.isCancelled { throw CancellationError() }
            if let words = turn.words { context.terminal.say(words) }
            if !context.isJSON, let path = turn.path { context.terminal.print(path) }
            turns.append(turn)
        }
        if context.isJSON { try context.print(.takenEach(turns)) }
        let failed = turns.filter { $0.path == nil }.map(\.app.text)
        guard failed.isEmpty else {
            context.terminal.say(
                "pgkeep: error: \(failed.count) of \(Figures.count(turns.count, "database")) failed: "
                    + failed.joined(separator: ", "))
            throw EndsWith(.failed)
        }
        if turns.contains(where: \.needsAttention) { throw EndsWith(.attention) }
    }
}
