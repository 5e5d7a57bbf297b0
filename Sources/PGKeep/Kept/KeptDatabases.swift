import Foundation
public import PGKeepModel
import PGKeepPostgres

/// The databases that are kept at one moment.
public struct KeptDatabases: Sendable {
    /// One of them.
    public struct Database: Sendable {
        /// Under which name its backups are filed.
        public let app: AppName
        /// What holds for it alone.
        public let settings: Settings
        /// Its name on the server, where the server's own list was asked.
        let name: String?

        init(app: AppName, settings: Settings, name: String? = nil) {
            self.app = app
            self.settings = settings
            self.name = name
        }
    }

    /// In the order in which their turn comes: as listed, or by name.
    public let databases: [Database]

    /// By where their archives and journals are: these are watched together.
    var places: [[Database]] {
        Dictionary(grouping: databases) { $0.settings.place }.sorted { $0.key < $1.key }.map(\.value)
    }
}

extension Settings {
    /// Archives and journal of one place are watched together.
    var place: String { "\(backupDirectory)\n\(stateDirectory)" }

    /// When each tier runs next, if somebody is at work.
    func nextRuns(after now: Date) -> [Tier: Date] {
        var runs: [Tier: Date] = [:]
        for tier in Schedules.tiers { runs[tier] = schedules.next(tier, after: now, in: timeZone) }
        return runs
    }

    /// When each tier was last to run, if somebody is at work.
    func lastSlots(atOrBefore now: Date) -> [Tier: Date] {
        var slots: [Tier: Date] = [:]
        for tier in Schedules.tiers { slots[tier] = schedules.latest(tier, atOrBefore: now, in: timeZone) }
        return slots
    }

    /// The databases that are kept now; where that is every one of a server, the server is asked each time.
    public func keptDatabases() async throws -> KeptDatabases {
        switch databases {
        case .one: return KeptDatabases(databases: [.init(app: try app(), settings: self)])
        case .named(let names): return try keptDatabases(named: names)
        case .every: return try await keptDatabases(named: everyDatabase())
        case .listed(let entries):
            return KeptDatabases(databases: try entries.map { .init(app: try AppName($0.appName ?? ""), settings: $0) })
        }
    }

    /// Without the databases that a restore made beside another one: they are its own, and go by themselves.
    private func everyDatabase() async throws -> [String] {
        let server = try ConnectionString(requireServerURL().reveal())
        return try await BlockingWork.cancellable { cancellation in
            try await BlockingWork.run("pgkeep databases") {
                let connection = try Databases.maintenance(server, avoiding: "", cancellation: cancellation)
                let aside = Set(try SideDatabase.all(connection).map(\.name))
                return try DatabaseNames.connectable(connection).filter { !aside.contains($0) }
            }
        }
    }

    /// The connection string for another database of the same server.
    func url(ofDatabase name: String) throws -> Secret? {
        try databaseURL.map { Secret(try ConnectionString($0.reveal()).database(name).text) }
    }

    /// These of the server's databases.
    func keptDatabases(named names: [String]) throws -> KeptDatabases {
        KeptDatabases(
            databases: try names.map { name in
                var own = self
                own.databases = .one
                own.databaseURL = try url(ofDatabase: name)
                let app = try AppName(database: name)
                own.appName = app.text
                return KeptDatabases.Database(app: app, settings: own, name: name)
            })
    }
}
