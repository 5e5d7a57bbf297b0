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
    /// The folders that have a note of this keeper.
    private let left = Mutex<Set<String>>([])
    private let firstSeen = Mutex<[Condition.Identity: Date]>([:])

    private let last = Mutex(Last())
    private let work = PatientWork(on: "a backup folder")

    private struct Last {
        var conditions: [Condition] = []
        var isWanted = false
    }

    /// A session that announces apps.
    private struct Announced: Sendable {
        var session: HeldKeeperSession
        var process: Int
        var locksOn: String
        var apps: Set<AppName>
    }

    init(clock: KeeperClock) { self.clock = clock }

    /// How long one server may take to answer.
    private static let patience = Duration.seconds(20)

    /// What was found last.
    var conditions: [Condition] { last.withLock(\.conditions) }

    /// Whether settings or databases changed since then.
    var isWanted: Bool { last.withLock(\.isWanted) }
    func askAgain() { last.withLock { $0.isWanted = true } }

    /// Announces this keeper, and finds who is in its way; what can't be asked now is asked the next time.
    func look(_ system: BackupSystem, _ databases: KeptDatabases) async {
        last.withLock { $0.isWanted = false }
        let found = await found(system, databases)
        last.withLock { $0.conditions = found }
    }

    private func found(_ system: BackupSystem, _ databases: KeptDatabases) async -> [Condition] {
        var conditions: [Condition] = []
        var notes: [String: KeeperNote] = [:]
        var round = Round()
        for database in databases.databases {
            let server = await announced(database, system, &round)
            notes[database.settings.backupDirectory, default: note(of: system)].apps[database.app.text] =
                KeeperNote.Kept(
                    settings: database.settings.sharedByKeepers, locksOn: server?.locksOn)
            if server == nil { conditions += self.conditions.filter { $0.isOfVault(of: database.app) } }
            for vault in server?.otherVaults ?? [] {
                conditions.append(
                    Condition(
                        .keepersApart, app: database.app.text, subject: "vault \(vault)",
                        message: "another keeper keeps this database into another folder: both take every slot",
                        hint: "psql -c \"SELECT * FROM pg_stat_activity WHERE application_name LIKE 'pgkeep keeper%'\"",
                        since: clock.now()))
            }
        }
        for (directory, note) in notes { conditions += await exchange(note, in: directory) }
        left.withLock { $0.formUnion(notes.keys) }
        sessions.withLock { sessions in sessions = sessions.filter { round.used.contains($0.key) } }
        return sinceFound(conditions)
    }

    /// Takes the note away.
    func leave(_ system: BackupSystem) async {
        let note = note(of: system)
        for directory in left.withLock({ $0 }) {
            do {
                try await work.run("pgkeep presence") {
                    try KeeperNotes(vault: DirectoryVault(directory)).remove(note)
                }
            } catch {
                system.talk(.warning(.backup, "the keeper's note stays in \(directory): \(error)"))
            }
        }
        sessions.withLock { $0 = [:] }
    }

    private func note(of system: BackupSystem) -> KeeperNote {
        KeeperNote(host: host, stateDirectory: system.settings.stateDirectory, seenAt: clock.now(), apps: [:])
    }

    private func exchange(_ note: KeeperNote, in directory: String) async -> [Condition] {
        do {
            return try await work.run("pgkeep presence") {
                let notes = KeeperNotes(vault: try DirectoryVault(directory))
                try notes.put(note)
                let others = try notes.all()
                for forgotten in others where forgotten.isForgotten(at: note.seenAt) { try notes.remove(forgotten) }
                return note.conflicts(with: others, now: note.seenAt)
            }
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

    // MARK: The server

    /// What one round over all databases has learned: a server that does not answer is asked once.
    private struct Round {
        var silent: Set<String> = []
        var used: Set<String> = []
    }

    private func announced(
        _ database: KeptDatabases.Database, _ system: BackupSystem, _ round: inout Round
    ) async -> (locksOn: String, otherVaults: [String])? {
        do {
            let server = try ConnectionString(database.settings.requireDatabaseURL().reveal()).database("postgres")
            let directory = database.settings.backupDirectory
            let vault = try await work.run("pgkeep presence") {
                try KeeperNotes(vault: DirectoryVault(directory)).vaultIdentity()
            }
            let key = "\(vault)\n\(server.text)"
            guard !round.silent.contains(key) else { return nil }
            round.used.insert(key)
            let known = sessions.withLock { $0[key] }
            let own = sessions.withLock { $0.values.map(\.process) }
            let app = database.app
            do {
                let (announced, others) = try await TimeLimit.within(
                    KeeperPresence.patience, doing: "looking for other keepers"
                ) {
                    try await KeeperPresence.ask(known, server, vault, app, own)
                }
                sessions.withLock { $0[key] = announced }
                return (announced.locksOn, others)
            } catch {
                sessions.withLock { $0[key] = nil }
                round.silent.insert(key)
                throw error
            }
        } catch {
            // A server that can't be reached fails the backup, and is told there.
            return nil
        }
    }

    /// The session outlives the question, and with it its cancellation, which a later question's end must reach.
    private static func ask(
        _ known: Announced?, _ server: ConnectionString, _ vault: String, _ app: AppName, _ own: [Int]
    ) async throws -> (Announced, [String]) {
        let cancellation = known?.session.cancellation ?? Cancellation()
        return try await withTaskCancellationHandler {
            try await BlockingWork.run("pgkeep presence") {
                var announced = try known ?? connect(server, vault, cancellation)
                if announced.apps.insert(app).inserted { try announced.session.session.announce(app) }
                return (announced, try announced.session.session.otherVaults(of: app, except: own))
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
            session: HeldKeeperSession(session: session, cancellation: cancellation), process: session.process,
            locksOn: session.isOnStandby ? "the standby \(session.place)" : "the primary", apps: [])
    }
}

extension Condition {
    /// Whether another keeper's vault is what it tells of.
    fileprivate func isOfVault(of app: AppName) -> Bool {
        kind == .keepersApart && self.app == app.text && subject?.hasPrefix("vault ") == true
    }
}

/// A session that is used by one thread after the other.
///
/// Only `KeeperPresence.look` uses it, which one loop of the keeper calls, a database after the other, each time waiting
/// for the thread it started; `leave` lets go of it after that loop has ended.
private struct HeldKeeperSession: @unchecked Sendable {
    let session: KeeperSession
    let cancellation: Cancellation
}
