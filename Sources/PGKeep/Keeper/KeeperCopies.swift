import Foundation
import PGKeepModel
import ServiceLifecycle
import Synchronization

/// A keeper's care for copies: made as soon as there is something to copy, tried again until they are there, and looked
/// at now and then, since somebody may delete them.
final class KeeperCopies: Sendable {
    private let clock: KeeperClock
    private let turns = Mutex<[AppName: Turn]>([:])
    private let wanted = Mutex<Set<AppName>>([])
    /// As long as the settings hold.
    private let places = Mutex<VaultPlaces?>(nil)
    /// As long as it takes: a vault may be away for weeks.
    private static let retries = RetryPolicy(retries: .max)
    private static let interval: TimeInterval = 1800
    /// How soon to ask whether somebody else is done.
    private static let breath: TimeInterval = 60

    private struct Turn: Sendable {
        var failures = 0
        var next: Date
    }

    init(clock: KeeperClock) { self.clock = clock }

    /// There is something to copy.
    func want(_ app: AppName) { wanted.withLock { _ = $0.insert(app) } }
    var isWanted: Bool { wanted.withLock { !$0.isEmpty } }

    /// Settings changed: everything is looked at anew.
    func askAgain() {
        turns.withLock { $0 = [:] }
        places.withLock { $0 = nil }
    }

    /// Gives each app that is due its turn; when to come back.
    func round(_ databases: [KeptDatabases.Database], _ system: BackupSystem) async -> Date {
        // While the server can't be asked which there are, none is known.
        let pause = databases.isEmpty ? KeeperCopies.breath : KeeperCopies.interval
        var next = clock.now().addingTimeInterval(pause)
        let places = places.withLock { known in
            let places = known ?? system.vaultPlaces
            known = places
            return places
        }
        places.forget()
        for database in databases where !database.settings.vaults.isEmpty {
            guard !Task.isShuttingDownGracefully else { break }
            let isWanted = wanted.withLock { $0.remove(database.app) != nil }
            let due = turns.withLock { $0[database.app]?.next } ?? .distantPast
            // A clock that was put back must not make anybody wait for what it told before.
            if !isWanted, due > clock.now(), due < clock.now().addingTimeInterval(2 * KeeperCopies.interval) {
                next = min(next, due)
                continue
            }
            next = min(next, await turn(of: database, system.with(database.settings), places))
        }
        // What was wanted of apps that have no vaults, or are gone.
        if !databases.isEmpty, !Task.isShuttingDownGracefully {
            let apps = Set(databases.filter { !$0.settings.vaults.isEmpty }.map(\.app))
            wanted.withLock { $0.formIntersection(apps) }
        }
        return next
    }

    private func turn(of database: KeptDatabases.Database, _ system: BackupSystem, _ places: VaultPlaces) async -> Date
    {
        do {
            let report = try await system.sync(
                database.app, .make(comparing: false), places: places,
                isStopping: { Task.isCancelled || Task.isShuttingDownGracefully })
            return settle(database.app, failed: report.isToBeTriedAgain)
        } catch let error as PGKeepError where error.code == .busy {
            return later(database.app, KeeperCopies.breath)
        } catch is CancellationError {
            return later(database.app, KeeperCopies.breath)
        } catch {
            system.talk(.warning(.backup, "no copies of \(database.app) were made: \(error)"))
            return settle(database.app, failed: true)
        }
    }

    private func settle(_ app: AppName, failed: Bool) -> Date {
        let now = clock.now()
        return turns.withLock { turns in
            let failures = failed ? (turns[app]?.failures ?? 0) + 1 : 0
            let pause = failed ? KeeperCopies.retries.pause(after: failures)?.seconds : nil
            let next = now.addingTimeInterval(pause ?? KeeperCopies.interval)
            turns[app] = Turn(failures: failures, next: next)
            return next
        }
    }

    private func later(_ app: AppName, _ pause: TimeInterval) -> Date {
        let next = clock.now().addingTimeInterval(pause)
        turns.withLock { $0[app] = Turn(failures: $0[app]?.failures ?? 0, next: next) }
        return next
    }
}
