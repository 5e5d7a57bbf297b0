import Foundation
import PGKeepArchive
import PGKeepModel

/// What is due each week, month, quarter and year: done, judged, and reported.
extension BackupSystem {
    /// Goes through a checklist of the app: verifies, drills, compares, and tells what was found.
    ///
    /// What can't be done here is told as not done, with the reason, never as passed.
    public func checklist(_ period: ChecklistPeriod, progress: Progress? = nil) async throws -> ChecklistReport {
        let app = try app()
        talk(.step(.backup, "\(period.rawValue.capitalized)'s checklist of \(app)..."))
        let evidence = try await evidence(for: period, app, progress)
        let report = ChecklistReport(period, evidence, host: ProcessInfo.processInfo.hostName)
        try record(
            JournalEvent(
                .checklist, outcome: report.hasFailures ? .failed : .ok,
                details: [
                    "app": .string(app.text), "period": .string(period.rawValue),
                    "failed": .list(report.items(.failed).map { .string($0.kind.rawValue) }),
                    "notDone": .list(report.items(.notDone).map { .string($0.kind.rawValue) }),
                ]))
        return report
    }

    private func evidence(
        for period: ChecklistPeriod, _ app: AppName, _ progress: Progress?
    ) async throws -> ChecklistEvidence {
        let at = now()
        let since = period.start(before: at, in: settings.timeZone)
        let verifications = try await verifications(
            of: catalogue().backups().filter { $0.createdAt >= since }, progress)
        var evidence = ChecklistEvidence(
            app: app, at: at, timeZone: settings.timeZone, retention: settings.retention,
            schedules: settings.schedules, rpo: settings.rpo, backups: try catalogue().backups(),
            lines: try journal.lines().filter { $0.isAbout(app) })
        evidence.verifications = verifications
        evidence.vault = try await Watcher(settings, now: now).look(at: [WatchedApp(app, settings: settings)]).vault
        evidence.recipients = settings.encryptionRecipients.map { KeyIdentifier(of: $0).description }
        if period.included.contains(.year) { evidence.verdict = try await auditVerify() }
        return evidence
    }

    /// Each is read whole; one that can't be read at all is a finding, not an end.
    private func verifications(
        of backups: [Backup], _ progress: Progress?
    ) async throws -> [ChecklistEvidence.Verification] {
        var found: [ChecklistEvidence.Verification] = []
        for backup in backups.sorted(by: { $0.createdAt < $1.createdAt }) {
            do {
                let report = try await verifyBackup(backup.name, progress: progress)
                found.append(
                    .init(archive: report.name, problems: report.problems, unchecked: report.unchecked))
            } catch let error as PGKeepError where error.code != .interrupted {
                found.append(.init(archive: backup.name, problems: [error.description]))
            }
        }
        return found
    }
}
