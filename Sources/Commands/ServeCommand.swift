package import ArgumentParser
import Logging
import PGKeep
import PGKeepDashboard
import ServiceLifecycle
import UnixSignals

/// `pgkeep serve`.
package struct ServeCommand: HouseCommand {
    package static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Keeps the databases: takes backups on schedule, watches over them, and alerts.",
        discussion: """
            Runs until SIGTERM or Ctrl-C, which let a run that is under way end within BACKUP_STOP_TIMEOUT. SIGHUP \
            reads the settings anew. Answers /healthz, /livez and /metrics on BACKUP_LISTEN.

            Example: pgkeep serve --config /etc/pgkeep/pgkeep.yaml
            """)

    @OptionGroup package var common: CommonOptions

    package init() {}

    /// Signals are the keeper's own: they stop it in its own time.
    package func run() async throws { try await run(in: CommandContext(common, flags: flags)) }

    package func run(in context: CommandContext) async throws {
        HeapMemory.useFewHeaps()
        let keeper = Keeper(context.system, reload: context.reload)
        var services: [any Service] = [HangUps(keeper: keeper), keeper]
        if let address = context.settings.listen {
            let pages = KeeperPages(
                lapses: { try await keeper.lapses() },
                metrics: { try await keeper.facts().metrics })
            services.insert(KeeperServer(address, pages: pages, logger: context.logger), at: 0)
        }
        var quiet = context.logger
        quiet.logLevel = .error
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        configuration.maximumGracefulShutdownDuration = context.settings.stopTimeout
        try await ServiceGroup(configuration: configuration).run()
    }
}

/// SIGHUP: the settings are read again.
private struct HangUps: Service {
    let keeper: Keeper

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            await keeper.settingsChanged()
        }
    }
}
