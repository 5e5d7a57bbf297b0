import Foundation
import PGKeepModel
import Testing

struct ArchiveNameTests {
    @Test(
        "A name is read strictly from the right, and written back as it was",
        arguments: [
            ("app_daily_backup_2026-01-27T02-00-00.sql.gz", "app", Tier.daily),
            ("app_staging_weekly_backup_2024-02-29T23-59-59.sql", "app_staging", .weekly),
            ("app_daily_manual_backup_2026-01-27T02-00-00.sql.zst.enc", "app_daily", .manual),
            ("x_daily_backup_monthly_backup_2026-01-27T02-00-00.sql.gz", "x_daily_backup", .monthly),
            ("caf%C3%A9_daily_backup_9999-12-31T23-59-59.sql.gz", "caf%C3%A9", .daily),
        ])
    func roundTrip(text: String, app: String, tier: Tier) throws {
        let name = try #require(ArchiveName(text))
        #expect(name.app.text == app)
        #expect(name.tier == tier)
        let again = ArchiveName(
            app: name.app, tier: name.tier, createdAt: name.createdAt, format: name.format, sealed: name.sealed)
        #expect(again == name)
        #expect(again.text == text)
    }

    @Test(
        "What does not fit to the byte is not an archive's name",
        arguments: [
            "", "_daily_backup_2026-01-27T02-00-00.sql.gz", "app_hourly_backup_2026-01-27T02-00-00.sql.gz",
            "app_daily_backup_2026-02-29T02-00-00.sql.gz", "app_daily_backup_2026-01-27T24-00-00.sql.gz",
            "app_daily_backup_2026-01-27T02:00:00.sql.gz", "app_daily_backup_2026-1-27T02-00-00.sql.gz",
            "app_daily_backup_2026-01-27T02-00-00.sql.gz.pin", ".app_daily_backup_2026-01-27T02-00-00.sql.gz",
            "app_daily_backup_2026-01-27T02-00-00.SQL.GZ", "a b_daily_backup_2026-01-27T02-00-00.sql.gz",
            "a%61_daily_backup_2026-01-27T02-00-00.sql.gz", "a%2f_daily_backup_2026-01-27T02-00-00.sql.gz",
            "app_daily_backup_+026-01-27T02-00-00.sql.gz", "app_daily_backup_2026-01-27T02-00-60.sql.gz",
            "daily_backup_2026-01-27T02-00-00.sql.gz", "app_backup_2026-01-27T02-00-00.sql.gz",
            "app_Daily_backup_2026-01-27T02-00-00.sql.gz", "app_daily_backup_2026-01-27T02-00-00",
            "app_daily_backup_2026-01-27T02-00-00.sql.gz.enc.enc",
            ".app_daily_backup_2026-01-27T02-00-00.sql.gz.partial",
            "app_daily_backup_2026-04-31T02-00-00.sql.gz", "app_daily_backup_2026-13-01T02-00-00.sql.gz",
            "app_daily_backup_2026-00-10T02-00-00.sql.gz", "app_daily_backup_2026-01-00T02-00-00.sql.gz",
            "app_daily_backup_2026-01-27T02-60-00.sql.gz", "app_daily_backup_1969-12-31T23-59-59.sql.gz",
            "app_daily_backup_２026-01-27T02-00-00.sql.gz", "a/b_daily_backup_2026-01-27T02-00-00.sql.gz",
            "app_daily_backup_2026-01-27T02-00-00.sql.gz ", "app_daily_backup_2026-01-27T02-00-00.sql.gz\n",
        ])
    func refused(text: String) { #expect(ArchiveName(text) == nil) }

    @Test("Every app, tier and format is read back from the name it makes, to the second")
    func everyKind() throws {
        let date = Date(timeIntervalSince1970: 1_769_479_200.9)
        for app in [
            "app", "app_staging", "app_daily", "x_daily_backup", "_", "a_daily_backup_2026-01-27T02-00-00.sql.gz",
        ] {
            let app = try #require(AppName(encoded: app))
            for tier in Tier.allCases {
                for format in ArchiveName.Format.allCases {
                    for sealed in [false, true] {
                        let name = ArchiveName(app: app, tier: tier, createdAt: date, format: format, sealed: sealed)
                        let read = try #require(ArchiveName(name.text))
                        #expect(read == name)
                        #expect(read.app == app && read.tier == tier && read.format == format && read.sealed == sealed)
                        #expect(read.createdAt == Date(timeIntervalSince1970: 1_769_479_200))
                    }
                }
            }
        }
    }

    @Test("Names are in the order of time, whatever their app and tier")
    func order() {
        let names = [
            "z_daily_backup_2025-12-31T23-59-59.sql.gz", "b_weekly_backup_2026-01-01T00-00-00.sql.gz",
            "a_daily_backup_2026-01-01T00-00-01.sql", "a_monthly_backup_2026-01-01T00-00-01.sql",
        ].compactMap { ArchiveName($0) }
        #expect(names.count == 4)
        #expect(names.reversed().sorted() == names)
    }

    @Test("A format knows the compression it is written with")
    func format() {
        for format in ArchiveName.Format.allCases {
            #expect(ArchiveName.Format(format.compression) == format)
            #expect(format.compression.fileExtension == format.rawValue)
        }
        #expect(ArchiveName.Format(.gzip(9)) == .gzip)
    }
}
