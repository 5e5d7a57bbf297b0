import Foundation
import PGKeepModel
public import ServiceLifecycle
import Synchronization

/// Keeps databases for years: takes what the schedules want, watches over it, and says so when protection lapses.
///
/// Six loops run side by side. One takes backups, one at a time: it asks which databases there are, what the vault and
/// the journal tell of each, and what is due, which is a function of these and the time. The second looks at the same
/// facts every other minute, and after each run, and hands what is wrong to the alerts; it goes on while a run lasts, so
/// that one which hangs is told of. The third looks for other keepers. The fourth makes copies in other vaults: a slow
/// upload holds up no backup. The fifth holds drills, the sixth goes through checklists.
///
/// Nothing is remembered that matters: a keeper that is killed and started again finds its slots in the vault, its
/// failures in the journal, and its alerts in their book. A signal to stop lets the run that is under way end; when the
/// time for that is over the run is cancelled, and leaves nothing behind.
public final class Keeper: Service, Sendable {
    private let reload: @Sendable () async throws -> Settings
    private let talk: Talk
    private let clock: KeeperClock
    private let startedAt: Date
    private let current: Mutex<KeeperSettings>
    private let outlook: KeeperOutlook
    private let drills: KeeperDrills
    private let copies: KeeperCopies
    private let checklists: KeeperChecklists
    /// What another keeper was at when it was this one's turn.
    private let elsewhere = Mutex<[AppName: DueRun]>([:])

    /// `reload` reads the settings anew, whenever `settingsChanged()` is called.
    package init(
        _ system: BackupSystem, clock: KeeperClock = .machine, reload: @escaping @Sendable () async throws -> Settings
    ) {
        talk = system.talk
        self.clock = clock
        self.reload = reload
        startedAt = clock.now()
        current = Mutex(KeeperSettings(system.settings))
        outlook = KeeperOutlook(talk: system.talk, clock: clock)
        drills = KeeperDrills(outlook, clock: clock, startedAt: startedAt)
        copies = KeeperCopies(clock: clock)
        checklists = KeeperChecklists(clock: clock, startedAt: startedAt)
    }

    /// How many of them there are, for whoever simulates their time.
    package static let loops = 6

    /// Works until it is told to stop.
    public func run() async throws {
        system.note(JournalEvent(.start, details: ["version": .string(BackupSystem.version)]))
        // Asks which databases there are, which every loop wants to know.
        await announceSchedule()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.takeBackups() }
            group.addTask { await self.watch() }
            group.addTask { await self.lookForOthers() }
            group.addTask { await self.makeCopies() }
            group.addTask { await self.holdDrills() }
            group.addTask { await self.goThroughChecklists() }
            try await group.waitForAll()
        }
        // What the last run changed is still told, even if that run was cancelled and this task with it.
        await Task { _ = await self.settle() }.value
        await outlook.leave(system)
        system.note(JournalEvent(.stop))
    }

    /// Reads the settings again; what is wrong with them is told, and the old ones stay.
    package func settingsChanged() async {
        do {
            let settings = try await reload()
            current.withLock { $0 = KeeperSettings(settings, generation: $0.generation + 1) }
            outlook.settingsChanged()
            copies.askAgain()
            talk(.step(.backup, "Settings were read again"))
            await announceSchedule()
        } catch {
            talk(.warning(.backup, "the settings stay as they were: \(error)"))
        }
    }

    /// What is known at the moment, looked at anew.
    package func facts() async throws -> ProtectionFacts { try await outlook.look(system) }

    /// Why databases are no longer protected, a sentence each; none if all of them are.
    package func lapses() async throws -> [String] {
        let facts = try await facts()
        guard facts.apps.isEmpty else { return facts.reasons }
        return [outlook.whyNoDatabases]
    }

    // MARK: The loops

    private func takeBackups() async throws {
        while !Task.isShuttingDownGracefully {
            let generation = current.withLock(\.generation)
            let next = try await takeWhatIsDue(generation)
            outlook.lookSoon()
            guard await pause(until: next, since: generation) else { return }
        }
    }

    private func watch() async {
        while !Task.isShuttingDownGracefully {
            let generation = current.withLock(\.generation)
            let undelivered = await settle()
            let regular = clock.now().addingTimeInterval(Keeper.watchInterval)
            let next = min(undelivered ?? regular, regular)
            guard await pause(until: next, since: generation, orWhen: { self.outlook.isLookWanted }) else { return }
        }
    }

    private func lookForOthers() async {
        while !Task.isShuttingDownGracefully {
            let generation = current.withLock(\.generation)
            await outlook.lookForOthers(system)
            let next = clock.now().addingTimeInterval(Keeper.othersInterval)
            guard await pause(until: next, since: generation, orWhen: { self.outlook.areOthersWanted }) else { return }
        }
    }

    private func holdDrills() async {
        while !Task.isShuttingDownGracefully {
            let generation = current.withLock(\.generation)
            let next = await drills.holdWhatIsDue(system)
            guard await pause(until: next, since: generation) else { return }
        }
    }

    private func goThroughChecklists() async {
        while !Task.isShuttingDownGracefully {
            let generation = current.withLock(\.generation)
            let next = await checklists.round(outlook.knownDatabases, system)
            outlook.lookSoon()
            guard await pause(until: next, since: generation) else { return }
        }
    }

    private func makeCopies() async {
        while !Task.isShuttingDownGracefully {
            let generation = current.withLock(\.generation)
            let next = await copies.round(outlook.knownDatabases, system)
            outlook.lookSoon()
            guard await pause(until: next, since: generation, orWhen: { self.copies.isWanted }) else { return }
        }
    }

    @discardableResult
    private func settle() async -> Date? {
        let system = system
        let seen = await outlook.conditions(system)
        defer { HeapMemory.giveBack() }
        return await outlook.alerts(system).settle(seen.conditions, of: seen.apps)
    }

    private static let watchInterval: TimeInterval = 120
    private static let othersInterval: TimeInterval = 600

    /// Gives each database its turn; gives back when something may be due next. What can't be read of one is told,
    /// and doesn't keep the others from theirs.
    private func takeWhatIsDue(_ generation: Int) async throws -> Date {
        let system = system
        var next = clock.now().addingTimeInterval(DueRuns.patience)
        for database in await outlook.databases(system).databases {
            do {
                next = min(next, try await turn(of: database, system, generation))
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                talk(.warning(.backup, "what is due of \(database.app) can't be told: \(error)"))
                next = min(next, clock.now().addingTimeInterval(Keeper.breath))
            }
            outlook.attended(database.app)
        }
        return next
    }

    /// Takes what is due of one database, one run after the other.
    private func turn(of database: KeptDatabases.Database, _ system: BackupSystem, _ generation: Int) async throws
        -> Date
    {
        let own = system.with(database.settings)
        while true {
            try Task.checkCancellation()
            let due = try await outlook.due(own, database.app, startedAt: startedAt)
            if let run = elsewhere.withLock({ $0[database.app] }), !due.runs.contains(where: run.isOfSameSlot(as:)) {
                yielded(run, database.app)
            }
            guard let run = due.runs.first, !Task.isShuttingDownGracefully,
                generation == current.withLock(\.generation)
            else { return due.lookAgain }
            let begunAt = clock.now()
            let ending = try await ScheduledBackup(
                system: own, app: database.app, run: run, alerts: outlook.alerts(system),
                history: { try await self.outlook.history(own, database.app, startedAt: self.startedAt) }
            ).take()
            outlook.lookSoon()
            switch ending {
            case .taken:
                sayNext(run.tier, own)
                copies.want(database.app)
            case .takenElsewhere: yielded(run, database.app)
            case .atWorkElsewhere:
                yielding(run, database.app)
                return clock.now().addingTimeInterval(Keeper.shortBreath)
            case .failed(let reason):
                let failure = RunFailure(
                    app: database.app, tier: run.tier, startedAt: begunAt, at: clock.now(), reason: reason)
                try await outlook.remember(failure, own)
                return clock.now().addingTimeInterval(Keeper.breath)
            case .notNow: return clock.now().addingTimeInterval(Keeper.breath)
            }
        }
    }

    /// How long to let go an app whose last run did not work out, at the least.
    private static let breath: TimeInterval = 30
    /// How soon to ask whether another keeper is done.
    private static let shortBreath: TimeInterval = 5

    // MARK: Waiting

    /// False if it is time to stop. Settings that changed, or a clock that was put back, end the pause as well.
    private func pause(
        until date: Date, since generation: Int, orWhen isWanted: @Sendable () -> Bool = { false }
    ) async -> Bool {
        let start = clock.now()
        while true {
            let now = clock.now()
            if now >= date || now < start || isWanted() || generation != current.withLock(\.generation) { return true }
            do {
                // The pause between two turns; a signal to stop ends it at once.
                try await cancelWhenGracefulShutdown { try await self.clock.sleep(date) }
            } catch {
                return false
            }
            if Task.isShuttingDownGracefully { return false }
        }
    }

    // MARK: Other keepers

    /// Another keeper is at it, which is told once.
    private func yielding(_ run: DueRun, _ app: AppName) {
        let isNews = elsewhere.withLock { elsewhere in
            defer { elsewhere[app] = run }
            return elsewhere[app].map { !$0.isOfSameSlot(as: run) } ?? true
        }
        if isNews { talk(.step(.backup, "\(run.tier.capitalized) backup of \(app): another keeper is at it")) }
    }

    private func yielded(_ run: DueRun, _ app: AppName) {
        elsewhere.withLock { $0[app] = nil }
        talk(.step(.backup, "\(run.tier.capitalized) backup of \(app) was taken by another keeper"))
        system.note(
            JournalEvent(
                .yield,
                details: [
                    "app": .string(app.text), "tier": .string(run.tier.rawValue), "slot": .string(run.slot.iso8601),
                ]))
    }

    // MARK: What it says

    private var system: BackupSystem {
        BackupSystem(settings: current.withLock(\.settings), talk: talk, now: clock.now)
    }

    /// One line a tier and time, however many databases share it.
    func announceSchedule() async {
        var said: Set<HouseLine> = []
        for database in await outlook.databases(system).databases {
            for tier in Schedules.tiers {
                guard let line = nextLine(tier, database.settings), said.insert(line).inserted else { continue }
                talk(line)
            }
        }
    }

    private func sayNext(_ tier: Tier, _ system: BackupSystem) {
        if let line = nextLine(tier, system.settings) { talk(line) }
    }

    private func nextLine(_ tier: Tier, _ settings: Settings) -> HouseLine? {
        settings.schedules.next(tier, after: clock.now(), in: settings.timeZone)
            .map { .scheduled(tier, at: $0, in: settings.timeZone) }
    }
}

extension DueRun {
    fileprivate func isOfSameSlot(as other: DueRun) -> Bool { tier == other.tier && slot == other.slot }
}

/// The settings that hold, and how often they were read.
private struct KeeperSettings: Sendable {
    var settings: Settings
    var generation = 0

    init(_ settings: Settings, generation: Int = 0) {
        self.settings = settings
        self.generation = generation
    }
}
