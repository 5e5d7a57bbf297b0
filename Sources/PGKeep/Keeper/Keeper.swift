import Foundation
import PGKeepModel
public import ServiceLifecycle
import Synchronization

/// Keeps databases for years: takes what the schedules want, watches over it, and says so when protection lapses.
///
/// Two loops run side by side. One takes backups, one at a time: it asks which databases there are, what the vault and
/// the journal tell of each, and what is due, which is a function of these and the time. The other looks at the same
/// facts every other minute, and after each run, and hands what is wrong to the alerts; it goes on while a run lasts, so
/// that one which hangs is told of.
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
    }

    /// Works until it is told to stop.
    public func run() async throws {
        try system.record(JournalEvent(.start, details: ["version": .string(BackupSystem.version)]))
        await announceSchedule()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.takeBackups() }
            group.addTask { await self.watch() }
            try await group.waitForAll()
        }
        await outlook.leave(system)
        try system.record(JournalEvent(.stop))
    }

    /// Reads the settings again; what is wrong with them is told, and the old ones stay.
    package func settingsChanged() async {
        do {
            let settings = try await reload()
            current.withLock { $0 = KeeperSettings(settings, generation: $0.generation + 1) }
            outlook.settingsChanged()
            talk(.step(.backup, "Settings were read again"))
            await announceSchedule()
        } catch {
            talk(.warning(.backup, "the settings stay as they were: \(error)"))
        }
    }

    /// What is known at the moment, looked at anew.
    package func facts() async throws -> ProtectionFacts { try await outlook.look(system, startedAt: startedAt) }

    /// Why databases are no longer protected, a sentence each; none if all of them are.
    package func lapses() async throws -> [String] {
        let facts = try await facts()
        guard facts.apps.isEmpty else { return facts.reasons }
        return [outlook.whyNoDatabases]
    }

    // MARK: The two loops

    private func takeBackups() async throws {
        while !Task.isShuttingDownGracefully {
            let next = try await takeWhatIsDue()
            outlook.lookSoon()
            guard await pause(until: next) else { return }
        }
    }

    private func watch() async {
        while !Task.isShuttingDownGracefully {
            let system = system
            let conditions = await outlook.conditions(system, startedAt: startedAt)
            let undelivered = await outlook.alerts(system).settle(conditions)
            let regular = clock.now().addingTimeInterval(Keeper.watchInterval)
            guard await pause(until: min(undelivered ?? regular, regular), orWhen: { self.outlook.isLookWanted }) else {
                return
            }
        }
        // What the last run changed is still told.
        await outlook.alerts(system).settle(outlook.conditions(system, startedAt: startedAt))
    }

    private static let watchInterval: TimeInterval = 120

    /// Takes one due backup after the other; gives back when something may be due next.
    private func takeWhatIsDue() async throws -> Date {
        let system = system
        var next = clock.now().addingTimeInterval(DueRuns.patience)
        for database in await outlook.databases(system).databases {
            let own = system.with(database.settings)
            while !Task.isShuttingDownGracefully {
                try Task.checkCancellation()
                let due = try await outlook.due(own, database.app, startedAt: startedAt)
                guard let run = due.runs.first else {
                    next = min(next, due.lookAgain)
                    break
                }
                let ending = try await ScheduledBackup(
                    system: own, app: database.app, run: run, alerts: outlook.alerts(system),
                    history: { try await self.outlook.history(own, database.app, startedAt: self.startedAt) }
                ).take()
                outlook.lookSoon()
                if ending == .notNow || ending == .failed {
                    // The journal knows of the failure, if it could be written; if not, this keeps the loop from spinning.
                    next = min(next, clock.now().addingTimeInterval(Keeper.breath))
                    break
                }
                sayNext(run.tier, own)
            }
        }
        return next
    }

    /// How long to let go an app whose last run did not work out, at the least.
    private static let breath: TimeInterval = 30

    // MARK: Waiting

    /// False if it is time to stop. Settings that changed, or a clock that was put back, end the pause as well.
    private func pause(until date: Date, orWhen isWanted: @Sendable () -> Bool = { false }) async -> Bool {
        let (generation, start) = (current.withLock(\.generation), clock.now())
        while true {
            let now = clock.now()
            if now >= date || now < start || isWanted() || generation != current.withLock(\.generation) { return true }
            do {
                try await cancelWhenGracefulShutdown { try await self.clock.sleep(date) }
            } catch {
                return false
            }
            if Task.isShuttingDownGracefully { return false }
        }
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

/// The settings that hold, and how often they were read.
private struct KeeperSettings: Sendable {
    var settings: Settings
    var generation = 0

    init(_ settings: Settings, generation: Int = 0) {
        self.settings = settings
        self.generation = generation
    }
}
