import Foundation
import PGKeepModel

/// Which databases are kept.
public enum DatabaseSelection: Sendable {
    /// The one of `DATABASE_URL`.
    case one
    /// Those of these names, on the server of `DATABASE_URL`.
    case named([String])
    /// Every one on the server of `DATABASE_URL` that takes connections, new ones included.
    case every
    /// Each with settings of its own, its app's name among them.
    case listed([Settings])

    /// Whether commands must be told which one they are about.
    public var isSeveral: Bool {
        if case .one = self { false } else { true }
    }

    /// Reads `*` or names separated by commas; nil if it is neither, or a name stands there twice or can't be an app's.
    init?(_ text: String) {
        guard text != "*" else {
            self = .every
            return
        }
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        let isName = { (name: String) in name != "*" && (try? AppName(database: name)) != nil }
        guard names.allSatisfy(isName), Set(names).count == names.count else { return nil }
        self = .named(names)
    }
}

extension Settings {
    /// The settings of one of several databases, chosen by its app's name.
    func choosing(app: String) throws -> Settings {
        let wanted = try AppName(app)
        var chosen = self
        chosen.databases = .one
        chosen.appName = wanted.text
        switch databases {
        case .one: return self
        case .listed(let entries):
            guard let entry = entries.first(where: { $0.appName == wanted.text }) else { throw unknown(app) }
            return entry
        case .named(let names):
            guard let name = try names.first(where: { try AppName(database: $0) == wanted }) else {
                throw unknown(app)
            }
            chosen.databaseURL = try url(ofDatabase: name)
        case .every:
            // The encoded form is what lists show.
            let name = AppName(encoded: app) == nil ? app : app.removingPercentEncoding ?? app
            chosen.databaseURL = try url(ofDatabase: name)
        }
        return chosen
    }

    /// Something is about one database, and several are kept.
    func refuseSeveral() throws {
        guard databases.isSeveral else { return }
        let apps = knownApps
        throw PGKeepError(
            .usage, "several databases are kept, and this is about one of them",
            cause: apps.isEmpty ? nil : apps.joined(separator: ", "), hint: "add --app \(apps.first ?? "NAME")")
    }

    private func unknown(_ app: String) -> PGKeepError {
        let apps = knownApps
        return PGKeepError(
            .usage, "no database is kept as \(app)", cause: "those kept are \(apps.joined(separator: ", "))",
            hint: "add --app \(NearestName.of(app, among: apps) ?? apps.first ?? "NAME")")
    }

    /// As far as they are known without asking a server: if every database is kept, those with backups.
    private var knownApps: [String] {
        switch databases {
        case .one: return appName.map { [$0] } ?? []
        case .listed(let entries): return entries.compactMap(\.appName)
        case .named(let names): return names.compactMap { try? AppName(database: $0).text }
        case .every:
            let files = (try? FileManager.default.contentsOfDirectory(atPath: backupDirectory)) ?? []
            return Set(files.compactMap { ArchiveName($0)?.app.text }).sorted()
        }
    }
}
