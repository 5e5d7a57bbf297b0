package import Foundation
import PGKeepModel

/// Which databases of a server there were when it was asked last: where all of them are kept, nobody else knows.
///
/// It lies in `databases.json` of the state folder: a keeper that starts while the server is away knows whose backups
/// grow old, and a database that was dropped while it was down is told of.
package struct KeptMemory: Sendable, Equatable, Codable {
    /// The databases that were there.
    package private(set) var present: [String] = []
    /// Those that were there once, and when it was seen that they are gone.
    package private(set) var vanished: [String: Date] = [:]

    package init() {}

    /// A database that was dropped on purpose is nobody's concern after so long.
    static let told: TimeInterval = 7 * 86_400

    /// Takes what the server told now.
    package mutating func see(_ names: [String], now: Date) {
        for name in present where !names.contains(name) { vanished[name] = now }
        vanished = vanished.filter { name, since in
            !names.contains(name) && now.timeIntervalSince(since) < KeptMemory.told
        }
        present = names
    }

    /// The databases that are gone.
    package var conditions: [Condition] {
        vanished.sorted { $0.key < $1.key }.compactMap { name, since in
            // What is no app's name never had backups.
            guard let app = try? AppName(database: name) else { return nil }
            return Condition(
                .databaseMissing, app: app.text, message: "the database is no longer on the server",
                hint: "pgkeep list --app \(app)   (its backups are kept as retention says)", since: since)
        }
    }
}

/// The file of it.
package struct KeptMemoryFile: Sendable {
    let directory: String

    package init(directory: String) { self.directory = directory }

    private var path: String { "\(directory)/databases.json" }

    package func load() throws -> KeptMemory {
        guard access(path, F_OK) == 0 else { return KeptMemory() }
        let file = try StateFile(path, O_RDONLY)
        let bytes = try file.read(Int(file.byteCount()), at: 0)
        do {
            return try JSONDecoder().decode(KeptMemory.self, from: Data(bytes))
        } catch {
            throw PGKeepError(
                .damaged, "\(path) is torn or no list of databases",
                hint: "rm \(path)   (pgkeep serve makes it anew from the server)")
        }
    }

    package func save(_ memory: KeptMemory) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try StateFile.replace(path, with: Array(try encoder.encode(memory)))
    }
}
