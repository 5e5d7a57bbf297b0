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
        /// Apps that had their turn since this keeper began: before it, that they have no backup is no news.
        var attended: Set<String> = []
        var stores: [String: AlertStore] = [:]
    }

    /// What is wrong, and of which apps everything that is wrong is known.
    struct Seen {
        var conditions: [Condition] = []
        var apps: Set<String> = []
    }

    init(talk: Talk, clock: KeeperClock) {
        self.talk = talk
        self.clock = clock
        presence = KeeperPresence(clock: clock)
    }

    func lookSoon() { sight.withLock { $0.isLookWanted = true } }
    var isLookWanted: Bool { sight.withLock(\.isLookWanted) }

    func attended(_ app: AppName) { sight.withLock { _ = $0.attended.insert(app.text) } }

    var areOthersWanted: Bool { presence.isWanted }
    func lookForOthers(_ system: BackupSystem) async {
        guard let databases = sight.withLock(\.databases) else { return }
        await presence.look(system, databases)
        lookSoon()
    }

    func alerts(_ system: BackupSystem) -> AlertDelivery {
        let (directory, talk) = (system.settings.stateDirectory, talk)
        let store = sight.withLock { sight in
            let store = sight.stores[directory] ?? AlertStore(directory: directory) { talk(.warning(.alert, $0)) }
            sight.stores[directory] = store
            return store
        }
        return AlertDelivery(settings: system.settings, talk: talk, store: store, now: clock.now)
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
            let settings = system.settings
            let found = try await TimeLimit.within(.seconds(60), doing: "asking the server for its databases") {
                try await settings.keptDatabases()
            }
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
    func look(_ system: BackupSystem) async throws -> ProtectionFacts {
        var facts: ProtectionFacts?
        for place in places() {
            let found = try await look(at: place, system)
            facts = facts.map { $0.joined(with: found) } ?? found
        }
        if let facts { return facts }
        return try await watcher(system).look(at: [])
    }

    /// Everything that is wrong now, the keeper's own troubles included. Of a place that can't be looked at nothing is
    /// known: what was wrong with its apps is taken as still being so.
    func conditions(_ system: BackupSystem) async -> Seen {
        sight.withLock { $0.isLookWanted = false }
        var seen = Seen()
        for place in places() {
            do {
                take(try await look(at: place, system), into: &seen)
            } catch {
                seen.conditions.append(
                    Condition(
                        .vaultUnreadable, app: nil, subject: place[0].settings.backupDirectory,
                        message: "the backups in \(place[0].settings.backupDirectory) can't be looked at: \(error)",
                        hint: (error as? PGKeepError)?.hint, since: clock.now()))
            }
        }
        seen.conditions += presence.conditions
        let (vanished, unreachable) = sight.withLock { ($0.vanished, $0.unreachable) }
        if let unreachable { seen.conditions.append(unreachable) }
        for (app, since) in vanished.sorted(by: { $0.key.text < $1.key.text }) {
            seen.conditions.append(
                Condition(
                    .databaseMissing, app: app.text, message: "the database is no longer on the server",
                    hint: "pgkeep list --app \(app)   (its backups are kept as retention says)", since: since))
        }
        return seen
    }

    private func take(_ facts: ProtectionFacts, into seen: inout Seen) {
        let attended = sight.withLock(\.attended)
        seen.apps.formUnion(facts.apps.map(\.app).filter(attended.contains))
        seen.conditions += facts.conditions.filter { condition in
            condition.kind != .backupOverdue || condition.app.map(attended.contains) ?? true
        }
    }

    /// The databases by where their archives and journals are: these are watched together.
    private func places() -> [[KeptDatabases.Database]] {
        let databases = sight.withLock(\.databases)?.databases ?? []
        return Dictionary(grouping: databases) { KeeperOutlook.place($0.settings) }
            .sorted { $0.key < $1.key }.map(\.value)
    }

    private func look(at place: [KeptDatabases.Database], _ system: BackupSystem) async throws -> ProtectionFacts {
        let apps = place.map { WatchedApp($0.app, settings: $0.settings, nextRuns: nextRuns($0.settings)) }
        return try await watcher(system.with(place[0].settings)).look(at: apps)
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
        let place = KeeperOutlook.place(settings)
        if let watcher = sight.withLock({ $0.watchers[place] }) { return watcher }
        let watcher = try Watcher(settings, now: clock.now)
        return sight.withLock { sight in
            let first = sight.watchers[place] ?? watcher
            sight.watchers[place] = first
            return first
        }
    }

    /// Archives and journal of one place are watched together.
    private static func place(_ settings: Settings) -> String {
        "\(settings.backupDirectory)\n\(settings.stateDirectory)"
    }
}
