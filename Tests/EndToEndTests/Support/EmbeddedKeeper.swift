import Foundation
import Logging
import PGKeep
import PGKeepModel
import ServiceLifecycle
import Testing

/// A keeper in this process, in whatever time it is told.
enum EmbeddedKeeper {
    /// Runs a keeper while `body` moves the time, then stops it as a signal would.
    static func run(_ settings: Settings, _ time: SimulatedTime, _ body: () async throws -> Void) async throws {
        let logger = Logger(label: "keeper") { _ in SwiftLogNoOpLogHandler() }
        let system = BackupSystem(settings: settings, logger: logger, now: time.clock.now)
        let keeper = Keeper(system, clock: time.clock) { settings }
        let group = ServiceGroup(services: [keeper], logger: logger)
        async let life: Void = group.run()
        do {
            try await body()
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await life
    }
}

extension Sandbox {
    /// Tier and time of each archive, the oldest first.
    func tiers() throws -> [String] {
        try archives().keys.compactMap { ArchiveName($0) }.sorted { $0.createdAt < $1.createdAt }
            .map { "\($0.tier.rawValue) \($0.createdAt.iso8601.prefix(19).replacing(":", with: "-"))" }
    }
}

extension Receiver {
    /// What was told of one kind, to ten minutes: whoever looks every other minute sees it a little later.
    func told(_ kind: String) throws -> [String] {
        try requests("/hook").map { try $0.object }.filter { $0["kind"] as? String == kind }.map {
            "\($0["event"] as? String ?? "") \(($0["at"] as? String ?? "").prefix(15))"
        }
    }
}
