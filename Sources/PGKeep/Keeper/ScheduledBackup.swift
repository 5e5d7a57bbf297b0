import Foundation
import PGKeepModel
import PGKeepPostgres
import ServiceLifecycle
import Synchronization

/// Takes one backup that is due, once among all keepers: lock, look again, run, tell.
struct ScheduledBackup: Sendable {
    /// The database, with its own settings and talk.
    var system: BackupSystem
    var app: AppName
    var run: DueRun
    var alerts: AlertDelivery
    /// What the vault and the journal tell at the moment.
    var history: @Sendable () async throws -> RunHistory

    /// How it ended.
    enum Ending: Sendable, Equatable {
        case taken
        /// Another keeper has taken the slot.
        case takenElsewhere
        /// Another keeper is at it.
        case atWorkElsewhere
        case failed(reason: String)
        /// Something else is being done with the app's backups, or it is time to stop.
        case notNow
    }

    func take() async throws -> Ending {
        guard try RunningRun.of(app, directory: system.settings.stateDirectory) == nil else { return .notNow }
        let tail = LogTail()
        let system = system.heard(by: tail.hear)
        let lock: SlotLock?
        do {
            lock = try await slotLock()
            if lock == nil { return .atWorkElsewhere }
        } catch {
            // A keeper alone must work without the lock: what keeps it from getting one is told, and the run goes on.
            system.talk(.warning(.backup, "no lock against other keepers: \(error)"))
            lock = nil
        }
        defer { withExtendedLifetime(lock) {} }
        if let newest = try await history().newest[run.tier], newest >= run.slot { return .takenElsewhere }
        guard !Task.isShuttingDownGracefully else { return .notNow }
        let why = run.why(in: system.settings.timeZone)
        system.talk(.step(.backup, "\(run.tier.capitalized) backup of \(app): \(why)"))
        async let told: Void = alerts.runStarted(app: app, tier: run.tier)
        let ending = await backUp(system)
        await told
        if ending != .notNow {
            await alerts.runEnded(app: app, tier: run.tier, succeeded: ending == .taken, logTail: tail.text)
        }
        return ending
    }

    private func backUp(_ system: BackupSystem) async -> Ending {
        do {
            _ = try await system.takeBackup(run.tier)
            return .taken
        } catch let error as PGKeepError where error.code == .busy || error.code == .interrupted {
            return .notNow
        } catch is CancellationError {
            return .notNow
        } catch {
            return .failed(reason: "\(error)")
        }
    }

    private func slotLock() async throws -> SlotLock? {
        let server = try ConnectionString(system.settings.requireDatabaseURL().reveal())
        return try await SlotLock.take(app: app, tier: run.tier, slot: run.slot, on: server)
    }
}

/// The last lines of a run, for whoever asks how it went.
final class LogTail: Sendable {
    private static let most = 50
    private let lines = Mutex<[String]>([])

    var hear: @Sendable (HouseLine) -> Void {
        { line in
            self.lines.withLock { $0 = ($0 + ["[\(line.label.rawValue)] \(line.text)"]).suffix(LogTail.most) }
        }
    }

    var text: String { lines.withLock { $0.joined(separator: "\n") } }
}
