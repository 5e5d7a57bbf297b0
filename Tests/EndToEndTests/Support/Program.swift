import Foundation

/// The program under test, in the folder of a test's database.
struct Program: Sendable {
    var database: TestDatabase
    /// Laid over the environment of each run; nil takes a variable away.
    var environment: [String: String?] = [:]

    init(_ database: TestDatabase, environment: [String: String?] = [:]) {
        self.database = database
        self.environment = environment
    }

    static let path =
        ProcessInfo.processInfo.environment["PGKEEP_PROGRAM"]
        ?? Bundle.main.bundleURL.deletingLastPathComponent().appendingPathComponent("pgkeep").path

    /// What each run gets: the database's URL and a backup folder of the test's own.
    var variables: [String: String?] {
        var variables: [String: String?] = ["DATABASE_URL": database.url, "BACKUP_DIR": database.backups]
        for name in ProcessInfo.processInfo.environment.keys
        where (name.hasPrefix("BACKUP_") || name.hasPrefix("PGKEEP_")) && variables[name] == nil {
            variables[name] = .some(nil)
        }
        return variables.merging(environment) { $1 }
    }

    /// Runs the program, whatever its status will be.
    func attempt(_ arguments: String...) async throws -> Outcome { try await attempt(arguments) }

    func attempt(_ arguments: [String]) async throws -> Outcome {
        try await Shell.start(Program.path, arguments, environment: variables, folder: database.folder)
    }

    /// Runs the program and throws unless it ends with 0; returns its standard output without the last newline.
    @discardableResult
    func run(_ arguments: String...) async throws -> String { try await run(arguments) }

    @discardableResult
    func run(_ arguments: [String]) async throws -> String {
        let outcome = try await Shell.start(
            Program.path, arguments, environment: variables, folder: database.folder)
        guard outcome.succeeded else {
            throw StepFailure(description: "pgkeep \(arguments.joined(separator: " ")): \(outcome)")
        }
        return outcome.output.trimmingCharacters(in: .newlines)
    }

    /// Runs the program with `--json` and reads what it prints.
    func json<Value: Decodable>(_ arguments: String..., as type: Value.Type = Value.self) async throws -> Value {
        try await json(arguments, as: type)
    }

    func json<Value: Decodable>(_ arguments: [String], as type: Value.Type = Value.self) async throws -> Value {
        let outcome = try await Shell.start(
            Program.path, arguments + ["--json"], environment: variables, folder: database.folder)
        guard outcome.succeeded else {
            throw StepFailure(description: "pgkeep \(arguments.joined(separator: " ")): \(outcome)")
        }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode(type, from: Data(outcome.output.utf8))
    }
}
