import ArgumentParser
import Foundation
import PGKeep
import PGKeepModel
import Testing

@testable import PGKeepCommands

@Suite struct CommandLineTests {
    @Test(
        "A wrong command line is refused with status 64",
        arguments: [
            "bakup", "backup hourly", "restore", "restore latest --at 2026-01-27", "restore --undo latest",
            "restore --undo --into x", "restore latest --to a --into b", "audit change", "settings show", "show",
            "remove", "pin", "restore latest --schema x", "restore latest --rows-only",
            "restore latest --table a --into b", "restore latest --table a --plan",
            "restore latest --table a --no-analyze", "restore latest --table a --schema x --rows-only",
            "restore --undo --table a", "restore --table a",
            "next --count 0", "next --count many", "next today",
        ])
    func wrongCommandLine(line: String) {
        let arguments = line.split(separator: " ").map(String.init)
        do {
            _ = try PGKeepProgram.parseAsRoot(arguments)
            Issue.record("accepted: \(line)")
        } catch {
            #expect(PGKeepProgram.exitCode(for: error).rawValue == 64)
        }
    }

    @Test("Without a tier a backup is manual, without an archive the latest is verified")
    func defaults() throws {
        #expect(try BackupCommand.parse([]).tier == .manual)
        #expect(try BackupCommand.parse(["weekly"]).tier == .weekly)
        #expect(try VerifyCommand.parse(["--quick"]).archives == ["latest"])
    }

    @Test("Options set the settings of their variables")
    func options() throws {
        let command = try BackupCommand.parse([
            "daily", "--database-url", "service=x", "--backup-dir", "/b", "--app", "a", "--jobs", "3",
            "--compression", "zstd", "--config", "c.yaml",
        ])
        let flags = command.common.flags.merging(command.flags) { _, new in new }
        #expect(
            flags == [
                "DATABASE_URL": "service=x", "BACKUP_DIR": "/b", "BACKUP_APP_NAME": "a", "BACKUP_JOBS": "3",
                "BACKUP_COMPRESSION": "zstd", "BACKUP_CONFIG_FILE": "c.yaml",
            ])
        let known = Set(SettingDefinition.all.map(\.environmentName))
        #expect(flags.keys.allSatisfy(known.contains))
    }

    @Test("Every command has an abstract, a discussion and an example")
    func help() {
        for command in PGKeepProgram.configuration.subcommands {
            #expect(!command.configuration.abstract.isEmpty)
            #expect(command.configuration.discussion.contains("Example: pgkeep "))
        }
    }

    @Test(
        "Every kind of failure has the exit status that scripts rely on",
        arguments: [
            (PGKeepError.Code.failed, Int32(1)), (.damaged, 4), (.noSuchArchive, 5), (.busy, 6), (.unreachable, 7),
            (.toolMissing, 8), (.privileges, 9), (.noSpace, 10), (.key, 11), (.usage, 64), (.settings, 78),
            (.interrupted, 130),
        ] as [(PGKeepError.Code, Int32)])
    func exitStatus(code: PGKeepError.Code, status: Int32) {
        #expect(ExitStatus(code).rawValue == status)
    }

    @Test("A failure is told with its cause and its hint, for people and as JSON")
    func failure() throws {
        let failure = try #require(
            Failure(PGKeepError(.unreachable, "no server at db1", cause: "refused", hint: "systemctl start postgresql"))
        )
        #expect(failure.text == "pgkeep: error: no server at db1: refused\npgkeep: hint: systemctl start postgresql")
        let json = try JSONText.of(failure.json)
        #expect(json.contains("\"exitStatus\" : 7"))
        #expect(json.contains("\"code\" : \"unreachable\""))
    }
}

@Suite struct RenderingTests {
    @Test("The meter tells bytes, rows, rate and what is left")
    func meter() {
        let sample = ProgressSample(
            phase: "rows and schema", doneBytes: 432_327_885, totalBytes: 1_181_116_006, rows: 5_201_333)
        #expect(
            sample.line(bytesPerSecond: 196_083_712)
                == "rows and schema  412.3 MB of 1.1 GB · 5,201,333 rows · 187 MB/s · 4s left")
        #expect(
            ProgressSample(phase: "snapshot", doneBytes: 0, totalBytes: 0, rows: 0).line(bytesPerSecond: nil)
                == "snapshot")
    }

    @Test("The rate is that of the last seconds, and starts anew with each phase")
    func rate() {
        var rate = ProgressRate()
        func sample(_ phase: String, _ bytes: Int64) -> ProgressSample {
            ProgressSample(phase: phase, doneBytes: bytes, totalBytes: 0, rows: 0)
        }
        #expect(rate.bytesPerSecond(of: sample("a", 0), at: .zero) == nil)
        #expect(rate.bytesPerSecond(of: sample("a", 1000), at: .seconds(1)) == 1000)
        #expect(rate.bytesPerSecond(of: sample("a", 21_000), at: .seconds(6)) == 4000)
        #expect(rate.bytesPerSecond(of: sample("b", 10), at: .seconds(7)) == nil)
    }

    @Test(
        "A time is read as it is typed; a day means its end",
        arguments: [
            ("2026-01-27", "2026-01-27 23:59:59"), ("2026-01-27 12:00", "2026-01-27 12:00:00"),
            ("2026-01-27T12:00:05", "2026-01-27 12:00:05"), ("2026-01-27T12:00:00Z", "2026-01-27 13:00:00"),
            ("2026-01-27T12:00:00+02:00", "2026-01-27 11:00:00"), ("2026-01-27T12:00:00-0530", "2026-01-27 18:30:00"),
        ])
    func pointInTime(text: String, local: String) throws {
        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        let date = try #require(PointInTime.date(text, in: zone))
        #expect(LocalTime.text(date, in: zone) == local)
    }

    @Test(
        "What is no time is refused",
        arguments: ["", "yesterday", "2026-13-01", "2026-02-30", "2026-01-27T25:00", "12:00"])
    func noPointInTime(text: String) {
        #expect(PointInTime.date(text, in: .gmt) == nil)
    }

    @Test("A table aligns its columns and has no spaces at the ends of lines")
    func table() {
        var table = TextTable(["Name", "Size"], rightAligned: [1])
        table.add(["a", "1 B"])
        table.add(["longer", "10.0 MB"])
        #expect(table.text == "Name       Size\na           1 B\nlonger  10.0 MB")
    }

    @Test("Numbers are grouped by thousands")
    func grouped() {
        #expect(
            [0, 999, 1000, 5_201_333, -12_345].map(Figures.grouped) == ["0", "999", "1,000", "5,201,333", "-12,345"])
    }
}
