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
            Example: pgkeep verify s3://bucket/prefix/latest
            """)

    @Argument(help: "Names or paths, latest, or all; or in a vault: s3://bucket/prefix/latest.")
    package var archives: [String] = ["latest"]

    @Flag(help: "Read the index and the footer only.")
    package var quick = false

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func run(in context: CommandContext) async throws {
        var names: [String] = []
        for archive in archives {
            names += try await each(of: archive, in: context)
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
        try context.print(names.count == 1 && !isEach(archives[0]) ? .verified(reports[0]) : .allVerified(reports))
        if reports.contains(where: { !$0.valid }) {
            if let failure { context.terminal.say("pgkeep: error: \(failure)") }
            throw EndsWith(.damaged)
        }
        if let failure { throw failure }
    }

    private func isEach(_ archive: String) -> Bool {
        archive == "all" || (ArchiveAddress.isAddress(archive) && archive.hasSuffix("/all"))
    }

    private func each(of archive: String, in context: CommandContext) async throws -> [String] {
        guard isEach(archive) else { return [archive] }
        guard archive != "all" else { return try await context.system.listBackups().map(\.name) }
        return try await context.system.listBackups(in: ArchiveAddress(archive).vault).map(\.path)
    }
}
