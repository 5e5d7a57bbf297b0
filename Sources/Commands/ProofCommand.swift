package import ArgumentParser
import PGKeep
import PGKeepModel

/// `pgkeep proof verify ARCHIVE|FILE [--key PUBKEY]`.
package struct ProofCommand: HouseCommand {
    /// What to do with a proof.
    package enum Action: String, ExpressibleByArgument, CaseIterable, Sendable {
        case verify
    }

    package static let configuration = CommandConfiguration(
        commandName: "proof",
        abstract: "Checks the proof of a drill: its signature, and that it is of this archive.",
        discussion: """
            No database is needed. The archive's bytes are read, where it lies beside the proof, and compared with those that \
            were drilled. Without --key the signer is to be the key of BACKUP_SIGNING_KEY_FILE, if that is set. Status 4: \
            the proof or the archive was changed; 3: nobody signed it, or nobody said who should have.

            Example: pgkeep proof verify latest --key pgkeep-signing1…
            """)

    @Argument(help: "verify: check it.")
    package var action: Action

    @Argument(help: "An archive (a name, a path, or latest), or the file of a proof.")
    package var archive: String

    @Option(help: ArgumentHelp("The public key of who should have signed it.", valueName: "key"))
    package var key: String?

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func run(in context: CommandContext) async throws {
        let key = try key.map { try SigningPublicKey($0) }
        let verdict = try await context.metered {
            try await context.system.verifyProof(archive, signedBy: key, progress: $0)
        }
        try context.print(.proofVerified(verdict))
        if !verdict.isValid { throw EndsWith(.damaged) }
        if !verdict.isKnownSigner { throw EndsWith(.attention) }
    }
}
