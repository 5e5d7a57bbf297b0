import Foundation
import Subprocess
import SystemPackage

/// What a program that ran to its end left: its status and its words.
struct Outcome: Sendable, CustomStringConvertible {
    /// The exit status, or 128 plus the signal's number.
    var status: Int32
    var output: String
    var talk: String

    var succeeded: Bool { status == 0 }
    var description: String { "status \(status)\n\(output.suffix(4000))\n\(talk.suffix(4000))" }
}

/// A step of a test that went wrong before there was anything to expect.
struct StepFailure: Error, CustomStringConvertible {
    var description: String
}

/// Programs that the tests run, bash above all.
enum Shell {
    /// Runs a program to its end. `environment` is laid over our own; nil takes a variable away.
    static func start(
        _ program: String, _ arguments: [String], environment: [String: String?] = [:], folder: String? = nil
    ) async throws -> Outcome {
        var changes: [Environment.Key: String?] = [:]
        for (name, value) in environment { changes[Environment.Key(stringLiteral: name)] = .some(value) }
        let result = try await Subprocess.run(
            program.contains("/") ? .path(FilePath(program)) : .name(program), arguments: Arguments(arguments),
            environment: .inherit.updating(changes), workingDirectory: folder.map { FilePath($0) },
            output: .string(limit: 64 << 20), error: .string(limit: 64 << 20))
        let status: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return Outcome(status: status, output: result.standardOutput, talk: result.standardError)
    }

    /// Runs bash's `script` with `arguments` as `$1`, `$2` …; throws if it, or any part of a pipe, fails.
    @discardableResult
    static func run(
        _ script: String, _ arguments: String..., environment: [String: String?] = [:]
    ) async throws -> String {
        let outcome = try await start(
            "bash", ["-o", "pipefail", "-euc", script, "bash"] + arguments, environment: environment)
        guard outcome.succeeded else {
            throw StepFailure(description: "\(script)\n\(arguments.joined(separator: " "))\n\(outcome)")
        }
        return outcome.output
    }
}
