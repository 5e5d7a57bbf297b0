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
        ])
    func refused(text: String) { #expect(ArchiveName(text) == nil) }
}
