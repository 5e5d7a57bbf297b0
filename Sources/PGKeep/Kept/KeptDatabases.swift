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
    }

    /// In the order in which their turn comes: as listed, or by name.
    public let databases: [Database]

    /// The apps that were kept earlier and aren't any more, such as of a database that was dropped.
    public func vanished(since earlier: KeptDatabases) -> [AppName] {
        let now = Set(databases.map(\.app))
        return earlier.databases.map(\.app).filter { !now.contains($0) }
    }
}

extension Settings {
    /// The databases that are kept now; where that is every one of a server, the server is asked each time.
    public func keptDatabases() async throws -> KeptDatabases {
        switch databases {
        case .one: return KeptDatabases(databases: [.init(app: try app(), settings: self)])
        case .named(let names): return try kept(names)
        case .every: return try await kept(everyDatabase())
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

    private func kept(_ names: [String]) throws -> KeptDatabases {
        KeptDatabases(
            databases: try names.map { name in
                var own = self
                own.databases = .one
                own.databaseURL = try url(ofDatabase: name)
                let app = try AppName(database: name)
                own.appName = app.text
                return KeptDatabases.Database(app: app, settings: own)
            })
    }
}
