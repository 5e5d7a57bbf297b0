import Foundation

/// A database of a test's own, with a folder of its own, gone when its scope ends.
struct TestDatabase: Sendable {
    var name: String
    /// Lives as long as the database.
    var folder: String
    var url: String

    /// Where the tests' backups of this database go.
    var backups: String { "\(folder)/backups" }

    /// The encoding of a database; all but UTF8 come with the locale C.
    enum Encoding: String, Sendable {
        case utf8 = "UTF8"
        case latin1 = "LATIN1"
        case sqlASCII = "SQL_ASCII"
    }

    /// What a test's database begins with.
    enum Content: Sendable {
        case nothing
        /// A file in Fixtures with its psql variables.
        case fixture(String, [String: String] = [:])
        /// What `scripts/data` loads, without the URL.
        case data([String])
        /// Statements.
        case sql(String)
    }

    /// Makes a database, fills it, and drops it with all that a restore made beside it.
    @discardableResult
    static func with<Result>(
        _ content: Content = .nothing, encoding: Encoding = .utf8,
        _ body: (TestDatabase) async throws -> Result
    ) async throws -> Result {
        let name = "t_" + UUID().uuidString.lowercased().filter { $0 != "-" }.prefix(12)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pgkeep-\(name)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let database = TestDatabase(name: name, folder: folder, url: try Server.url(name))
        do {
            try await database.create(encoding: encoding)
            try await database.load(content)
            let result = try await body(database)
            try await database.remove()
            return result
        } catch {
            // The first failure is what matters.
            try? await database.remove()
            throw error
        }
    }

    /// Another database, beside this one, that goes when this one goes; made with this one's encoding and locale, or only named.
    func sibling(_ word: String, created: Bool = true, encoding: Encoding = .utf8) async throws -> TestDatabase {
        let other = TestDatabase(name: "\(name)_\(word)", folder: folder, url: try Server.url("\(name)_\(word)"))
        if created { try await other.create(encoding: encoding) }
        return other
    }

    private func create(encoding: Encoding) async throws {
        let locale = encoding == .utf8 ? "" : "LC_COLLATE 'C' LC_CTYPE 'C'"
        try await TestDatabase.administer(
            "CREATE DATABASE \"\(name)\" TEMPLATE template0 ENCODING '\(encoding.rawValue)' \(locale)")
    }

    private func load(_ content: Content) async throws {
        switch content {
        case .nothing:
            break
        case .fixture(let file, let variables):
            try await TestDatabase.load(file, variables, into: url)
        case .data(let arguments):
            let program = "\(TestDatabase.sources)/../../scripts/data"
            let outcome = try await Shell.start(program, arguments + [url])
            guard outcome.succeeded else { throw StepFailure(description: "scripts/data: \(outcome)") }
        case .sql(let text):
            try await execute(text)
        }
    }

    /// Runs a file in Fixtures in any server's database.
    static func load(_ fixture: String, _ variables: [String: String] = [:], into url: String) async throws {
        let path = "\(TestDatabase.sources)/Fixtures/\(fixture).sql"
        let options = variables.flatMap { ["-v", "\($0.key)=\($0.value)"] }
        let outcome = try await Shell.start(
            "psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1"] + options + ["-f", path, url])
        guard outcome.succeeded else { throw StepFailure(description: "\(fixture).sql: \(outcome)") }
    }

    /// This target's folder.
    private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// Runs statements in the database and returns what they print, unaligned.
    @discardableResult
    func execute(_ sql: String) async throws -> String {
        let file = "\(folder)/\(UUID().uuidString).sql"
        try sql.write(toFile: file, atomically: false, encoding: .utf8)
        return try await Shell.run(
            #"psql -X -q -A -t -v ON_ERROR_STOP=1 -f "$2" -d "$1""#, url, file, environment: Oracle.environment
        ).trimmingCharacters(in: .newlines)
    }

    /// Runs statements in the database `postgres`.
    @discardableResult
    static func administer(_ sql: String) async throws -> String {
        try await Shell.run(
            #"psql -X -q -A -t -v ON_ERROR_STOP=1 -c "$2" -d "$1""#, try Server.url("postgres"), sql
        ).trimmingCharacters(in: .newlines)
    }

    /// The databases whose names begin with this one's and `word`.
    func relatives(_ word: String) async throws -> [String] {
        try await TestDatabase.administer(
            "SELECT datname FROM pg_database WHERE starts_with(datname, '\(name)_\(word)') ORDER BY 1"
        ).split(separator: "\n").map(String.init)
    }

    private func remove() async throws {
        let names = try await TestDatabase.administer(
            "SELECT format('%I', datname) FROM pg_database WHERE starts_with(datname, '\(name)')")
        for name in names.split(separator: "\n") {
            try await TestDatabase.administer("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
        }
        try FileManager.default.removeItem(atPath: folder)
    }
}
