package import ArgumentParser
import PGKeep

/// `pgkeep settings [check]`.
package struct SettingsCommand: HouseCommand {
    /// What to do with the settings.
    package enum Action: String, ExpressibleByArgument, CaseIterable, Sendable {
        case check
    }

    package static let configuration = CommandConfiguration(
        commandName: "settings",
        abstract: "Shows every setting, its value and where it was set; or checks them.",
        discussion: """
            Passwords are not shown. Everything that is wrong is told at once, with status 78.

            Example: pgkeep settings check
            """)

    @Argument(help: "check: only tell what is wrong.")
    package var action: Action?

    @OptionGroup package var common: CommonOptions

    package init() {}

    /// What is wrong was thrown while the context was made.
    package func run(in context: CommandContext) async throws {
        if action == nil { try context.print(.settings(context.settings.resolved)) }
        guard action == .check else { return }
        context.terminal.say("pgkeep: the settings are valid")
        if !context.settings.warnings.isEmpty { throw EndsWith(.attention) }
    }
}
