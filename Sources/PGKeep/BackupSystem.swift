package import Foundation
public import Logging
import PGKeepArchive
public import PGKeepModel
import PGKeepPostgres
import PGKeepVaults

/// The door: everything pgkeep does, for a program that embeds it and for the command line alike.
public struct BackupSystem: Sendable {
    /// pgkeep's own version.
    public static let version = "0.1.0"

    /// What holds for this system.
    public let settings: Settings
    let talk: Talk
    let now: @Sendable () -> Date

    /// Nothing is read or connected to before the first call that needs it.
    public init(settings: Settings, logger: Logger) {
        self.init(settings: settings, logger: logger, now: { Date() })
    }

    package init(settings: Settings, logger: Logger, now: @escaping @Sendable () -> Date) {
        self.init(settings: settings, talk: Talk(logger), now: now)
    }

    init(settings: Settings, talk: Talk, now: @escaping @Sendable () -> Date) {
        self.settings = settings
        self.talk = talk
        self.now = now
    }

    /// The same with the settings of one of several databases.
    func with(_ settings: Settings) -> BackupSystem { BackupSystem(settings: settings, talk: talk, now: now) }

    /// The same, with somebody listening to what it says.
    func heard(by hear: @escaping @Sendable (HouseLine) -> Void) -> BackupSystem {
        BackupSystem(settings: settings, talk: talk.heard(by: hear), now: now)
    }

    // MARK: Taking backups

    /// Takes a backup, files it, lets retention do its work, and makes the copies that `BACKUP_VAULTS` wants.
    public func createBackup(_ tier: Tier, progress: Progress? = nil) async throws -> BackupReport {
        var report = try await takeBackup(tier, progress: progress)
        if let app = AppName(encoded: report.backup.app) {
            report.copies = await copyBackups(of: app, progress: progress)
            do {
                report.backup = try withRedundancy([report.backup])[0]
            } catch {
                talk(.warning(.backup, "how many copies there are can't be told: \(error)"))
            }
        }
        return report
    }

    /// The same without copies: a keeper makes them beside, so that a slow upload holds up no backup.
    func takeBackup(_ tier: Tier, progress: Progress? = nil) async throws -> BackupReport {
        let progress = progress ?? Progress()
        talk(.startingBackup(tier))
        do {
            return try await StallWatch.guarding(progress, limit: settings.longestStandstill) {
                try await take(tier, progress)
            }
        } catch {
            talk(.backupFailed(tier, reason: "\(error)"))
            recordFailure(.backup, archive: nil, failureDetails(tier, error))
            throw error
        }
    }

    private func take(_ tier: Tier, _ progress: Progress?) async throws -> BackupReport {
        let clock = ContinuousClock()
        let start = clock.now
        let server = try ConnectionString(settings.requireDatabaseURL().reveal())
        let app = try app(of: server)
        let vault = try primary()
        return try await RunLock.with(directory: settings.stateDirectory, app: app, doing: "\(tier.rawValue) backup") {
            for name in try vault.removeDebris(where: { ArchiveName($0)?.app == app }) {
                talk(.step(.backup, "Removed what an interrupted run left: \(name)"))
            }
            let outcome = try await CreateBackup(
                settings: settings, vault: vault, tier: tier, progress: progress, talk: talk,
                journalHead: try journal.head(), sealedRecords: { try journal.sealedRecords() }, now: now
            ).run(app: app, server)
            let took = start.duration(to: clock.now)
            // Before retention: a backup that collapsed keeps everything older.
            let judged = try judge(outcome, app, vault)
            try record(outcome, app, judged, took: took)
            talk(.backupCompleted(tier))
            talk(.filename(outcome.name.text))
            talk(.size(ByteCount(outcome.bytes)))
            talk(.duration(took))
            for warning in outcome.warnings { talk(.warning(.backup, warning)) }
            tell(judged)
            let cleanup = try await cleanUp(app, vault, dryRun: false)
            let backup = try catalogue(vault, app).backup(outcome.name.text)
            return BackupReport(
                backup: backup, durationSeconds: took.seconds, warnings: outcome.warnings,
                anomalies: judged.anomalies, cleanup: cleanup)
        }
    }

    // MARK: What there is

    /// Every backup of the app, the newest first.
    public func listBackups() async throws -> [Backup] { try withRedundancy(try catalogue().backups()) }

    /// The figures over all backups of the app.
    public func backupStats() async throws -> BackupStats {
        var stats = BackupStats(of: try catalogue().backups(), now: now())
        stats.vaults = try vaultStats()
        return stats
    }

    /// What is in one backup, or in a dump that another tool made.
    public func showBackup(_ name: String, progress: Progress? = nil) async throws -> ShownArchive {
        let reference = try reference(name)
        switch try await open(reference, progress: progress) {
        case .archive(let archive): return .archive(archive.index)
        case .dump(let dump, _): return .dump(DumpContents(dump))
        }
    }

    // MARK: Keeping and removing

    /// Deletes what its tier no longer keeps; a dry run only tells.
    public func cleanupOldBackups(dryRun: Bool = false) async throws -> CleanupReport {
        let vault = try primary()
        let app = try app()
        var report = try await RunLock.with(directory: settings.stateDirectory, app: app, doing: "cleanup") {
            try await cleanUp(app, vault, dryRun: dryRun)
        }
        if !settings.vaults.isEmpty { report.vaults = try await sync(app, .clean(dryRun: dryRun)).vaults }
        return report
    }

    /// Removes one backup by hand, with its copies; the last good one of the app only with `force`.
    public func removeBackup(_ name: String, force: Bool = false) async throws -> RemovalReport {
        let app = try app()
        do {
            let removed = try await RunLock.with(
                directory: settings.stateDirectory, app: app, doing: "removing \(name)"
            ) {
                let removed = try catalogue().remove(name, force: force)
                try record(
                    JournalEvent(
                        .remove, archive: removed.name,
                        details: ["bytes": .integer(removed.bytes), "forced": .boolean(force)]))
                return removed
            }
            return RemovalReport(backup: removed, copies: await removeCopies(name, of: app))
        } catch let error as PGKeepError where error.code == .noSuchArchive {
            // Of one that vanished the copies may be the last: they stay, and can still be removed.
            if !force, let report = try acknowledge(name) { return report }
            // Retention may have taken it here, where a copy of it is still to be found.
            if !settings.vaults.isEmpty, let report = try await removeCopyOnly(name, force: force) { return report }
            guard let report = try acknowledge(name) else { throw error }
            return report
        }
    }

    /// Keeps a backup for good, until it is unpinned.
    public func pinBackup(_ name: String) async throws -> Backup {
        try mark(name, .pin) { try $0.pin($1, at: now(), by: NSUserName()) }
    }

    /// Gives a backup back to retention.
    public func unpinBackup(_ name: String) async throws -> Backup {
        try mark(name, .unpin) { try $0.unpin($1) }
    }

    /// Takes a suspect backup as good: retention goes on.
    public func acceptBackup(_ name: String) async throws -> Backup {
        try mark(name, .accept) { try $0.accept($1) }
    }

    /// Sets or takes a mark; what changes something is journalled.
    private func mark(
        _ name: String, _ kind: JournalEvent.Kind, _ change: (Catalogue, String) throws -> Bool
    ) throws -> Backup {
        let catalogue = try catalogue()
        let archive = try catalogue.resolve(name, now: now()).name
        if try change(catalogue, archive) { try record(JournalEvent(kind, archive: archive)) }
        return try catalogue.backup(archive)
    }

    // MARK: The journal

    /// Everything that was done on this machine, the oldest first.
    public func audit() throws -> [JournalLine] { try journal.lines() }

    /// Whether the journal's chain is whole, and says what the archives of every vault say.
    public func auditVerify() async throws -> JournalVerdict {
        try await BlockingWork.cancellable { cancellation in
            try await BlockingWork.run("pgkeep audit") {
                var witnesses = JournalWitnesses()
                let keys = try keys()
                try witnesses.ask(try primary(), keys: keys) { try cancellation.check() }
                for address in settings.vaults {
                    do {
                        try witnesses.ask(try vault(at: address), keys: keys) { try cancellation.check() }
                    } catch let error as PGKeepError where error.code != .interrupted {
                        witnesses.unread[address.description] = error.description
                    }
                }
                var verdict = try journal.verify(witnesses.all, isOnlyOne: isOnlyJournal)
                verdict.unread = witnesses.unread
                return verdict
            }
        }
    }

    /// A journal beside its archives is that of every machine that writes there.
    private var isOnlyJournal: Bool {
        settings.stateDirectory == Settings.stateDirectory(in: settings.backupDirectory)
    }
}
