import Foundation
import PGKeep
import PGKeepModel
import Testing

@Suite("Schedules and many databases in the settings")
struct KeptDatabasesTests {
    /// Settings from a YAML file and variables.
    private func load(
        _ yaml: String = "", _ environment: [String: String] = [:], flags: [String: String] = [:]
    ) async throws -> Settings {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pgkeep-kept-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(yaml.utf8).write(to: folder.appending(path: "pgkeep.yaml"))
        return try await Settings.load(flags: flags, environment: environment, directory: folder.path)
    }

    private func problems(_ yaml: String = "", _ environment: [String: String] = [:]) async throws -> [String] {
        let error = try await #require(throws: PGKeepError.self) { _ = try await load(yaml, environment) }
        #expect(error.code == .settings)
        return error.message.split(separator: "\n").map(String.init)
    }

    private func kept(_ settings: Settings) async throws -> KeptDatabases {
        try await settings.keptDatabases()
    }

    private let list = """
        backup:
          retries: 5
          compression: zstd:3
        databases:
          - url: postgresql://backup@db1/shop
            compression: none
            dailySchedule: 30 1 * * *
            weeklySchedule: off
            retention:
              days: 14
          - url: postgresql://backup@db2/shop
            app: shop-eu
            dir: /var/backups/eu
        """

    @Test("A schedule is a cron expression or off")
    func schedules() async throws {
        let settings = try await load(
            "",
            ["BACKUP_DAILY_SCHEDULE": "*/30 8-18 * * mon-fri", "BACKUP_WEEKLY_SCHEDULE": "Off", "BACKUP_RETRIES": "0"])
        #expect(settings.schedules.daily?.text == "*/30 8-18 * * mon-fri")
        #expect(settings.schedules.weekly == nil)
        #expect(settings.schedules.monthly == Schedules.standard.monthly)
        #expect(settings.retries == 0)
        func shown(_ name: String) -> String? {
            settings.resolved.first { $0.definition.environmentName == name }?.value
        }
        #expect(shown("BACKUP_WEEKLY_SCHEDULE") == "off" && shown("BACKUP_MONTHLY_SCHEDULE") == "0 4 1 * *")
    }

    @Test("What is no schedule is refused, all at once, with the field and what it takes")
    func wrongSchedules() async throws {
        let found = try await problems(
            "",
            [
                "BACKUP_DAILY_SCHEDULE": "0 25 * * *", "BACKUP_WEEKLY_SCHEDULE": "never",
                "BACKUP_MONTHLY_SCHEDULE": "0 4 31 feb *", "BACKUP_RETRIES": "21",
            ])
        #expect(found.count == 4)
        #expect(
            found[0].hasPrefix(
                "BACKUP_DAILY_SCHEDULE is '0 25 * * *' (environment): the hour is '25'; it takes *, 0 to 23, ranges"))
        #expect(found[1].contains("it has 1 field and not five: minute, hour, day of month, month, day of week"))
        #expect(found[2].hasSuffix("it never comes: no such month has such a day"))
        #expect(found[3] == "BACKUP_RETRIES is '21' (environment); it takes 0 to 20")
    }

    @Test("One DATABASE_URL is one database, under its own name")
    func one() async throws {
        let kept = try await kept(load("", ["DATABASE_URL": "postgresql://h/my db"]))
        #expect(kept.databases.map(\.app.text) == ["my%20db"])
    }

    @Test("The list in the YAML file gives each database its own settings, and the general ones beneath")
    func listed() async throws {
        let kept = try await kept(load(list, ["BACKUP_JOBS": "3", "BACKUP_COMPRESSION": "gzip:6"]))
        let (shop, eu) = (kept.databases[0].settings, kept.databases[1].settings)
        #expect(kept.databases.map(\.app.text) == ["shop", "shop-eu"])
        #expect(shop.databaseURL?.reveal() == "postgresql://backup@db1/shop")
        #expect(shop.compression == Compression.none && eu.compression == .gzip(6))
        #expect(shop.schedules.daily?.text == "30 1 * * *" && shop.schedules.weekly == nil)
        #expect(eu.schedules == .standard)
        #expect(shop.retention.daily == 14 && eu.retention.daily == 30)
        #expect(shop.retries == 5 && eu.retries == 5 && shop.jobs == 3 && eu.jobs == 3)
        #expect(eu.backupDirectory == "/var/backups/eu" && eu.stateDirectory == "/var/backups/eu/.pgkeep")
        #expect(!shop.databases.isSeveral)
    }

    @Test("An option counts for all of them, even more than their own settings")
    func option() async throws {
        let kept = try await kept(load(list, flags: ["BACKUP_COMPRESSION": "zstd:1"]))
        #expect(kept.databases.map(\.settings.compression) == [Compression.zstd(1), .zstd(1)])
    }

    @Test("--app chooses one of several, --database-url another one; a name that isn't kept is refused")
    func chosen() async throws {
        let eu = try await load(list, flags: ["BACKUP_APP_NAME": "shop-eu"])
        #expect(eu.databaseURL?.reveal() == "postgresql://backup@db2/shop" && eu.appName == "shop-eu")
        let folder = eu.resolved.first { $0.definition.environmentName == "BACKUP_DIR" }
        #expect(folder?.value == "/var/backups/eu" && folder?.source.description.hasSuffix(", databases[2]") == true)
        let other = try await load(list, flags: ["DATABASE_URL": "postgresql://h/x"])
        #expect(!other.databases.isSeveral && other.databaseURL?.reveal() == "postgresql://h/x")
        let error = try await #require(throws: PGKeepError.self) {
            _ = try await load(list, flags: ["BACKUP_APP_NAME": "shop-e"])
        }
        #expect(error.code == .usage && error.hint == "add --app shop-eu")
        #expect(error.description == "no database is kept as shop-e: those kept are shop, shop-eu")
        let server = ["DATABASE_URL": "postgresql://u@h/postgres", "BACKUP_DATABASES": "shop, my db"]
        let named = try await load("", server, flags: ["BACKUP_APP_NAME": "my%20db"])
        #expect(named.databaseURL?.reveal() == "dbname='my db' host='h' user='u'")
        let every = server.merging(["BACKUP_DATABASES": "*"]) { $1 }
        let any = try await load("", every, flags: ["BACKUP_APP_NAME": "my%20db"])
        #expect(any.databaseURL?.reveal() == "dbname='my db' host='h' user='u'" && any.appName == "my%20db")
        #expect(try await load("", every, flags: ["BACKUP_APP_NAME": "my db"]).appName == "my%20db")
    }

    @Test("Names, in the variable or the file, are databases of one server")
    func named() async throws {
        let url = ["DATABASE_URL": "postgresql://u@h:5433/postgres"]
        for yaml in ["databases: [shop, crm]\n", "databases: shop, crm\n", "backup:\n  databases: shop,crm\n"] {
            let kept = try await kept(load(yaml, url))
            #expect(kept.databases.map(\.app.text) == ["shop", "crm"])
            #expect(kept.databases[1].settings.databaseURL?.reveal() == "dbname='crm' host='h' port='5433' user='u'")
        }
    }

    @Test("What is about one database, with several kept, tells their names")
    func several() async throws {
        let settings = try await load(list)
        let error = try #require(throws: PGKeepError.self) { _ = try settings.requireDatabaseURL() }
        #expect(error.code == .usage && error.hint == "add --app shop")
        #expect(error.description == "several databases are kept, and this is about one of them: shop, shop-eu")
    }

    @Test(
        "A list that can't be kept is refused, with the entry that is wrong",
        arguments: [
            ("databases:\n  - url: postgresql://a/shop\n  - url: postgresql://b/shop\n", "databases[1] and "),
            (
                "databases:\n  - url: postgresql://a/shop\n    app: x\n  - url: postgresql://b/y\n    app: x\n",
                "would both be filed as x in ./backups"
            ),
            ("databases:\n  - app: shop\n", "databases[1] has no url"),
            ("databases:\n  - url: postgresql://a/\n", "databases[1]: its url names no database"),
            ("databases:\n  - url: postgresql://a:b:c/x\n", "databases[1]: its url can't be read"),
            ("databases:\n  - url: postgresql://a/x\n    compresion: none\n", "compresion in "),
            (
                "databases:\n  - url: postgresql://a/x\n    compresion: none\n",
                "is not a setting of one database; did you mean compression?"
            ),
            ("databases:\n  - url: postgresql://a/x\n    timezone: UTC\n", "timezone in "),
            ("databases:\n  - url: postgresql://a/x\n    jobs: many\n", "BACKUP_JOBS is 'many' ("),
            (
                "databases:\n  - url: postgresql://a/x\n    dailySchedule: 0 2 * *\n",
                "databases[1]): it has 4 fields and not five"
            ),
            ("databases:\n  - url: postgresql://a/x\n  - shop\n", "databases[2] has no url"),
            ("databases:\n  - url: [a]\n", "url in "), ("databases:\n  a: b\n", "databases in "),
            ("databases:\n  - url: postgresql://a/x\nbackup:\n  appName: y\n", "BACKUP_APP_NAME is set ("),
            ("databases:\n  - url: postgresql://a/x\nbackup:\n  databases: '*'\n", "BACKUP_DATABASES is set ("),
            ("databases:\n  - url: postgresql://a/x\ndatabase:\n  url: postgresql://a/y\n", "DATABASE_URL is set ("),
            ("databases: a,,b\n", "BACKUP_DATABASES is 'a,,b' ("), ("databases: [a, a]\n", "it takes * for every one"),
            ("databases: '*,a'\n", "it takes * for every one"),
            ("backup:\n  databases: '*'\n  appName: x\n", "which is for one database"),
        ])
    func refused(yaml: String, problem: String) async throws {
        let found = try await problems(yaml)
        #expect(found.contains { $0.contains(problem) }, "\(found)")
    }

    @Test("A problem of the general settings is told once, however many databases there are")
    func once() async throws {
        let found = try await problems(list, ["BACKUP_JOBS": "none"])
        #expect(found == ["BACKUP_JOBS is 'none' (environment); it takes 1 to 256"])
    }

    @Test("A key of the YAML file that is no setting is a warning with the nearest key; an empty section is none")
    func unknownKey() async throws {
        let settings = try await load("backup:\n  compresion: zstd\ndatabase:\nother:\n  x: 1\n")
        #expect(settings.warnings.count == 2, "\(settings.warnings)")
        #expect(
            settings.warnings[0].hasPrefix("backup.compresion in ")
                && settings.warnings[0].hasSuffix("did you mean backup.compression?"))
        #expect(
            settings.warnings[1].hasPrefix("other.x in ")
                && settings.warnings[1].hasSuffix("pgkeep.yaml is not a setting"))
    }
}
