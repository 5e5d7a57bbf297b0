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
            kept, each has its turn, whether or not another one's backup fails; --app chooses one. With --prove the \
            backup is drilled at once, as by pgkeep drill, and a drill that fails ends with that command's status.

            Example: pgkeep backup daily --compression zstd:3
            """)

    @Argument(help: "The tier, which says how long the backup is kept.")
    package var tier: Tier = .manual

    @Flag(help: "Drill the backup at once: restore it on a throw-away server and compare everything.")
    package var prove = false

    @Option(help: ArgumentHelp("true, false, gzip:1-12 or zstd:1-19. (BACKUP_COMPRESSION)", valueName: "compression"))
    package var compression: String?

    @OptionGroup package var common: CommonOptions

    package init() {}

    package var flags: [String: String] { compression.map { ["BACKUP_COMPRESSION": $0] } ?? [:] }

    package func run(in context: CommandContext) async throws {
        if context.settings.databases.isSeveral { return try await runEach(in: context) }
        let (report, drill) = try await context.metered { try await take(with: context.system, $0) }
        // The backup is there, whatever the drill says; as JSON there is one document, and that a failure's own.
        if case .failure(let error)? = drill, context.isJSON { throw error }
        try context.print(.taken(report))
        try drill?.get().endIfFailed()
        if report.needsAttention { throw EndsWith(.attention) }
    }

    /// Takes the backup, and drills it if that is wanted.
    private func take(
        with system: BackupSystem, _ progress: PGKeep.Progress
    ) async throws -> (BackupReport, Result<DrillReport, any Error>?) {
        var report = try await system.createBackup(tier, progress: progress)
        guard prove else { return (report, nil) }
        do {
            let drill = try await system.drill(report.backup.name, progress: progress)
            if drill.isKept { report.backup.provenAt = drill.proof.at }
            return (report, .success(drill))
        } catch {
            return (report, .failure(error))
        }
    }

    private func runEach(in context: CommandContext) async throws {
        var turns: [BackupTurn] = []
        for database in try await context.settings.keptDatabases().databases {
            let turn = await BackupTurn.take(database.app) {
                let (report, drill) = try await context.metered {
                    try await take(with: context.turn(of: database), $0)
                }
                if let reason = try drill?.get().proof.reason {
                    throw PGKeepError(.failed, "\(report.backup.name) is not proven", cause: reason)
                }
                return report
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
