package import ArgumentParser

/// The options every command has.
package struct CommonOptions: ParsableArguments, Sendable {
    @Option(
        name: .customLong("database-url"),
        help: ArgumentHelp("The database, as a URI or keyword=value pairs. (DATABASE_URL)", valueName: "url"))
    package var databaseURL: String?

    @Option(help: ArgumentHelp("The folder with the archives. (BACKUP_DIR)", valueName: "folder"))
    package var backupDir: String?

    @Option(help: ArgumentHelp("The name the backups are filed under. (BACKUP_APP_NAME)", valueName: "name"))
    package var app: String?

    @Option(help: ArgumentHelp("Connections and threads to use. (BACKUP_JOBS)", valueName: "count"))
    package var jobs: String?

    @Option(help: ArgumentHelp("The .env file to read instead of ./.env.", valueName: "file"))
    package var envFile: String?

    @Option(
        help: ArgumentHelp("The YAML file to read instead of ./pgkeep.yaml. (BACKUP_CONFIG_FILE)", valueName: "file"))
    package var config: String?

    @Flag(help: "Print facts, and errors, as JSON.")
    package var json = false

    package init() {}

    /// What was given, by the names of the variables.
    var flags: [String: String] {
        let given = [
            "DATABASE_URL": databaseURL, "BACKUP_DIR": backupDir, "BACKUP_APP_NAME": app, "BACKUP_JOBS": jobs,
            "BACKUP_CONFIG_FILE": config,
        ]
        return given.compactMapValues { $0 }
    }
}
