import Foundation
import PGKeepModel
import PGKeepPostgres
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
    enum Ending: Sendable {
        case taken
        /// Another keeper had taken the slot.
        case takenElsewhere
        case failed
        /// Something else is being done with the app's backups: later.
        case notNow
    }

    func take() async throws -> Ending {
        let tail = LogTail()
        let system = system.heard(by: tail.hear)
        system.talk(
            .step(.backup, "\(run.tier.capitalized) backup of \(app): \(run.why(in: system.settings.timeZone))"))
        let lock = await slotLock(system)
        defer { withExtendedLifetime(lock) {} }
        if let newest = try await history().newest[run.tier], newest >= run.slot {
            system.talk(.step(.backup, "\(run.tier.capitalized) backup of \(app) was taken by another keeper"))
            try system.record(
                JournalEvent(
                    .yield,
                    details: [
                        "app": .string(app.text), "tier": .string(run.tier.rawValue), "slot": .string(run.slot.iso8601),
                    ]))
            return .takenElsewhere
        }
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
            _ = try await system.createBackup(run.tier)
            return .taken
        } catch let error as PGKeepError where error.code == .busy || error.code == .interrupted {
            return .notNow
        } catch {
            return .failed
        }
    }

    /// A keeper alone must work without the lock: whatever keeps it from getting one is told, and the run goes on.
    private func slotLock(_ system: BackupSystem) async -> SlotLock? {
        do {
            let server = try ConnectionString(system.settings.requireDatabaseURL().reveal())
            return try await SlotLock.take(app: app, tier: run.tier, slot: run.slot, on: server) {
                system.talk(.step(.backup, "Another keeper is at it; waiting until it is done"))
            }
        } catch {
            system.talk(.warning(.backup, "no lock against other keepers: \(error)"))
            return nil
        }
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
