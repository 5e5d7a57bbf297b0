import Foundation
import PGKeepModel
import ServiceLifecycle

/// A keeper's checklists: each gone through when it is due, with its report; made up for once if nobody was there.
struct KeeperChecklists: Sendable {
    let clock: KeeperClock
    let startedAt: Date

    /// How long nothing is looked at, if nothing is due before.
    private static let interval: TimeInterval = 6 * 3600
    /// How soon to ask for the databases again.
    private static let breath: TimeInterval = 300

    /// Gives each database its turn; when to come back.
    func round(_ databases: [KeptDatabases.Database], _ system: BackupSystem) async -> Date {
        // While the server can't be asked which there are, none is known.
        let pause = databases.isEmpty ? KeeperChecklists.breath : KeeperChecklists.interval
        var next = clock.now().addingTimeInterval(pause)
        for database in databases where !database.settings.checklists.isEmpty {
            guard !Task.isShuttingDownGracefully else { break }
            let own = system.with(database.settings)
            do {
                if let period = try due(own, database.app) { try await own.goThrough(period) }
                next = min(next, try schedule(own).next(after: clock.now()) ?? next)
            } catch {
                own.talk(.warning(.backup, "no checklist of \(database.app): \(error)"))
            }
        }
        return next
    }

    private func schedule(_ system: BackupSystem) -> ChecklistSchedule {
        ChecklistSchedule(periods: system.settings.checklists, timeZone: system.settings.timeZone)
    }

    private func due(_ system: BackupSystem, _ app: AppName) throws -> ChecklistPeriod? {
        let began = try system.journal.lines(of: .start).first?.at ?? startedAt
        let done = ChecklistSchedule.done(try system.journal.lines(of: .checklist), of: app)
        return try schedule(system).due(at: clock.now(), since: began, done: done)
    }
}

extension BackupSystem {
    /// Goes through a checklist and writes its report where those of the schedule are; that it can't be written there is
    /// journalled with the list, and so alerted.
    fileprivate func goThrough(_ period: ChecklistPeriod) async throws {
        let report = try await examine(period)
        let counts = [ChecklistItem.Verdict.passed, .failed, .notDone].map { report.items($0).count }
        talk(
            .step(
                .backup,
                "\(period.rawValue.capitalized)'s checklist of \(report.app): "
                    + "\(counts[0]) passed, \(counts[1]) failed, \(counts[2]) not done"))
        var trouble: String?
        do {
            for path in try report.write(to: settings.reportDirectory ?? "\(settings.stateDirectory)/reports") {
                talk(.step(.backup, "Report: \(path)"))
            }
        } catch {
            trouble = error.asPGKeepError.description
            talk(.warning(.backup, "\(error)"))
        }
        try record(report.event(trouble: trouble))
    }
}
