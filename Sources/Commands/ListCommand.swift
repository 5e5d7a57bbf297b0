package import ArgumentParser
import PGKeep

/// `pgkeep list`.
package struct ListCommand: HouseCommand {
    package static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the backups, newest first.",
        discussion: """
            The list is read from the backup folder itself. No server is asked if the app's name is set; otherwise the \
            database's name in DATABASE_URL gives it.

            With --vault the list is of another place: s3://bucket/prefix, gs://…, azblob://…, sftp://user@host/path, \
            file:///mnt/nas, rclone:remote:path. There the newest hundred are looked into, older ones are listed by their \
            names. With --versions it is of everything the bucket still has, overwritten and deleted archives too.

            Example: pgkeep list --json | jq -r '.[0].name'
            Example: pgkeep list --vault s3://bucket/prefix --versions
            """)

    @OptionGroup package var place: VaultOption

    @Flag(help: "With --vault: list every version, of overwritten and deleted archives too.")
    package var versions = false

    @OptionGroup package var common: CommonOptions

    package init() {}

    package func validate() throws {
        guard !versions || place.vault != nil else {
            throw ValidationError("--versions goes with --vault: a folder keeps no versions")
        }
    }

    package func run(in context: CommandContext) async throws {
        guard let address = try place.address else {
            return try context.print(.backups(try await context.system.listBackups()))
        }
        try context.print(
            versions
                ? .versions(try await context.system.listVersions(in: address))
                : .backups(try await context.system.listBackups(in: address)))
    }
}
