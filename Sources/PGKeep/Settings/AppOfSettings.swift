import PGKeepModel
import PGKeepPostgres

extension Settings {
    /// The app as set, else the database's name; of several databases none is the one.
    func app() throws -> AppName {
        if let appName { return try AppName(appName) }
        return try AppName(database: Settings.database(of: ConnectionString(requireDatabaseURL().reveal())))
    }

    /// The database's name as given, or as a service file or PGDATABASE tells it.
    static func database(of server: ConnectionString) throws -> String {
        if let name = try server.resolvedDatabaseName() { return name }
        throw PGKeepError(
            .settings, "DATABASE_URL names no database", hint: "export DATABASE_URL=postgresql://user@host:5432/mydb")
    }
}
