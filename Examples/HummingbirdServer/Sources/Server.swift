import Hummingbird
import Logging
import PGKeep
import ServiceLifecycle
import UnixSignals

/// A web server that keeps its own database.
@main
struct Server {
    static func main() async throws {
        let logger = Logger(label: "server")
        let settings = try await Settings.load()
        let backups = BackupSystem(settings: settings, logger: logger)
        for condition in try await backups.initializeBackupSystem() {
            logger.warning("\(condition.message)")
        }

        let port = Environment().get("PORT", as: Int.self) ?? 8080
        let server = Application(
            router: router(backups),
            // Nobody is asked for a password: not for the open network.
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)), logger: logger)

        // Stopped from the last to the first: requests end, then a backup that is under way.
        var group = ServiceGroupConfiguration(
            services: [backups, server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = settings.stopTimeout
        try await ServiceGroup(configuration: group).run()
    }

    /// Lists the backups, and takes one by hand.
    static func router(_ backups: BackupSystem) -> Router<BasicRequestContext> {
        let router = Router()
        router.get("/backups") { _, _ in try await backups.listBackups() }
        router.post("/backups") { _, _ in
            do {
                let report = try await backups.createBackup(.manual)
                return EditedResponse(status: .created, response: [report.backup])
            } catch let error as PGKeepError {
                throw HTTPError(.serviceUnavailable, message: "\(error)")
            }
        }
        return router
    }
}
