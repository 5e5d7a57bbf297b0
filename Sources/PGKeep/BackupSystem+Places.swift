import Foundation
import PGKeepArchive
import PGKeepModel
import PGKeepPostgres
import PGKeepVaults

/// Where things are: the vault, the app, the journal, and one archive by whatever a person calls it.
extension BackupSystem {
    var journal: Journal { Journal(directory: settings.stateDirectory) }

    /// What somebody did by hand has a name beside it.
    func record(_ event: JournalEvent) throws {
        var event = event
        if event.kind.isByHand { event.details["by"] = .string(NSUserName()) }
        try journal.append(event, at: now())
    }

    /// Writes down what happened, where that it can't be written is no reason to stop.
    func note(_ event: JournalEvent) {
        do {
            try record(event)
        } catch {
            talk(.warning(.backup, "not in the journal: \(event.kind.rawValue): \(error)"))
        }
    }

    /// A failure is told even where the journal can't be written: it must not be hidden by that.
    func recordFailure(_ kind: JournalEvent.Kind, archive: String?, _ details: [String: JSONValue]) {
        do {
            try record(JournalEvent(kind, archive: archive, outcome: .failed, details: details))
        } catch {
            talk(.warning(.backup, "the failure is not in the journal: \(error)"))
        }
    }

    func primary() throws -> DirectoryVault { try DirectoryVault(settings.backupDirectory) }

    /// The app as set, else the database's name.
    func app() throws -> AppName { try settings.app() }

    func app(of server: ConnectionString) throws -> AppName {
        if let name = settings.appName { return try AppName(name) }
        return try AppName(database: targetDatabase(server))
    }

    func targetDatabase(_ server: ConnectionString) throws -> String { try Settings.database(of: server) }

    func catalogue() throws -> Catalogue { try catalogue(primary(), app()) }

    func catalogue(_ vault: any Vault, _ app: AppName?) -> Catalogue {
        Catalogue(vault: vault, app: app, verifications: { try journal.verifications() }, seals: seals)
    }

    /// An archive by `latest`, by name, by the path of a file anywhere or its address in a vault; or the newest that isn't
    /// after a time.
    func reference(_ name: String?, at: Date? = nil) throws -> ArchiveReference {
        if let at { return try catalogue().newest(before: at) }
        if let name, ArchiveAddress.isAddress(name) { return try reference(at: ArchiveAddress(name)) }
        // A path needs neither app nor DATABASE_URL.
        if let name, name.contains("/") {
            return try catalogue(primary(), nil).resolve(name, now: now())
        }
        return try catalogue().resolve(name ?? "latest", now: now())
    }

    /// What an archive, or another tool's dump, holds.
    func open(_ reference: ArchiveReference, progress: Progress?) async throws -> RestoreSource {
        try await BlockingWork.cancellable { cancellation in
            try await BlockingWork.run("pgkeep open") {
                try RestoreSource.open(reference, keys: { try keys() }, progress: progress) {
                    try cancellation.check()
                }
            }
        }
    }

    func prepare(_ request: RestoreRequest, progress: Progress? = nil) async throws -> PreparedRestore {
        let server = try server(as: request.role)
        let reference = try reference(request.archive, at: request.at)
        let opened = try await open(reference, progress: progress)
        try opened.refuseIfNotWhole()
        let source = try RestorableDatabase(opened, name: reference.name, wanted: wanted(by: request, server))
        let database = try database(for: request, source, server)
        let timings = RestoreTiming.samples(try journal.lines(of: .restore))
        return try await BlockingWork.cancellable { cancellation in
            try await BlockingWork.run("pgkeep preflight") {
                let connection = try Databases.maintenance(server, avoiding: database, cancellation: cancellation)
                let preflight = RestorePreflight(
                    source: source, request: request, database: database, jobs: settings.jobs, timings: timings,
                    now: now(), connection: connection, cancellation: cancellation)
                var (plan, properties) = try preflight.plan()
                if reference.backup?.suspect == true {
                    plan.warnings.append("this backup is suspect and not accepted: pgkeep status says why")
                }
                return PreparedRestore(source: source, properties: properties, plan: plan)
            }
        }
    }

    /// The database that a dump of several should be searched for.
    private func wanted(by request: RestoreRequest, _ server: ConnectionString) -> String? {
        switch request.target {
        case .create(let name), .replace(let name?): name
        case .replace(nil): server.databaseName
        }
    }

    /// Where a restore goes, and as whom.
    func server(as role: String?) throws -> ConnectionString {
        let server = try ConnectionString(settings.requireDatabaseURL().reveal())
        return role.map(server.role) ?? server
    }

    private func database(
        for request: RestoreRequest, _ source: RestorableDatabase, _ server: ConnectionString
    ) throws -> String {
        switch request.target {
        case .create(let name): return name
        case .replace(let name?): return name
        case .replace(nil):
            let name = try targetDatabase(server)
            guard let was = source.database, name != was else { return name }
            throw PGKeepError(
                .usage, "the archive is of database \(was), DATABASE_URL names \(name)",
                hint: "pgkeep restore … --to \(name)   (to replace \(name) all the same)")
        }
    }
}

/// A restore that needs no more than a yes.
struct PreparedRestore: Sendable {
    var source: RestorableDatabase
    /// What the database is to be, beside what is in it.
    var properties: DatabaseProperties
    var plan: RestorePlan
}
