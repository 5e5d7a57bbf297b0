import Foundation
import PGKeepModel
import PGKeepPostgres
import PGKeepVaults

/// Retention at work: the plan, told or carried out, and the databases that restores kept aside.
extension BackupSystem {
    func cleanUp(_ app: AppName, _ vault: DirectoryVault, dryRun: Bool) async throws -> CleanupReport {
        var report = try catalogue(vault, app).cleanUp(settings.retention, now: now(), dryRun: dryRun) { entry in
            var details: [String: JSONValue] = [
                "ageDays": .integer(Int64(entry.ageDays)), "bytes": .integer(entry.bytes),
                "reason": .string(entry.reason),
            ]
            // As it was then: whoever looks back may have another setting by now.
            details["limitDays"] = ArchiveName(entry.name).flatMap { settings.retention.days(for: $0.tier) }
                .map { .integer(Int64($0)) }
            try record(JournalEvent(.delete, archive: entry.name, details: details))
            talk(.deletedOldBackup(entry.name, days: entry.ageDays))
        }
        if !dryRun {
            talk(.cleanupCompleted(deleted: report.deleted.count, freed: ByteCount(report.freedBytes)))
        }
        report.databasesDropped = await oldDatabases(dryRun: dryRun)
        return report
    }

    /// A server that can't be reached keeps its databases; the archives were thinned out all the same.
    private func oldDatabases(dryRun: Bool) async -> [String] {
        guard let url = settings.databaseURL else { return [] }
        do {
            let server = try ConnectionString(url.reveal())
            return try await BlockingWork.cancellable { cancellation in
                try await BlockingWork.run("pgkeep cleanup") {
                    try UndoRun.removeOld(
                        days: settings.keepAsideDays, server, dryRun: dryRun, now: now(), cancellation)
                }
            }
        } catch {
            talk(.warning(.backup, "databases kept aside were not looked at: \(error)"))
            return []
        }
    }
}
