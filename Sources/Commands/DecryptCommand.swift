package import ArgumentParser
import PGKeep
import PGKeepModel

/// `pgkeep decrypt ARCHIVE [--out FILE|-]`.
package struct DecryptCommand: HouseCommand {
    package static let configuration = CommandConfiguration(
        commandName: "decrypt",
        abstract: "Writes the plain file that is in a sealed archive.",
        discussion: """
            What comes out is the archive as it would be without a seal: gunzip and psql restore it. The file appears \
            when it is complete; with --out - it goes to standard output. The journal tells of it. Restoring needs no \
            decrypt: restore opens the seal by itself. The private key comes from BACKUP_ENCRYPTION_KEY_FILE.

            Example: pgkeep decrypt latest --out - | gunzip | psql -X -v ON_ERROR_STOP=1 newdb
            """)

    @Argument(help: "A name, a path, or latest; or in a vault: s3://bucket/prefix/latest.")
    package var archive: String

    @Option(
        help: ArgumentHelp(
            "The file, or - for standard output; otherwise the archive's name without .enc, in the working folder.",
            valueName: "file"))
    package var out: String?

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func run(in context: CommandContext) async throws {
        guard out == "-" else {
            return try context.print(
                .decrypted(
                    try await context.metered {
                        try await context.system.decryptBackup(archive, to: out, progress: $0)
                    }))
        }
        guard !context.isJSON else {
            throw PGKeepError(
                .usage, "--json and --out - both want standard output",
                hint: "pgkeep decrypt \(archive) --out FILE --json")
        }
        _ = try await context.metered { progress in
            try await context.system.decryptBackup(archive, progress: progress) { try context.terminal.write($0) }
        }
    }
}
