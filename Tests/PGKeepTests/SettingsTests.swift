import Foundation
import PGKeep
import PGKeepModel
import Testing

@Suite struct SettingsTests {
    @Test("Without any setting the documented defaults hold")
    func defaults() async throws {
        try await inFolder { folder in
            let settings = try await Settings.load(environment: [:], directory: folder)
            #expect(settings.databaseURL == nil)
            #expect(settings.backupDirectory == "./backups")
            #expect(settings.stateDirectory == "./backups/.pgkeep")
            #expect(settings.retention == RetentionPolicy(daily: 30, weekly: 84, monthly: 365))
            #expect(settings.compression == .gzip(1))
            #expect(settings.keepAsideDays == 7)
            #expect(settings.lockTimeout == .seconds(10))
            #expect(settings.alerts.isEmpty && settings.alertSecret == nil)
            #expect(settings.alertRepeat == .seconds(86_400) && settings.alertTimeout == .seconds(30))
            #expect(settings.jobs == ProcessInfo.processInfo.activeProcessorCount)
            #expect(settings.resolved.allSatisfy { $0.source == .standard })
        }
    }

    @Test("A flag beats the environment, that beats .env, that beats the YAML file, that beats the default")
    func precedence() async throws {
        try await inFolder { folder in
            try write("BACKUP_RETENTION_DAYS=13\nBACKUP_JOBS=3\nBACKUP_LOCK_TIMEOUT=33\n", to: "\(folder)/.env")
            try write(
                """
                backup:
                  retention:
                    days: 14
                    weeklyDays: 24
                  jobs: 4
                  lockTimeout: 34
                  keepAsideDays: 44
                database:
                  url: postgresql://yaml/db
                """, to: "\(folder)/pgkeep.yaml")
            let settings = try await Settings.load(
                flags: ["BACKUP_JOBS": "1"], environment: ["BACKUP_JOBS": "2", "BACKUP_RETENTION_DAYS": "12"],
                directory: folder)
            #expect(settings.jobs == 1)
            #expect(settings.retention.daily == 12)
            #expect(settings.lockTimeout == .seconds(33))
            #expect(settings.keepAsideDays == 44)
            #expect(settings.retention.weekly == 24)
            #expect(settings.retention.monthly == 365)
            #expect(settings.databaseURL?.reveal() == "postgresql://yaml/db")
            func source(_ name: String) -> SettingSource? {
                settings.resolved.first { $0.definition.environmentName == name }?.source
            }
            #expect(source("BACKUP_JOBS") == .flag)
            #expect(source("BACKUP_RETENTION_DAYS") == .environment)
            #expect(source("BACKUP_LOCK_TIMEOUT") == .envFile("\(folder)/.env"))
            #expect(source("BACKUP_KEEP_ASIDE_DAYS") == .configFile("\(folder)/pgkeep.yaml"))
            #expect(source("BACKUP_RETENTION_MONTHLY_DAYS") == .standard)
        }
    }

    @Test("All problems are told at once, with the value, where it stands and what is allowed")
    func allProblems() async throws {
        try await inFolder { folder in
            let environment = [
                "BACKUP_COMPRESSION": "lzma", "BACKUP_RETENTION_DAYS": "0", "BACKUP_JOBS": "many",
                "BACKUP_TIMEZONE": "Mars/Olympus", "BACKUP_APP_NAME": String(repeating: "ä", count: 100),
            ]
            let error = try await #require(throws: PGKeepError.self) {
                try await Settings.load(
                    flags: ["BACKUP_JOBS": "-1"], environment: environment, envFile: "\(folder)/absent.env",
                    directory: folder)
            }
            #expect(error.code == .settings)
            let lines = error.message.split(separator: "\n")
            #expect(lines.count == 6)
            #expect(lines.contains { $0.hasPrefix("--jobs is '-1' (command line); it takes 1 to 256") })
            #expect(lines.contains { $0.hasPrefix("BACKUP_COMPRESSION is 'lzma' (environment)") })
            #expect(lines.contains { $0.contains("absent.env") })
            #expect(error.hint?.hasSuffix("pgkeep settings check") == true)
        }
    }

    @Test("A YAML file that is broken, or holds a list for a value, is a problem")
    func brokenYAML() async throws {
        try await inFolder { folder in
            for text in ["backup: [1, 2\n", "backup:\n  jobs: [1, 2]\n", "just words\n"] {
                try write(text, to: "\(folder)/own.yaml")
                await #expect(throws: PGKeepError.self, "\(text)") {
                    try await Settings.load(
                        environment: ["BACKUP_CONFIG_FILE": "\(folder)/own.yaml"], directory: folder)
                }
            }
        }
    }

    @Test(
        "A length of time is read with its unit, or as seconds",
        arguments: [
            ("26h", 93_600, "26h"), ("90m", 5400, "90m"), ("2d", 172_800, "2d"), ("45s", 45, "45s"),
            ("600", 600, "10m"), ("60", 60, "1m"), ("0", nil, ""), ("26", 26, "26s"), ("h", nil, ""), ("", nil, ""),
            ("-5m", nil, ""), ("+5m", nil, ""), ("1.5h", nil, ""), ("5w", nil, ""), ("99999999999999999999d", nil, ""),
            ("9223372036854775807d", nil, ""),
        ] as [(String, Int64?, String)])
    func durations(text: String, seconds: Int64?, told: String) async throws {
        try await inFolder { folder in
            let environment = ["BACKUP_MAX_DURATION": text]
            if text.isEmpty || seconds != nil {
                let settings = try await Settings.load(environment: environment, directory: folder)
                #expect(settings.maxDuration == .seconds(seconds ?? 600))
                let shown = settings.resolved.first { $0.definition.environmentName == "BACKUP_MAX_DURATION" }?.value
                #expect(shown == (seconds == nil ? "10m" : told))
            } else {
                await #expect(throws: PGKeepError.self) {
                    try await Settings.load(environment: environment, directory: folder)
                }
            }
        }
    }

    @Test("Vaults are read from a list, each once, and never the backup folder itself")
    func vaults() async throws {
        try await inFolder { folder in
            let settings = try await Settings.load(
                environment: [
                    "BACKUP_VAULTS": "s3://bucket/prefix/, file:///mnt/nas gs://other", "BACKUP_LOCK": "governance",
                    "BACKUP_LOCK_MANUAL_DAYS": "7",
                ], directory: folder)
            #expect(settings.vaults.map(\.description) == ["s3://bucket/prefix", "file:///mnt/nas", "gs://other"])
            #expect(settings.lock == .governance && settings.lockManualDays == 7)
            let shown = settings.resolved.first { $0.definition.environmentName == "BACKUP_VAULTS" }?.value
            #expect(shown == "s3://bucket/prefix file:///mnt/nas gs://other")
        }
    }

    @Test(
        "A list of vaults that can't be right is a problem, and so is a lock that nothing can hold",
        arguments: [
            ("ftp://host/path", "unknown kind of vault: ftp://"), ("s3://b s3://b/", "s3://b stands there twice"),
            ("nas", "not a vault's address: 'nas'"), ("file://FOLDER/backups", "is the backup folder itself"),
            ("s3://key:secret@bucket", "takes no credentials"), ("file:///mnt/nas", "names no S3 bucket"),
        ])
    func wrongVaults(list: String, words: String) async throws {
        try await inFolder { folder in
            let error = try await #require(throws: PGKeepError.self) {
                try await Settings.load(
                    environment: [
                        "BACKUP_VAULTS": list.replacing("FOLDER", with: folder), "BACKUP_LOCK": "compliance",
                        "BACKUP_DIR": "\(folder)/backups/",
                    ], directory: folder)
            }
            #expect(error.code == .settings && error.message.contains(words), "\(error)")
            #expect(!error.message.contains("secret"))
        }
    }

    @Test("A misspelt variable is a warning with the nearest name")
    func misspelt() async throws {
        try await inFolder { folder in
            try write("BACKUP_COMPRESION=zstd\n", to: "\(folder)/.env")
            let settings = try await Settings.load(
                environment: ["BACKUP_RETENTION_DAY": "3", "BACKUP_XYZ": "1", "HOME": "/"], directory: folder)
            #expect(
                settings.warnings == [
                    "BACKUP_RETENTION_DAY in the environment is not a setting; did you mean BACKUP_RETENTION_DAYS?",
                    "BACKUP_XYZ in the environment is not a setting",
                    "BACKUP_COMPRESION in \(folder)/.env is not a setting; did you mean BACKUP_COMPRESSION?",
                ])
        }
    }

    @Test("An empty variable counts as not set")
    func emptyVariable() async throws {
        try await inFolder { folder in
            let settings = try await Settings.load(
                environment: ["BACKUP_DIR": "", "DATABASE_URL": ""], directory: folder)
            #expect(settings.backupDirectory == "./backups")
            #expect(throws: PGKeepError.self) { try settings.requireDatabaseURL() }
        }
    }

    @Test("No password of the connection string shows up in what is printed")
    func noPassword() async throws {
        try await inFolder { folder in
            let settings = try await Settings.load(
                environment: ["DATABASE_URL": "postgresql://u:s3cret@h/d"], directory: folder)
            var dumped = ""
            dump(settings, to: &dumped)
            #expect(!"\(settings) \(settings.resolved) \(dumped)".contains("s3cret"))
            #expect(settings.databaseURL?.reveal() == "postgresql://u:s3cret@h/d")
        }
    }

    @Test("Every setting is documented, in the table and in the guide, with type, default, range and a sentence")
    func everySettingIsDocumented() throws {
        let guide = try String(
            contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(
                path: "../../docs/20-settings.md"),
            encoding: .utf8)
        for setting in SettingDefinition.all {
            #expect(!setting.type.isEmpty && !setting.defaultText.isEmpty && !setting.range.isEmpty)
            #expect(setting.summary.hasSuffix(".") && setting.summary.count > 20)
            let row = SettingDefinition.guideRow(setting)
            #expect(guide.contains(row), "docs/20-settings.md lacks: \(row)")
        }
        #expect(Set(SettingDefinition.all.map(\.environmentName)).count == SettingDefinition.all.count)
        #expect(Set(SettingDefinition.all.map(\.key)).count == SettingDefinition.all.count)
    }
}

extension SettingDefinition {
    static func guideRow(_ setting: SettingDefinition) -> String {
        let secret = setting.isSecret ? ", secret" : ""
        let flag = setting.flag.map { ", `\($0)`" } ?? ""
        return "| `\(setting.environmentName)`\(flag) | `\(setting.key)` | \(setting.type)\(secret) | "
            + "\(setting.defaultText) | \(setting.range) | \(setting.summary) |"
    }
}

@Suite struct SettingsTextTests {
    @Test(
        "A .env line is read as shells and compose files write it",
        arguments: [
            ("A=b", "b"), ("export A=b", "b"), ("  A = b  ", "b"), ("A=b # note", "b"), ("A=b#c", "b#c"),
            ("A=\"b # c\"", "b # c"), ("A='b \\n $c'", "b \\n $c"), ("A=\"x\\ny\" # note", "x\ny"),
            ("A=p$4ss=w", "p$4ss=w"), ("A=", ""), ("A=\"\"", ""), ("A=b\r", "b"), ("A=#c", ""),
            ("A=postgresql://u:p%23@h/d?sslmode=require", "postgresql://u:p%23@h/d?sslmode=require"),
        ])
    func envLine(line: String, value: String) async throws {
        try await inFolder { folder in
            try write(
                "# first\n\n\(line.replacing("A", with: "DATABASE_URL", maxReplacements: 1))\n", to: "\(folder)/e")
            let settings = try await Settings.load(environment: [:], envFile: "\(folder)/e", directory: folder)
            #expect(settings.databaseURL?.reveal() ?? "" == value)
        }
    }

    @Test(
        "A .env line that is no assignment, or whose quote stays open, is a problem",
        arguments: ["words", "A='b", "=b"])
    func badEnvLine(line: String) async throws {
        try await inFolder { folder in
            try write(line, to: "\(folder)/.env")
            await #expect(throws: PGKeepError.self) { try await Settings.load(environment: [:], directory: folder) }
        }
    }

    @Test(
        "A connection string is printed without its passwords",
        arguments: [
            ("postgresql://u:pw@h:1/d", "postgresql://u:***@h:1/d"),
            ("postgres://u@h/d", "postgres://u@h/d"),
            ("postgresql://h:5432/d", "postgresql://h:5432/d"),
            ("postgresql://[::1]:5432/d", "postgresql://[::1]:5432/d"),
            ("postgresql://u:p@w/o?r:d@h/d", "postgresql://u:***@h/d"),
            (
                "postgresql://h/d?user=u&password=pw&sslmode=require",
                "postgresql://h/d?user=u&password=***&sslmode=require"
            ),
            ("postgresql:///d?pass%77ord=pw", "postgresql:///d?pass%77ord=***"),
            ("postgresql://u:@h/d", "postgresql://u:***@h/d"),
            ("host=h password=pw dbname=d", "host=h password=*** dbname=d"),
            ("password = 'p w \\' x' host=h", "password = *** host=h"),
            ("PASSWORD=pw\\ x host=h", "PASSWORD=*** host=h"),
            ("service=main", "service=main"), ("", ""), ("mydb", "mydb"),
        ])
    func redaction(text: String, shown: String) {
        #expect(ConnectionRedaction.redacted(text) == shown)
    }

    @Test("A secret never shows itself")
    func secret() {
        let secret = Secret("pw")
        #expect("\(secret)" == "<redacted>")
        #expect(String(reflecting: secret) == "<redacted>")
        #expect(Mirror(reflecting: secret).children.isEmpty)
        #expect(secret.reveal() == "pw")
    }
}

@Suite struct SettingsTalkTests {
    @Test(
        "A duration reads as people say it",
        arguments: [
            (Duration.milliseconds(120), "120ms"), (.milliseconds(999), "999ms"), (.milliseconds(7_420), "7.4s"),
            (.milliseconds(59_940), "59.9s"), (.milliseconds(59_960), "1m 00s"), (.seconds(125), "2m 05s"),
            (.seconds(3_720), "1h 02m"), (.zero, "0ms"), (.seconds(59 * 60 + 59), "59m 59s"),
        ])
    func duration(duration: Duration, text: String) {
        #expect(DurationText.of(duration) == text)
    }

    @Test("The house's lines are word for word what people grep for")
    func houseLines() throws {
        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        let date = Date(timeIntervalSince1970: 1_769_475_600)
        let lines: [(HouseLine, String)] = [
            (.scheduled(.daily, at: date, in: zone), "[Backup] Daily backup scheduled for 2026-01-27 02:00:00"),
            (.startingBackup(.daily), "[Backup] Starting daily backup..."),
            (.backupCompleted(.daily), "[Backup] ✅ Daily backup completed successfully"),
            (.filename("a.sql.gz"), "[Backup] Filename: a.sql.gz"),
            (.size(ByteCount(47_395_635)), "[Backup] Size: 45.2 MB"),
            (.duration(.milliseconds(120)), "[Backup] Duration: 120ms"),
            (.deletedOldBackup("a.sql.gz", days: 45), "[Backup] Deleted old backup: a.sql.gz (45 days old)"),
            (
                .cleanupCompleted(deleted: 5, freed: ByteCount(245_891_072)),
                "[Backup] Cleanup completed: 5 backups deleted, 234.5 MB freed"
            ),
            (.verifying("a.sql.gz"), "[Backup] Verifying backup: a.sql.gz"),
            (.fileValid(.gzip(1)), "[Backup] ✅ Gzip file is valid"),
            (.backupVerified, "[Backup] ✅ Backup verified successfully"),
            (.startingRestore("a.sql.gz"), "[Restore] Starting restore from: a.sql.gz"),
            (.restoreCompleted, "[Restore] ✅ Restore completed successfully"),
        ]
        for (line, text) in lines { #expect("[\(line.label.rawValue)] \(line.text)" == text) }
    }

    @Test("An age counts the midnights of the zone")
    func age() throws {
        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        let now = Date(timeIntervalSince1970: 1_769_475_600)
        #expect(LocalTime.age(of: now.addingTimeInterval(-3600), at: now, in: zone) == "today")
        #expect(LocalTime.age(of: now.addingTimeInterval(-3 * 3600), at: now, in: zone) == "1 day ago")
        #expect(LocalTime.age(of: now.addingTimeInterval(-3 * 86_400), at: now, in: zone) == "3 days ago")
        #expect(LocalTime.age(of: now.addingTimeInterval(86_400), at: now, in: zone) == "in the future")
    }
}

private func inFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pgkeep-settings-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    do {
        try await body(folder.path)
    } catch {
        try FileManager.default.removeItem(at: folder)
        throw error
    }
    try FileManager.default.removeItem(at: folder)
}

private func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
}
