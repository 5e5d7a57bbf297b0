package import Foundation
import PGKeepModel
import PGKeepVaults
import Synchronization

/// Looks at vault and journal, again and again, and keeps between two looks what can't have changed.
///
/// Names and marks are read when the folder changed, each archive's footer once, the journal from where it ended the last
/// time: a look at two hundred databases takes milliseconds, and what is kept never exceeds what lies in the vault.
public final class Watcher: Sendable {
    private let settings: Settings
    private let now: @Sendable () -> Date
    private let state: Mutex<WatchState>
    private let work: PatientWork

    /// Nothing is looked at before the first look.
    public convenience init(_ settings: Settings) throws { try self.init(settings, now: { Date() }) }

    package init(_ settings: Settings, now: @escaping @Sendable () -> Date) throws {
        self.settings = settings
        self.now = now
        work = PatientWork(on: "the folder \(settings.backupDirectory)")
        state = Mutex(
            WatchState(
                vault: WatchedVault(try DirectoryVault(settings.backupDirectory)),
                journal: Journal(directory: settings.stateDirectory)))
    }

    /// How things are now with these apps; no server is asked.
    public func look(at apps: [WatchedApp]) async throws -> ProtectionFacts {
        try await work.run("pgkeep watch") { try self.lookNow(at: apps) }
    }

    /// Every app that has archives in the vault, by name.
    public func appsInVault() async throws -> [WatchedApp] {
        try await work.run("pgkeep watch") {
            try self.state.withLock { try $0.apps(now: self.now()) }.map { WatchedApp($0, settings: self.settings) }
        }
    }

    /// On this thread.
    func lookNow(at apps: [WatchedApp]) throws -> ProtectionFacts {
        let now = now()
        var (facts, trouble) = try state.withLock { state in
            (try state.look(at: apps, settings, now: now), state.journalTrouble)
        }
        facts.conditions = Conditions.of(facts, apps: apps, diskLowDays: settings.diskLowDays)
        if let trouble { facts.conditions.append(trouble.condition(settings.stateDirectory)) }
        return facts
    }
}

extension Watcher {
    /// What is known of an app's past, read now.
    func history(of app: AppName, startedAt: Date) async throws -> RunHistory {
        try await work.run("pgkeep history") {
            try self.state.withLock { try $0.history(of: app, startedAt: startedAt, now: self.now()) }
        }
    }

    /// What is known of an app's drills, read now.
    func drillHistory(of app: AppName, startedAt: Date) async throws -> DrillHistory {
        try await work.run("pgkeep history") {
            try self.state.withLock { try $0.drillHistory(of: app, startedAt: startedAt, now: self.now()) }
        }
    }

    /// Keeps in mind that a run failed, if the journal does not hold it.
    func remember(_ failure: RunFailure) async throws {
        try await work.run("pgkeep history") {
            self.state.withLock { $0.remember(failure, now: self.now()) }
        }
    }

    /// Finds out whether the journal can be written, and writes into it that for a time it could not.
    func tendJournal() async throws {
        try await work.run("pgkeep journal") { self.state.withLock { $0.tendJournal(now: self.now()) } }
    }
}

/// What a watcher keeps.
struct WatchState: Sendable {
    var vault: WatchedVault
    let journal: Journal
    private var position = JournalPosition()
    private(set) var journalFacts = JournalFacts()
    private var forecast: FillingForecast?
    private var copies: WatchedCopies?
    /// What keeps the journal from being read or written.
    private(set) var journalTrouble: JournalTrouble?

    init(vault: WatchedVault, journal: Journal) {
        self.vault = vault
        self.journal = journal
    }

    mutating func apps(now: Date) throws -> [AppName] {
        try vault.digest(now: now).digest.archives.keys.sorted { $0.text < $1.text }
    }

    mutating func look(at apps: [WatchedApp], _ settings: Settings, now: Date) throws -> ProtectionFacts {
        // The journal first: an archive that it tells of is in a list that is made afterwards.
        readJournal(now: now)
        let (digest, isNew) = try vault.digest(now: now)
        if isNew { journalFacts.forget { digest.names.contains($0) } }
        if isNew || forecast == nil {
            forecast = FillingForecast(digest.series(settings.retention, now: now), now: now)
        }
        var facts = ProtectionFacts(at: now, apps: [], vault: try place(digest))
        for app in apps {
            let archives = digest.archives[app.app] ?? []
            var protection = try AppProtection(app, archives, journalFacts, &vault, now: now)
            protection.running = try RunningRun.of(app.app, directory: settings.stateDirectory)
            try lookAtCopies(of: app, archives, settings, &protection, now: now)
            facts.vault.nextRoundBytes += protection.lastGood?.bytes ?? 0
            facts.apps.append(protection)
        }
        return facts
    }

    /// What whoever makes copies saw; no vault is asked.
    private mutating func lookAtCopies(
        of app: WatchedApp, _ archives: [VaultDigest.Archive], _ settings: Settings, _ protection: inout AppProtection,
        now: Date
    ) throws {
        var known = copies ?? WatchedCopies(directory: settings.stateDirectory)
        defer { copies = known }
        let sights = try known.sights(of: app.app, app.copies.vaults)
        protection.copying = try RunningRun.of(
            app.app, directory: SightsFile.folder(in: settings.stateDirectory))
        protection.vaults = zip(app.copies.vaults, sights).map { address, sight in
            CopyProtection(sight, at: address, app.copies, archives, now: now)
        }
        protection.redundancy = protection.lastGood.flatMap { last in
            ArchiveName(last.name).map { Redundancy(of: $0, bytes: last.bytes, sights, now: now) }
        }
    }

    /// A journal that can't be read is told, and is no reason to look away from the backups.
    mutating func readJournal(now: Date) {
        var facts = journalFacts
        do {
            try position.advance(in: journal, restart: { facts = JournalFacts() }, { facts.take($0) })
            if let trouble = journalTrouble, trouble.isOfReading, trouble.lostFailures == 0 { journalTrouble = nil }
        } catch {
            journalTrouble = JournalTrouble(error, isOfReading: true, now: now, after: journalTrouble)
        }
        journalFacts = facts
    }

    mutating func remember(_ failure: RunFailure, now: Date) {
        readJournal(now: now)
        let before = journalFacts.runs(failure.app.text, failure.tier).failures
        journalFacts.takeUnwritten(failure)
        guard journalFacts.runs(failure.app.text, failure.tier).failures > before else { return }
        var trouble =
            journalTrouble
            ?? JournalTrouble(
                PGKeepError(.failed, "a backup that failed is not in it"), isOfReading: false, now: failure.at)
        trouble.lostFailures += 1
        journalTrouble = trouble
    }

    mutating func tendJournal(now: Date) {
        do {
            try journal.prepare()
            if let trouble = journalTrouble, trouble.lostFailures > 0 {
                try journal.append(trouble.gap, at: now)
            }
            journalTrouble = nil
        } catch {
            journalTrouble = JournalTrouble(error, isOfReading: false, now: now, after: journalTrouble)
        }
    }

    private func place(_ digest: VaultDigest) throws -> VaultProtection {
        let free = try vault.freeBytes()
        return VaultProtection(
            name: vault.name, backups: digest.names.count, bytes: digest.bytes, freeBytes: free,
            growthBytesPerDay: forecast?.bytesPerDay ?? 0,
            daysUntilFull: free.flatMap { forecast?.daysUntilFull(free: $0) }, nextRoundBytes: 0)
    }
}

extension VaultDigest {
    /// The backups of each app and tier, for the forecast.
    func series(_ retention: RetentionPolicy, now: Date) -> [FillingForecast.Series] {
        archives.values.flatMap { archives in
            let isFrozen = archives.contains { $0.isSuspect }
            return Dictionary(grouping: archives, by: \.name.tier).map { tier, archives in
                FillingForecast.Series(
                    tier: tier, limit: retention.days(for: tier), isFrozen: isFrozen,
                    archives: archives.filter { $0.name.createdAt <= now }.map {
                        FillingForecast.Series.Archive(
                            createdAt: $0.name.createdAt, bytes: $0.bytes, format: $0.name.format,
                            isPinned: $0.isPinned)
                    })
            }
        }
    }
}
