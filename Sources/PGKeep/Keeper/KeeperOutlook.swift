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
        /// Where every database of a server is kept: those it had, by the folder that this is written in.
        var memories: [String: KeptMemory] = [:]
        /// Apps of databases that are gone, or were told to be: their alerts are this keeper's to end.
        var gone: Set<String> = []
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
            await memorize(found, settings)
            let changed = sight.withLock { sight in
                defer { sight.databases = found }
                sight.unreachable = nil
                return sight.databases?.databases.map(\.app) != found.databases.map(\.app)
            }
            if changed { presence.askAgain() }
            return found
        } catch {
            let hint = (error as? PGKeepError)?.hint
            let now = clock.now()
            let known = await remembered(system.settings)
            return sight.withLock { sight in
                sight.unreachable = Condition(
                    .databaseMissing, app: nil, message: "the databases to keep can't be listed: \(error)", hint: hint,
                    since: sight.unreachable?.since ?? now)
                let databases = sight.databases ?? known
                sight.databases = databases
                return databases
            }
        }
    }

    /// Those that were found last; none while nobody could ask.
    var knownDatabases: [KeptDatabases.Database] { sight.withLock(\.databases)?.databases ?? [] }

    /// Keeps in mind, beyond a restart, which databases a server has of which all are kept.
    private func memorize(_ found: KeptDatabases, _ settings: Settings) async {
        let file = KeptMemoryFile(directory: settings.stateDirectory)
        guard case .every = settings.databases else {
            sight.withLock { $0.memories[file.directory] = nil }
            return
        }
        let before = await memory(file)
        var memory = before
        memory.see(found.databases.compactMap(\.name), now: clock.now())
        sight.withLock { [memory] sight in
            sight.memories[file.directory] = memory
            sight.gone.formUnion((before.conditions + memory.conditions).compactMap(\.app))
            sight.gone.subtract(found.databases.map(\.app.text))
        }
        guard memory != before else { return }
        do {
            try await BlockingWork.run("pgkeep databases") { [memory] in try file.save(memory) }
        } catch {
            talk(.warning(.backup, "the list of databases could not be written: \(error)"))
        }
    }

    /// Those of the last time this or an earlier keeper could ask.
    private func remembered(_ settings: Settings) async -> KeptDatabases {
        guard case .every = settings.databases else { return KeptDatabases(databases: []) }
        let names = await memory(KeptMemoryFile(directory: settings.stateDirectory)).present
        do {
            return try settings.keptDatabases(named: names)
        } catch {
            talk(.warning(.backup, "the databases known from earlier can't be kept: \(error)"))
            return KeptDatabases(databases: [])
        }
    }

    private func memory(_ file: KeptMemoryFile) async -> KeptMemory {
        if let known = sight.withLock({ $0.memories[file.directory] }) { return known }
        do {
            return try await BlockingWork.run("pgkeep databases") { try file.load() }
        } catch {
            talk(.warning(.backup, "the list of databases of the last time can't be read: \(error)"))
            return KeptMemory()
        }
    }

    /// What to say when there is nothing to keep.
    var whyNoDatabases: String { sight.withLock(\.unreachable)?.message ?? "there is no database to keep" }

    // MARK: What is due

    func history(_ system: BackupSystem, _ app: AppName, startedAt: Date) async throws -> RunHistory {
        try await watcher(system).history(of: app, startedAt: startedAt)
    }

    /// Keeps in mind that a run failed, in case that could not be written down.
    func remember(_ failure: RunFailure, _ system: BackupSystem) async throws {
        try await watcher(system).remember(failure)
    }

    func due(_ system: BackupSystem, _ app: AppName, startedAt: Date) async throws -> DueRuns {
        DueRuns(
            of: system.settings.schedules, in: system.settings.timeZone,
            retries: RetryPolicy(retries: system.settings.retries),
            history: try await history(system, app, startedAt: startedAt), now: clock.now())
    }

    func drillHistory(_ system: BackupSystem, _ app: AppName, startedAt: Date) async throws -> DrillHistory {
        try await watcher(system).drillHistory(of: app, startedAt: startedAt)
    }

    // MARK: What is wrong

    /// The facts of all databases, whichever folders they are kept in.
    func look(_ system: BackupSystem) async throws -> ProtectionFacts {
        var facts: [ProtectionFacts] = []
        for place in places() { facts.append(try await look(at: place, system)) }
        if let facts = ProtectionFacts(joining: facts) { return facts }
        return try await watcher(system).look(at: [])
    }

    /// Everything that is wrong now, the keeper's own troubles included. Of a place that can't be looked at nothing is
    /// known: what was wrong with its apps is taken as still being so.
    func conditions(_ system: BackupSystem) async -> Seen {
        sight.withLock { $0.isLookWanted = false }
        var seen = Seen()
        for place in places() {
            do {
                try await watcher(system.with(place[0].settings)).tendJournal()
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
        let (memories, gone, unreachable) = sight.withLock { ($0.memories, $0.gone, $0.unreachable) }
        seen.apps.formUnion(gone)
        if let unreachable { seen.conditions.append(unreachable) }
        for memory in memories.values { seen.conditions += memory.conditions }
        return seen
    }

    private func take(_ facts: ProtectionFacts, into seen: inout Seen) {
        let attended = sight.withLock(\.attended)
        seen.apps.formUnion(facts.apps.map(\.app).filter(attended.contains))
        seen.conditions += facts.conditions.filter { condition in
            ![.backupOverdue, .rpoAtRisk].contains(condition.kind) || condition.app.map(attended.contains) ?? true
        }
    }

    private func places() -> [[KeptDatabases.Database]] { sight.withLock(\.databases)?.places ?? [] }

    private func look(at place: [KeptDatabases.Database], _ system: BackupSystem) async throws -> ProtectionFacts {
        let now = clock.now()
        let apps = place.map { database in
            var app = WatchedApp(
                database.app, settings: database.settings, nextRuns: database.settings.nextRuns(after: now))
            app.lastSlots = database.settings.lastSlots(atOrBefore: now)
            return app
        }
        return try await watcher(system.with(place[0].settings)).look(at: apps)
    }

    /// Says to other keepers that this one has stopped.
    func leave(_ system: BackupSystem) async { await presence.leave(system) }

    private func watcher(_ system: BackupSystem) throws -> Watcher {
        let settings = system.settings
        let place = settings.place
        if let watcher = sight.withLock({ $0.watchers[place] }) { return watcher }
        let watcher = try Watcher(settings, now: clock.now)
        return sight.withLock { sight in
            let first = sight.watchers[place] ?? watcher
            sight.watchers[place] = first
            return first
        }
    }
}
