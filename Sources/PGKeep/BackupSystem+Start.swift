import Foundation
import PGKeepModel
import PGKeepPostgres

/// What a server asks before it relies on its backups.
extension BackupSystem {
    /// Makes the folders and the journal, says when the next backups come, and tells what is wrong from the start.
    ///
    /// What it gives are the conditions that alerts would tell: a database that can't be reached or can't be backed up
    /// as it is, backups that are missing or too old, a disk that fills up. A keeper lives with all of these, tries
    /// again and alerts, so a server may log them and start. It throws only where no backup could be filed: the folder or
    /// the journal can't be made.
    public func initializeBackupSystem() async throws -> [Condition] {
        _ = try primary()
        try journal.prepare()
        let machine = KeeperClock(now: now, sleep: KeeperClock.machine.sleep)
        await Keeper(self, clock: machine, reload: { settings }).announceSchedule()

        let outlook = KeeperOutlook(talk: talk, clock: machine)
        let kept = await outlook.databases(self)
        // No backup is under way that would mend it: what is missing is told.
        for database in kept.databases { outlook.attended(database.app) }
        var conditions = await outlook.conditions(self).conditions
        for database in kept.databases {
            if let condition = await with(database.settings).obstacle(to: database.app) { conditions.append(condition) }
        }
        return conditions
    }

    /// Why a backup of the database would fail right now; nil if nothing speaks against it.
    private func obstacle(to app: AppName) async -> Condition? {
        do {
            let server = try ConnectionString(settings.requireDatabaseURL().reveal())
            try await TimeLimit.within(BackupSystem.patience, doing: "asking the server") {
                try await BlockingWork.cancellable { cancellation in
                    try await BlockingWork.run("pgkeep preflight") {
                        let connection = try Connection(server, purpose: "pgkeep preflight", cancellation: cancellation)
                        _ = try BackupPreflight.run(connection, cancellation)
                    }
                }
            }
            return nil
        } catch {
            let known = error as? PGKeepError
            return Condition(
                known?.code == .unreachable ? .databaseMissing : .backupFailed, app: app.text,
                message: "a backup would fail: \(error)", hint: known?.hint, since: now())
        }
    }

    /// How long a server may take to answer at the start.
    private static let patience = Duration.seconds(20)
}
