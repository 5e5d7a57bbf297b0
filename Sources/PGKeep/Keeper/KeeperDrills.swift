import Foundation
import PGKeepModel
import PGKeepPostgres
import ServiceLifecycle
import Synchronization

/// Holds the drills that are due, one after the other, beside the backups: a drill takes long, and a backup waits for none.
final class KeeperDrills: Sendable {
    private let outlook: KeeperOutlook
    private let clock: KeeperClock
    private let startedAt: Date
    /// Slots that were done, in case that can't be written down.
    private let done = Mutex<[AppName: Date]>([:])

    /// After so long one looks again in any case: the clock or what the vault holds may have changed.
    private static let patience: TimeInterval = 3600
    /// How soon to ask whether another keeper is done.
    private static let breath: TimeInterval = 300

    init(_ outlook: KeeperOutlook, clock: KeeperClock, startedAt: Date) {
        self.outlook = outlook
        self.clock = clock
        self.startedAt = startedAt
    }

    /// Gives each database its turn; gives back when something may be due next.
    func holdWhatIsDue(_ system: BackupSystem) async -> Date {
        let databases = outlook.knownDatabases
        // While the server can't be asked which there are, none is known.
        var next = clock.now().addingTimeInterval(databases.isEmpty ? KeeperDrills.breath : KeeperDrills.patience)
        for database in databases {
            if Task.isShuttingDownGracefully { break }
            let own = system.with(database.settings)
            do {
                if let soon = try await turn(own, database.app) { next = min(next, soon) }
            } catch {
                own.talk(.warning(.drill, "what is due of \(database.app) can't be told: \(error)"))
            }
        }
        return next
    }

    /// Gives when to look again, if that is to be soon.
    private func turn(_ system: BackupSystem, _ app: AppName) async throws -> Date? {
        guard system.settings.drillSchedule != nil else { return nil }
        let history = try await outlook.drillHistory(system, app, startedAt: startedAt)
        let turn = DrillTurn(
            system.settings.drillSchedule, in: system.settings.timeZone, history, now: clock.now())
        guard let archive = turn.archive, let slot = turn.slot, done.withLock({ $0[app] }) != slot else {
            return turn.next
        }
        let lock: SlotLock?
        do {
            lock = try await SlotLock.take(
                "pgkeep \(app) drill \(slot.iso8601)",
                on: ConnectionString(system.settings.requireDatabaseURL().reveal()))
            // Another keeper is at it: its proof, or its absence, tells the rest.
            if lock == nil { return clock.now().addingTimeInterval(KeeperDrills.breath) }
        } catch {
            // A drill needs no server but its own.
            system.talk(.warning(.drill, "no lock against other keepers: \(error)"))
            lock = nil
        }
        defer { withExtendedLifetime(lock) {} }
        system.talk(
            .step(.drill, "Drill of \(app): scheduled for \(LocalTime.text(slot, in: system.settings.timeZone))"))
        do {
            // A drill can be held again; whoever stops waits for none.
            _ = try await cancelWhenGracefulShutdown { try await system.drill(archive) }
        } catch let error as PGKeepError where error.code == .busy {
            return clock.now().addingTimeInterval(KeeperDrills.breath)
        } catch {
            // It was told, and stands in the journal, from which the alerts have it.
        }
        if !Task.isShuttingDownGracefully { done.withLock { $0[app] = slot } }
        outlook.lookSoon()
        return turn.next
    }
}
