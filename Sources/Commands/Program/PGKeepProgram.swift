package import ArgumentParser
import Foundation
import PGKeep
import PGKeepModel

/// The program: its commands, and how a run ends.
package struct PGKeepProgram: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "pgkeep",
        abstract: "Keeps PostgreSQL databases: backs them up, proves it, and brings them back.",
        discussion: """
            Data goes to standard output, talk to standard error. Settings come from options, the environment, .env \
            and pgkeep.yaml; `pgkeep settings` shows them all.

            Exit status: 0 done, 1 failed, 3 done with something that needs attention, 4 damage found, 5 no such \
            archive, 6 another run holds the lock, 7 server unreachable, 8 tool missing or of the wrong version, \
            9 privileges, 10 no space, 11 key missing or wrong, 64 usage, 78 settings, 130 and 143 interrupted.

            Example: DATABASE_URL=postgresql://localhost/shop pgkeep backup
            """,
        version: BackupSystem.version,
        subcommands: [
            BackupCommand.self, ListCommand.self, StatsCommand.self, ShowCommand.self, DiffCommand.self,
            VerifyCommand.self, DrillCommand.self, ProofCommand.self, RestoreCommand.self, CleanupCommand.self,
            RemoveCommand.self, PinCommand.self, UnpinCommand.self, AcceptCommand.self, SyncCommand.self,
            ServeCommand.self, NextCommand.self, StatusCommand.self, ChecklistCommand.self, AlertCommand.self,
            AuditCommand.self, KeygenCommand.self, DecryptCommand.self, SettingsCommand.self,
            DemoCommand.self,
        ])

    package init() {}

    /// Runs the process's command line, and ends the process.
    package static func main() async {
        signal(SIGPIPE, SIG_IGN)
        let status = await run(Array(CommandLine.arguments.dropFirst()), on: Terminal())
        Foundation.exit(status)
    }

    /// Runs a command line; gives the exit status.
    package static func run(_ arguments: [String], on terminal: Terminal) async -> Int32 {
        var command: any ParsableCommand
        do {
            command = try parseAsRoot(arguments)
        } catch {
            return reportParsing(error, arguments, terminal)
        }
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return ExitStatus.done.rawValue
        } catch {
            guard let command = command as? any HouseCommand else { return reportParsing(error, arguments, terminal) }
            return report(error, isJSON: command.common.json, terminal)
        }
    }

    private static func report(_ error: any Error, isJSON: Bool, _ terminal: Terminal) -> Int32 {
        if let end = error as? EndsWith { return end.status.rawValue }
        guard let failure = Failure(error) else { return ExitStatus.failed.rawValue }
        terminal.say(failure.text)
        if isJSON { printJSON(failure, terminal) }
        return failure.status.rawValue
    }

    /// Help is data; what is wrong with the command line is talk.
    private static func reportParsing(_ error: any Error, _ arguments: [String], _ terminal: Terminal) -> Int32 {
        guard !exitCode(for: error).isSuccess else {
            terminal.print(fullMessage(for: error))
            return ExitStatus.done.rawValue
        }
        let refusal = PGKeepError(.usage, houseStyle(message(for: error)), hint: hint(for: arguments))
        return report(refusal, isJSON: arguments.contains("--json"), terminal)
    }

    /// In lower case and without full stops, as all errors are.
    private static func houseStyle(_ sentence: String) -> String {
        let text = (sentence.prefix(1).lowercased() + sentence.dropFirst())
            .replacing(". Please provide one of ", with: "; it takes ").replacing(
                ". Did you mean ", with: "; did you mean ")
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    /// The help of the command that was meant.
    private static func hint(for arguments: [String]) -> String {
        let names = configuration.subcommands.compactMap { $0.configuration.commandName }
        guard let word = arguments.first, let name = NearestName.of(word, among: names) else { return "pgkeep help" }
        return name == word ? "pgkeep help \(name)" : "pgkeep \(name)   (was that meant?)"
    }

    private static func printJSON(_ failure: Failure, _ terminal: Terminal) {
        do {
            terminal.print(try JSONText.of(failure.json))
        } catch {
            terminal.say("pgkeep: error: the failure can't be told as JSON: \(error)")
        }
    }
}
