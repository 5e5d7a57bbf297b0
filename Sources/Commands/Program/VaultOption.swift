package import ArgumentParser
import PGKeepModel

/// The option of commands that look at another place than the backup folder.
package struct VaultOption: ParsableArguments, Sendable {
    @Option(help: ArgumentHelp("Look there, not in the backup folder: s3://bucket/prefix.", valueName: "address"))
    package var vault: String?

    package init() {}

    var address: VaultAddress? {
        get throws { try vault.map { try VaultAddress($0) } }
    }
}
