package import Foundation
package import PGKeepModel
import PGKeepVaults

extension Catalogue {
    /// What retention decides about the backups as they are now.
    package func plan(_ policy: RetentionPolicy, now: Date) throws -> RetentionPlan {
        guard app != nil else {
            throw PGKeepError(.settings, "retention needs an app", hint: "export BACKUP_APP_NAME=myapp")
        }
        return RetentionPlan(try facts(), policy: policy, now: now)
    }

    /// What retention needs to know of the backups as they are now.
    func facts() throws -> [RetentionFacts] {
        try backups().compactMap { backup in
            ArchiveName(backup.name).map { name in
                RetentionFacts(
                    name: name, bytes: backup.bytes, isGood: backup.isGood, isPinned: backup.pinned,
                    isProven: backup.provenAt != nil, isSuspect: backup.suspect)
            }
        }
    }

    /// Deletes what the plan says, each after a last look for a new pin or a new suspect; a dry run only tells.
    ///
    /// `didDelete` is called for each in turn, oldest first.
    package func cleanUp(
        _ policy: RetentionPolicy, now: Date, dryRun: Bool,
        didDelete: (CleanupReport.Entry) throws -> Void = { _ in }
    ) throws -> CleanupReport {
        let plan = try plan(policy, now: now)
        var report = CleanupReport(plan, dryRun: dryRun)
        guard !dryRun else { return report }
        var isFrozen = false
        for decision in plan.decisions.reversed() where !decision.keep {
            let entry = CleanupReport.Entry(decision)
            if !isFrozen { isFrozen = try hasSuspect() }
            if let reason = try change(of: entry.name, isFrozen) {
                report.keep(entry, reason: reason.text, failed: false)
                continue
            }
            do {
                try remove(entry.name)
            } catch let error as PGKeepError {
                report.keep(entry, reason: error.description, failed: true)
                continue
            }
            try didDelete(entry)
        }
        return report
    }

    /// Why a backup that was to go must stay after all.
    private func change(of name: String, _ isFrozen: Bool) throws -> RetentionPlan.Reason? {
        if try vault.exists(Mark.pin.name(for: name)) { return .pinned }
        return isFrozen ? .frozen : nil
    }

    /// Whether an archive of the app has become suspect since the plan was made.
    private func hasSuspect() throws -> Bool {
        try vault.list().contains { entry in
            guard let (archive, mark) = Mark.read(entry.name) else { return false }
            return mark == .suspect && ArchiveName(archive)?.app == app
        }
    }
}
