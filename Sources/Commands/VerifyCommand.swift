package import ArgumentParser
import PGKeep
import PGKeepModel

/// `pgkeep verify ARCHIVE… | latest | all [--quick]`.
package struct VerifyCommand: HouseCommand {
    package static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Reads archives whole and compares everything with what was written.",
        discussion: """
            Every unit is decompressed, its SHA-256 and its rows are compared with the index. Damage ends with status 4. \
            Without a key a sealed archive is compared with the SHA-256 in the journal, and what could not be looked at is \
            told. With --json one archive gives an object, several or all give an array.

            Example: pgkeep verify latest
            """)

    @Argument(help: "Names or paths, latest, or all.")
    package var archives: [String] = ["latest"]

    @Flag(help: "Read the index and the footer only.")
    package var quick = false

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func run(in context: CommandContext) async throws {
        var names: [String] = []
        for archive in archives {
            names += archive == "all" ? try await context.system.listBackups().map(\.name) : [archive]
        }
        guard !names.isEmpty else {
            throw PGKeepError(.noSuchArchive, "there is no backup to verify", hint: "pgkeep backup")
        }
        var reports: [VerifyReport] = []
        var failure: PGKeepError?
        for name in names {
            do {
                reports.append(
                    try await context.metered { progress in
                        try await context.system.verifyBackup(name, quick: quick, progress: progress)
                    })
            } catch let error as PGKeepError where names.count > 1 && error.code != .interrupted {
                // One archive that can't be read must not keep the others from being verified.
                if let failure { context.terminal.say("pgkeep: error: \(failure)") }
                if failure?.code != .damaged { failure = error }
            }
        }
        try context.print(names.count == 1 && archives != ["all"] ? .verified(reports[0]) : .allVerified(reports))
        if reports.contains(where: { !$0.valid }) {
            if let failure { context.terminal.say("pgkeep: error: \(failure)") }
            throw EndsWith(.damaged)
        }
        if let failure { throw failure }
    }
}
