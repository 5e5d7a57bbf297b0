package import Foundation
package import Logging
package import PGKeep

/// What a command works with: the settings, the library, the terminal, the time.
package struct CommandContext: Sendable {
    package let settings: Settings
    package let system: BackupSystem
    package let terminal: Terminal
    package let isJSON: Bool
    package let now: Date
    package let logger: Logger
    /// Reads the settings anew, from where they came.
    package let reload: @Sendable () async throws -> Settings

    package init(
        _ options: CommonOptions, flags: [String: String] = [:], environment: [String: String]? = nil,
        directory: String = ".", terminal: Terminal = Terminal(), now: Date = Date()
    ) async throws {
        reload = {
            try await Settings.load(
                flags: options.flags.merging(flags) { _, new in new }, environment: environment,
                envFile: options.envFile, configFile: options.config, directory: directory)
        }
        settings = try await reload()
        self.terminal = terminal
        self.now = now
        isJSON = options.json
        logger = Logger(label: "pgkeep") { _ in TerminalLogHandler(terminal) }
        system = BackupSystem(settings: settings, logger: logger)
        for warning in settings.warnings { terminal.say("pgkeep: warning: \(warning)") }
    }

    /// The same for one of several databases, whose turn it is.
    func turn(of database: KeptDatabases.Database) -> BackupSystem {
        Talk(logger)(.step(.backup, "Database: \(database.app)"))
        return BackupSystem(settings: database.settings, logger: logger)
    }

    var rendering: Rendering { Rendering(timeZone: settings.timeZone, now: now) }

    /// Prints facts, for people or as JSON.
    package func print(_ facts: Facts) throws {
        terminal.print(isJSON ? try facts.json() : facts.text(rendering))
    }

    /// Runs long work with a meter on the terminal.
    package func metered<Value: Sendable>(
        _ work: @Sendable (PGKeep.Progress) async throws -> Value
    ) async throws -> Value {
        let progress = PGKeep.Progress()
        return try await ProgressMeter(progress, on: terminal).during { try await work(progress) }
    }
}
