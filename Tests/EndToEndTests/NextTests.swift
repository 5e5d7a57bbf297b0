import Foundation
import PGKeepModel
import Testing

/// What the program says of the slots to come, compared with what systemd says.
@Suite("The slots to come")
struct NextTests {
    private struct Slot: Decodable, Equatable {
        var tier: String
        var at: String
    }

    private static let systemd = "/usr/bin/systemd-analyze"
    /// Where it must run a missing oracle fails the tests.
    private static let runs: Bool =
        FileManager.default.isExecutableFile(atPath: systemd) || ProcessInfo.processInfo.environment["CI"] == "true"

    private func next(_ line: String, _ variables: [String: String], _ sandbox: Sandbox) async throws -> [Slot] {
        let arguments = ["next", "--json"] + line.split(separator: " ").map(String.init)
        let run = try await sandbox.pgkeep(arguments, environment: variables)
        try #require(run.status == 0, "\(run)")
        return try JSONDecoder().decode([Slot].self, from: Data(run.output.utf8))
    }

    @Test(
        "Slots are those of systemd's timers",
        .enabled("systemd-analyze is missing; run scripts/setup") { NextTests.runs },
        arguments: ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"])
    func asSystemd(zone: String) async throws {
        // No time among them is one that a clock of these zones jumps over or shows twice.
        let pairs = [
            ("30 4 * * *", "*-*-* 04:30:00"), ("0 5 * * 0", "Sun *-*-* 05:00:00"), ("0 4 1 * *", "*-*-01 04:00:00"),
            ("*/20 6-8 * * mon-fri", "Mon..Fri *-*-* 06..08:00/20:00"), ("15 23 29 2 *", "*-02-29 23:15:00"),
            ("5,50 12 */10 3,9 *", "*-03,09-01,11,21,31 12:05,50:00"), ("0 0 31 * *", "*-*-31 00:00:00"),
        ]
        try await Sandbox.with { sandbox in
            for (cron, calendar) in pairs {
                let slots = try await next(
                    "--from 2026-01-26T12:00:01Z --count 40",
                    [
                        "BACKUP_DAILY_SCHEDULE": cron, "BACKUP_WEEKLY_SCHEDULE": "off",
                        "BACKUP_MONTHLY_SCHEDULE": "off",
                        "BACKUP_TIMEZONE": zone,
                    ], sandbox)
                let told = try await Shell.run(
                    #"TZ=UTC "$1" calendar --iterations=40 --base-time="2026-01-26 12:00:00 UTC" "$2" "#
                        + #"| sed -nE 's/.*(Next elapse|Iter. #[0-9]+): [A-Z][a-z]{2} ([0-9-]+) ([0-9:]+) UTC/\2T\3Z/p'"#,
                    NextTests.systemd, "\(calendar) \(zone)")
                let expected = told.split(separator: "\n").map(String.init)
                #expect(expected.count == 40, "\(told)")
                #expect(slots.map(\.at) == expected, "\(cron) in \(zone)")
            }
        }
    }

    @Test("The tiers are merged in order of time; --count is the total, a slot at --from is the first")
    func merged() async throws {
        try await Sandbox.with { sandbox in
            let berlin = ["BACKUP_TIMEZONE": "Europe/Berlin"]
            let slots = try await next("--from 2026-02-01T02:00:00 --count 4", berlin, sandbox)
            #expect(
                slots == [
                    Slot(tier: "daily", at: "2026-02-01T01:00:00Z"), Slot(tier: "weekly", at: "2026-02-01T02:00:00Z"),
                    Slot(tier: "monthly", at: "2026-02-01T03:00:00Z"), Slot(tier: "daily", at: "2026-02-02T01:00:00Z"),
                ])
            // A day alone is its beginning, in the zone.
            #expect(try await next("--from 2026-02-01 --count 1", berlin, sandbox) == [slots[0]])
            #expect(try await next("--from 2026-02-01T01:00:01Z --count 1", berlin, sandbox) == [slots[1]])
            let text = try await sandbox.pgkeep("next", "--from", "2026-03-29", "--count", "2", environment: berlin)
            #expect(
                text.output == """
                    Type    At (Europe/Berlin)
                    daily   2026-03-29 03:00:00
                    weekly  2026-03-29 03:00:00

                    """)
            #expect(try await next("", berlin, sandbox).count == 10)
            let off = [
                "BACKUP_DAILY_SCHEDULE": "off", "BACKUP_WEEKLY_SCHEDULE": "off", "BACKUP_MONTHLY_SCHEDULE": "off",
            ]
            #expect(try await next("", off, sandbox).isEmpty)
            #expect(try await sandbox.pgkeep("next", environment: off).output == "No backups are scheduled\n")
        }
    }

    @Test("What is no time, no number or no schedule is refused")
    func refused() async throws {
        try await Sandbox.with { sandbox in
            try await sandbox.refuses(64, "--from is 'soon', not a time", arguments: ["next", "--from", "soon"])
            try await sandbox.refuses(64, "--count takes 1 to 100000", arguments: ["next", "--count", "0"])
            try await sandbox.refuses(
                78, "BACKUP_WEEKLY_SCHEDULE is '0 3 * * 8' (environment): the day of week is '8'; it takes *, 0 to 7",
                environment: ["BACKUP_WEEKLY_SCHEDULE": "0 3 * * 8"], arguments: ["next"])
            try await sandbox.refuses(
                78, "BACKUP_TIMEZONE is 'Europe/Bonn'", "it takes a name of the IANA database",
                environment: ["BACKUP_TIMEZONE": "Europe/Bonn"], arguments: ["next"])
        }
    }

    @Test("Listed databases have slots of their own, each with its app; --app chooses one")
    func listed() async throws {
        try await Sandbox.with { sandbox in
            let yaml = """
                databases:
                  - url: postgresql://nowhere/shop
                    dailySchedule: 30 1 * * *
                  - url: postgresql://nowhere/crm
                """
            try Data(yaml.utf8).write(to: URL(fileURLWithPath: "\(sandbox.folder)/pgkeep.yaml"))
            let text = try await sandbox.pgkeep("next", "--from", "2026-01-27", "--count", "3")
            #expect(
                text.output == """
                    Type   At (UTC)             App
                    daily  2026-01-27 01:30:00  shop
                    daily  2026-01-27 02:00:00  crm
                    daily  2026-01-28 01:30:00  shop

                    """, "\(text)")
            let crm = try await next("--app crm --from 2026-01-27 --count 1", [:], sandbox)
            #expect(crm == [Slot(tier: "daily", at: "2026-01-27T02:00:00Z")])
        }
    }
}
