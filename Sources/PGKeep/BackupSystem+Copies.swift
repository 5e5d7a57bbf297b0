import Foundation
import PGKeepModel

/// Copies of the archives in other vaults.
extension BackupSystem {
    /// Makes the copies that are missing in the vaults of `BACKUP_VAULTS`, and says what could not be made; a dry run
    /// only looks.
    ///
    /// With `comparing`, copies that are there are compared with their originals as well.
    public func syncCopies(
        dryRun: Bool = false, comparing: Bool = false, progress: Progress? = nil
    ) async throws -> SyncReport {
        guard !settings.vaults.isEmpty else {
            throw PGKeepError(
                .settings, "BACKUP_VAULTS is not set: there is nowhere to copy to",
                hint: "export BACKUP_VAULTS=s3://bucket/prefix   (\(VaultAddress.kinds))")
        }
        return try await sync(try app(), dryRun ? .look : .make(comparing: comparing), progress: progress)
    }

    /// One run over an app's vaults; `places` are shared by apps whose turns come together.
    func sync(
        _ app: AppName, _ work: CopyRun.Work, places: VaultPlaces? = nil, progress: Progress? = nil,
        isStopping: @escaping @Sendable () -> Bool = { Task.isCancelled }
    ) async throws -> SyncReport {
        try await CopyRun(
            system: self, app: app, places: places ?? vaultPlaces, progress: progress, isStopping: isStopping
        ).run(work)
    }

    var vaultPlaces: VaultPlaces { VaultPlaces(stall: settings.stallTimeout) { try vault(at: $0) } }

    /// The copies of a backup that was taken just now, and of older ones that have none yet. That one can't be made is
    /// no failure of the backup.
    func copyBackups(of app: AppName, progress: Progress?) async -> SyncReport? {
        guard !settings.vaults.isEmpty else { return nil }
        do {
            return try await waitingForGlances { try await sync(app, .make(comparing: false), progress: progress) }
        } catch {
            let error = error.asPGKeepError
            talk(.warning(.backup, "no copies were made: \(error)"))
            return SyncReport(
                app: app.text, dryRun: false,
                vaults: settings.vaults.map { address in
                    var report = VaultSyncReport(vault: address.description)
                    report.problem = error.description
                    report.hint = error.hint
                    return report
                })
        }
    }

    /// Whoever only looks at the copies, as `status` does, is done soon: that is waited for.
    func waitingForGlances<Result>(_ body: () async throws -> Result) async throws -> Result {
        let start = ContinuousClock.now
        while true {
            do {
                return try await body()
            } catch let error as PGKeepError where error.code == .busy && start.duration(to: .now) < .seconds(90) {
                // A lock tells nobody when it is free.
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Looks at the vaults of apps, all at once, so that what is told of copies is of now; what can't be looked at stays as
    /// it was seen last, with the reason.
    func lookAtCopies(of databases: [KeptDatabases.Database]) async {
        let places = vaultPlaces
        await withTaskGroup(of: Void.self) { group in
            for database in databases where !database.settings.vaults.isEmpty {
                let system = with(database.settings)
                group.addTask {
                    do {
                        _ = try await system.sync(database.app, .look, places: places)
                    } catch let error as PGKeepError where error.code == .busy {
                        // Whoever makes copies at the moment writes down what is there.
                    } catch {
                        talk(.warning(.backup, "copies of \(database.app) can't be looked at: \(error)"))
                    }
                }
            }
        }
    }

    /// What lies in each vault, as it was seen last; no vault is asked.
    func vaultStats() throws -> [BackupStats.VaultStats] {
        guard !settings.vaults.isEmpty else { return [] }
        var known = WatchedCopies(directory: settings.stateDirectory)
        let now = now()
        return try known.sights(of: app(), settings.vaults).map { sight in
            BackupStats.VaultStats(
                vault: sight.vault, copies: sight.copies.count, bytes: sight.copies.values.reduce(0) { $0 + $1.bytes },
                locked: sight.copies.values.count { $0.lockedUntil ?? .distantPast > now })
        }
    }

    /// The same backups with how many copies there are of each, as the vaults were seen last; no vault is asked.
    func withRedundancy(_ backups: [Backup]) throws -> [Backup] {
        guard !settings.vaults.isEmpty, let app = backups.first.flatMap({ AppName(encoded: $0.app) }) else {
            return backups
        }
        var known = WatchedCopies(directory: settings.stateDirectory)
        let sights = try known.sights(of: app, settings.vaults)
        let now = now()
        return backups.map { backup in
            var backup = backup
            backup.redundancy = ArchiveName(backup.name).map {
                Redundancy(of: $0, bytes: backup.bytes, sights, now: now)
            }
            return backup
        }
    }
}
