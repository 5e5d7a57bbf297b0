package import ArgumentParser
import PGKeep
import PGKeepModel

/// `pgkeep keygen [--signing] --out FILE [--force]`.
package struct KeygenCommand: HouseCommand {
    package static let configuration = CommandConfiguration(
        commandName: "keygen",
        abstract: "Makes a key to seal backups with, or one to sign proofs with.",
        discussion: """
            The private key goes into a file that only you can read, and nowhere else; the public key is printed, a line, \
            and nothing beside it. Machines that take backups need the public key only \
            (BACKUP_ENCRYPTION_RECIPIENTS); the private one (BACKUP_ENCRYPTION_KEY_FILE) is needed to read them. Keep two \
            copies of it in two places. The check word is the same for the same key: compare it by telephone. With \
            --signing it is a key that drills sign their proofs with (BACKUP_SIGNING_KEY_FILE), which opens nothing.

            Example: pgkeep keygen --out pgkeep.key
            """)

    @Option(help: ArgumentHelp("The file for the private key; it must not be there yet.", valueName: "file"))
    package var out: String

    @Flag(help: "Make a key that signs proofs.")
    package var signing = false

    @Flag(help: "Replace the file. What was sealed for the key in it alone is lost with it.")
    package var force = false

    @OptionGroup package var common: CommonOptions

    package init() {}

    /// Keys are made where nothing is set up, too: settings are not looked at.
    package func run() async throws { try generate(on: Terminal()) }

    package func run(in context: CommandContext) async throws { try generate(on: context.terminal) }

    private func generate(on terminal: Terminal) throws {
        guard out != "-" else {
            throw PGKeepError(
                .usage, "a private key goes into a file, not to standard output", hint: "pgkeep keygen --out pgkeep.key"
            )
        }
        if signing {
            let key = try BackupSystem.generateSigningKey(into: out, replacing: force)
            terminal.print(common.json ? try Facts.signingKeyMade(key).json() : key.publicKey.description)
            terminal.say("Check word: \(key.publicKey.checkWord)")
            terminal.say("Private key: \(key.path)   (export BACKUP_SIGNING_KEY_FILE=\(key.path))")
            return
        }
        let key = try BackupSystem.generateKey(into: out, replacing: force)
        terminal.print(common.json ? try Facts.keyMade(key).json() : key.publicKey.description)
        terminal.say("Check word: \(key.checkWord)")
        terminal.say("Private key: \(key.path)   (keep two copies, neither on the machine that takes the backups)")
    }
}
