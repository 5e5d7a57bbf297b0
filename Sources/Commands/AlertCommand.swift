package import ArgumentParser
import PGKeep

/// `pgkeep alert test`.
package struct AlertCommand: HouseCommand {
    /// What to do with the channels of alerts.
    package enum Action: String, ExpressibleByArgument, CaseIterable, Sendable {
        case test
    }

    package static let configuration = CommandConfiguration(
        commandName: "alert",
        abstract: "Sends a test to every channel of alerts.",
        discussion: """
            Each channel of BACKUP_ALERTS gets one notice, which says that it is a test; a line a channel tells how that \
            went. Status 0 if all took it, 1 if some did not, 78 if none is set.

            Example: pgkeep alert test
            """)

    @Argument(help: "test: send one.")
    package var action: Action

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func run(in context: CommandContext) async throws {
        let reports = try await context.system.testAlerts()
        try context.print(.alertsTested(reports))
        if reports.contains(where: { !$0.ok }) { throw EndsWith(.failed) }
    }
}
