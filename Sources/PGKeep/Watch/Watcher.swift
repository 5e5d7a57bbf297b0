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
    let now: @Sendable () -> Date
    let state: Mutex<WatchState>

    /// Nothing is looked at before the first look.
    public convenience init(_ settings: Settings) throws { try self.init(settings, now: { Date() }) }

    package init(_ settings: Settings, now: @escaping @Sendable () -> Date) throws {
        self.settings = settings
        self.now = now
        state = Mutex(
            WatchState(
                vault: WatchedVault(try DirectoryVault(settings.backupDirectory)),
                journal: Journal(directory: settings.stateDirectory)))
    }

    /// How things are now with these apps; no server is asked.
    public func look(at apps: [WatchedApp]) async throws -> ProtectionFacts {
        try await BlockingWork.run("pgkeep watch") { try self.lookNow(at: apps) }
    }

    /// Every app that has archives in the vault, by name.
    public func appsInVault() async throws -> [WatchedApp] {
        try await BlockingWork.run("pgkeep watch") {
            try self.state.withLock { try $0.apps(now: self.now()) }.map { WatchedApp($0, settings: self.settings) }
        }
    }

    /// On this thread.
    func lookNow(at apps: [WatchedApp]) throws -> ProtectionFacts {
        let now = now()
        var facts = try state.withLock { try $0.look(at: apps, settings, now: now) }
        facts.conditions = Conditions.of(facts, apps: apps, diskLowDays: settings.diskLowDays)
        return facts
    }
}

/// What a watcher keeps.
struct WatchState: Sendable {
    var vault: WatchedVault
    let journal: Journal
    private var position = JournalPosition()
    private(set) var journalFacts = JournalFacts()
    private var forecast: FillingForecast?

    init(vault: WatchedVault, journal: Journal) {
        self.vault = vault
        self.journal = journal
    }

    mutating func apps(now: Date) throws -> [AppName] {
        try vault.digest(now: now).digest.archives.keys.sorted { $0.text < $1.text }
    }

    mutating func look(at apps: [WatchedApp], _ settings: Settings, now: Date) throws -> ProtectionFacts {
        // The journal first: an archive that it tells of is in a list that is made afterwards.
        try readJournal()
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
            facts.vault.nextRoundBytes += protection.lastGood?.bytes ?? 0
            facts.apps.append(protection)
        }
        return facts
    }

    mutating func readJournal() throws {
        var facts = journalFacts
        try position.advance(in: journal, restart: { facts = JournalFacts() }, { facts.take($0) })
        journalFacts = facts
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
