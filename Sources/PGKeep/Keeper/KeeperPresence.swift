import Foundation
import PGKeepModel
import PGKeepPostgres
import PGKeepVaults
import Synchronization

/// How the keepers of an app find one another, and what keeps them from excluding each other.
///
/// Those that share a vault read each other's notes in it. Those that share only the server see each other's sessions.
final class KeeperPresence: Sendable {
    private let clock: KeeperClock
    private let host = ProcessInfo.processInfo.hostName
    private let sessions = Mutex<[String: Announced]>([:])
    private let firstSeen = Mutex<[Condition.Identity: Date]>([:])

    private let last = Mutex<(at: Date, conditions: [Condition])?>(nil)

    /// A session that announces apps.
    private struct Announced: Sendable {
        var session: HeldKeeperSession
        var locksOn: String
        var apps: Set<AppName>
    }

    init(clock: KeeperClock) { self.clock = clock }

    /// How long what was found is taken as it is: servers and vault are asked no more often.
    private static let interval: TimeInterval = 600
    /// How long one server may take to answer.
    private static let patience = Duration.seconds(20)

    /// Announces this keeper, and tells who is in its way; what can't be asked now is asked the next time.
    func conditions(_ system: BackupSystem, _ databases: KeptDatabases) async -> [Condition] {
        let now = clock.now()
        if let last = last.withLock(\.self), abs(now.timeIntervalSince(last.at)) < KeeperPresence.interval {
            return last.conditions
        }
        let conditions = await found(system, databases)
        last.withLock { $0 = (now, conditions) }
        return conditions
    }

    /// Settings or databases changed: everything is asked anew the next time.
    func askAgain() { last.withLock { $0 = nil } }

    private func found(_ system: BackupSystem, _ databases: KeptDatabases) async -> [Condition] {
        var conditions: [Condition] = []
        var note = KeeperNote(
            host: host, stateDirectory: system.settings.stateDirectory, seenAt: clock.now(), apps: [:])
        for database in databases.databases {
            let server = await announced(database, system)
            note.apps[database.app.text] = KeeperNote.Kept(
                settings: KeeperPresence.shared(database.settings), locksOn: server?.locksOn)
            for vault in server?.otherVaults ?? [] {
                conditions.append(
                    Condition(
                        .keepersApart, app: database.app.text, subject: "vault \(vault)",
                        message: "another keeper keeps this database into another folder: both take every slot",
                        hint: "psql -c \"SELECT * FROM pg_stat_activity WHERE application_name LIKE 'pgkeep keeper%'\"",
                        since: clock.now()))
            }
        }
        conditions += exchange(note, system)
        return sinceFound(conditions)
    }

    /// Takes the note away.
    func leave(_ system: BackupSystem) async {
        let note = KeeperNote(
            host: host, stateDirectory: system.settings.stateDirectory, seenAt: clock.now(), apps: [:])
        do {
            try KeeperNotes(vault: system.primary()).remove(note)
        } catch {
            system.talk(.warning(.backup, "the keeper's note stays in the vault: \(error)"))
        }
        sessions.withLock { $0 = [:] }
    }

    private func exchange(_ note: KeeperNote, _ system: BackupSystem) -> [Condition] {
        do {
            let notes = KeeperNotes(vault: try system.primary())
            try notes.put(note)
            return note.conflicts(with: try notes.all(), now: clock.now())
        } catch {
            // That the vault can't be read or written is told by those who look at the backups in it.
            return []
        }
    }

    /// When each was found first.
    private func sinceFound(_ conditions: [Condition]) -> [Condition] {
        firstSeen.withLock { known in
            known = Dictionary(
                conditions.map { ($0.identity, known[$0.identity] ?? $0.since) }, uniquingKeysWith: min)
            return conditions.map { condition in
                var condition = condition
                condition.since = known[condition.identity] ?? condition.since
                return condition
            }
        }
    }

    /// What keepers of one app have to agree on, where they share its vault.
    private static func shared(_ settings: Settings) -> [String: String] {
        [
            "BACKUP_DAILY_SCHEDULE": settings.schedules.daily?.description ?? "off",
            "BACKUP_WEEKLY_SCHEDULE": settings.schedules.weekly?.description ?? "off",
            "BACKUP_MONTHLY_SCHEDULE": settings.schedules.monthly?.description ?? "off",
            "BACKUP_TIMEZONE": settings.timeZone.identifier,
            "BACKUP_RETENTION_DAYS": String(settings.retention.daily),
            "BACKUP_RETENTION_WEEKLY_DAYS": String(settings.retention.weekly),
            "BACKUP_RETENTION_MONTHLY_DAYS": String(settings.retention.monthly),
        ]
    }

    // MARK: The server

    private func announced(
        _ database: KeptDatabases.Database, _ system: BackupSystem
    ) async -> (locksOn: String, otherVaults: [String])? {
        do {
            let server = try ConnectionString(database.settings.requireDatabaseURL().reveal()).database("postgres")
            let vault = try KeeperNotes(vault: system.with(database.settings).primary()).vaultIdentity()
            let key = "\(vault)\n\(server.text)"
            let known = sessions.withLock { $0[key] }
            let app = database.app
            do {
                let (announced, others) = try await TimeLimit.within(
                    KeeperPresence.patience, doing: "looking for other keepers"
                ) {
                    try await KeeperPresence.ask(known, server, vault, app)
                }
                sessions.withLock { $0[key] = announced }
                return (announced.locksOn, others)
            } catch {
                sessions.withLock { $0[key] = nil }
                throw error
            }
        } catch {
            // A server that can't be reached fails the backup, and is told there.
            return nil
        }
    }

    /// The session outlives the question, and with it its cancellation, which a later question's end must reach.
    private static func ask(
        _ known: Announced?, _ server: ConnectionString, _ vault: String, _ app: AppName
    ) async throws -> (Announced, [String]) {
        let cancellation = known?.session.cancellation ?? Cancellation()
        return try await withTaskCancellationHandler {
            try await BlockingWork.run("pgkeep presence") {
                var announced = try known ?? connect(server, vault, cancellation)
                if announced.apps.insert(app).inserted { try announced.session.session.announce(app) }
                return (announced, try announced.session.session.otherVaults(of: app))
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    private static func connect(
        _ server: ConnectionString, _ vault: String, _ cancellation: Cancellation
    ) throws -> Announced {
        let session = try KeeperSession(vault: vault, on: server, cancellation: cancellation)
        return Announced(
            session: HeldKeeperSession(session: session, cancellation: cancellation),
            locksOn: session.isOnStandby ? "the standby \(session.place)" : "the primary", apps: [])
    }
}

/// A session that one thread after the other uses: only the watching loop does.
private struct HeldKeeperSession: @unchecked Sendable {
    let session: KeeperSession
    let cancellation: Cancellation
}
