import Hummingbird
package import Logging
import NIOCore
package import PGKeepModel
import ServiceLifecycle

/// Answers HTTP for a keeper until it is told to stop.
package struct KeeperServer: Service {
    private let address: ListenAddress
    private let pages: KeeperPages
    private let logger: Logger

    package init(_ address: ListenAddress, pages: KeeperPages, logger: Logger) {
        self.address = address
        self.pages = pages
        self.logger = logger
    }

    package func run() async throws {
        // Each request at its own level is nobody's business here.
        var quiet = logger
        quiet.logLevel = .error
        let application = Application(
            router: pages.router(),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host, port: address.port), serverName: "pgkeep"),
            onServerRunning: { [logger, address] _ in
                logger.info("Listening on \(address)", metadata: ["label": "Backup"])
            },
            logger: quiet)
        do {
            try await application.run()
        } catch let error as IOError {
            throw PGKeepError(
                .failed, "could not listen on \(address)", cause: "\(error)",
                hint: "BACKUP_LISTEN=127.0.0.1:8018 pgkeep serve   (or: ss -ltnp 'sport = :\(address.port)')")
        }
    }
}
