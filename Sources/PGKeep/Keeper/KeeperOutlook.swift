import Foundation
import PGKeepModel
import Synchronization

/// What a keeper sees: the databases, what is due of each, and what is wrong.
final class KeeperOutlook: Sendable {
    private let talk: Talk
    private let clock: KeeperClock
    private let sight = Mutex(Sight())
    private let presence: KeeperPresence

    /// What was seen last.
    private struct Sight {
        var watchers: [String: Watcher] = [:]
        var databases: KeptDatabases?
        /// Databases that are no longer on the server, since when.
        var vanished: [AppName: Date] = [:]
        var unreachable: Condition?
        var isLookWanted = false
    }

    init(talk: Talk, clock: KeeperClock) {
        self.talk = talk
        self.clock = clock
        presence = KeeperPresence(clock: clock)
    }

    func lookSoon() { sight.withLock { $0.isLookWanted = true } }
    var isLookWanted: Bool { sight.withLock(\.isLookWanted) }

    func alerts(_ system: BackupSystem) -> AlertDelivery {
        AlertDelivery(settings: system.settings, talk: talk, now: clock.now)
    }

    /// Settings were read again: nothing that was made with the old ones is used any more.
    func settingsChanged() {
        sight.withLock { $0.watchers = [:] }
        presence.askAgain()
        lookSoon()
    }

    // MARK: Databases

    /// The databases kept now; while the server can't be asked, those of the last time.
    func databases(_ system: BackupSystem) async -> KeptDatabases {
        do {
            let found = try await system.settings.keptDatabases()
            let now = clock.now()
            let changed = sight.withLock { sight in
                defer { sight.databases = found }
                for app in sight.databases.map(found.vanished) ?? [] { sight.vanished[app] = now }
                for database in found.databases { sight.vanished[database.app] = nil }
                sight.unreachable = nil
                return sight.databases?.databases.map(\.app) != found.databases.map(\.app)
            }
            if changed { presence.askAgain() }
            return found
        } catch {
            let hint = (error as? PGKeepError)?.hint
            let now = clock.now()
            return sight.withLock { sight in
                sight.unreachable = Condition(
                    .databaseMissing, app: nil, message: "the databases to keep can't be listed: \(error)", hint: hint,
                    since: sight.unreachable?.since ?? now)
                return sight.databases ?? KeptDatabases(databases: [])
            }
        }
    }

    /// What to say when there is nothing to keep.
    var whyNoDatabases: String { sight.withLock(\.unreachable)?.message ?? "there is no database to keep" }

    // MARK: What is due

    func history(_ system: BackupSystem, _ app: AppName, startedAt: Date) async throws -> RunHistory {
        try await watcher(system).history(of: app, startedAt: startedAt)
    }

    func due(_ system: BackupSystem, _ app: AppName, startedAt: Date) async throws -> DueRuns {
        DueRuns(
            of: system.settings.schedules, in: system.settings.timeZone,
            retries: RetryPolicy(retries: system.settings.retries),
            history: try await history(system, app, startedAt: startedAt), now: clock.now())
    }

    // MARK: What is wrong

    /// The facts of all databases, whichever folders they are kept in.
    func look(_ system: BackupSystem, startedAt: Date) async throws -> ProtectionFacts {
        sight.withLock { $0.isLookWanted = false }
        let databases = sight.withLock(\.databases)?.databases ?? []
        let places = Dictionary(grouping: databases) { KeeperOutlook.place($0.settings) }
        var facts: ProtectionFacts?
        for (_, databases) in places.sorted(by: { $0.key < $1.key }) {
            guard let first = databases.first else { continue }
            let apps = databases.map { database in
                WatchedApp(database.app, settings: database.settings, nextRuns: nextRuns(database.settings))
            }
            let found = try await watcher(system.with(first.settings)).look(at: apps)
            facts = facts.map { $0.joined(with: found) } ?? found
        }
        if let facts { return facts }
        return try await watcher(system).look(at: [])
    }

    /// Everything that is wrong now, troubles with other keepers included.
    func conditions(_ system: BackupSystem, startedAt: Date) async -> [Condition] {
        let databases = sight.withLock(\.databases) ?? KeptDatabases(databases: [])
        return await presence.conditions(system, databases) + troubles(system, startedAt: startedAt)
    }

    /// What is wrong with databases and backups; other keepers are neither asked nor told.
    func troubles(_ system: BackupSystem, startedAt: Date) async -> [Condition] {
        var conditions: [Condition] = []
        let (vanished, unreachable) = sight.withLock { ($0.vanished, $0.unreachable) }
        if let unreachable { conditions.append(unreachable) }
        for (app, since) in vanished.sorted(by: { $0.key.text < $1.key.text }) {
            conditions.append(
                Condition(
                    .databaseMissing, app: app.text, message: "the database is no longer on the server",
                    hint: "pgkeep list --app \(app)   (its backups are kept as retention says)", since: since))
        }
        do {
            conditions += try await look(system, startedAt: startedAt).conditions
        } catch {
            conditions.append(
                Condition(
                    .vaultUnreadable, app: nil, message: "the backups can't be looked at: \(error)",
                    hint: (error as? PGKeepError)?.hint, since: clock.now()))
        }
        return conditions
    }

    /// Says to other keepers that this one has stopped.
    func leave(_ system: BackupSystem) async { await presence.leave(system) }

    private func nextRuns(_ settings: Settings) -> [Tier: Date] {
        var runs: [Tier: Date] = [:]
        for tier in Schedules.tiers {
            runs[tier] = settings.schedules.next(tier, after: clock.now(), in: settings.timeZone)
        }
        return runs
    }

    private func watcher(_ system: BackupSystem) throws -> Watcher {
        let settings = system.settings
        return try sight.withLock { sight in
            if let watcher = sight.watchers[KeeperOutlook.place(settings)] { return watcher }
            let watcher = try Watcher(settings, now: clock.now)
            sight.watchers[KeeperOutlook.place(settings)] = watcher
            return watcher
        }
    }

    /// Archives and journal of one place are watched together.
    private static func place(_ settings: Settings) -> String {
        "\(settings.backupDirectory)\n\(settings.stateDirectory)"
    }
}
