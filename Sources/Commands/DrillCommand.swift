package import ArgumentParser
import PGKeep

/// `pgkeep drill [ARCHIVE|latest] [--server URL]`.
package struct DrillCommand: HouseCommand {
    package static let configuration = CommandConfiguration(
        commandName: "drill",
        abstract: "Proves that a backup gives the database back.",
        discussion: """
            Restores it on a throw-away PostgreSQL of this machine (a Unix socket only, gone afterwards), compares every \
            table's rows and contents, every sequence, large object and definition with what was backed up, and asks the \
            questions of BACKUP_DRILL_CHECKS. If all is well the proof is kept beside the archive, signed with the key of \
            BACKUP_SIGNING_KEY_FILE. Status 4: something differs; 1: it can't be restored, or a check failed; 8: not \
            drilled, because the server lacks something, such as an extension. --json prints the proof.

            Example: pgkeep drill latest
            Example: pgkeep drill latest --server postgresql://staging.example.com/postgres
            """)

    @Argument(help: "A name, a path, or latest.")
    package var archive = "latest"

    @Option(
        help: ArgumentHelp(
            "Restore into a side database of this server instead, which is dropped afterwards.", valueName: "url"))
    package var server: String?

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func run(in context: CommandContext) async throws {
        try await DrillCommand.drill(archive, server: server, in: context)
    }

    /// Holds the drill, prints what it came to, and ends with its status.
    static func drill(_ archive: String, server: String? = nil, in context: CommandContext) async throws {
        let report = try await context.metered {
            try await context.system.drill(archive, server: server, progress: $0)
        }
        try context.print(.drilled(report))
        try report.endIfFailed()
    }
}

extension DrillReport {
    func endIfFailed() throws {
        guard proof.verdict == .failed else { return }
        throw EndsWith(isDamage ? .damaged : .failed)
    }
}
