import Foundation

extension Settings {
    /// What keepers of one app have to agree on, where they share its vault; by the names of the variables.
    package var sharedByKeepers: [String: String] {
        [
            "BACKUP_DAILY_SCHEDULE": schedules.daily?.description ?? "off",
            "BACKUP_WEEKLY_SCHEDULE": schedules.weekly?.description ?? "off",
            "BACKUP_MONTHLY_SCHEDULE": schedules.monthly?.description ?? "off",
            "BACKUP_TIMEZONE": timeZone.identifier,
            "BACKUP_RETENTION_DAYS": String(retention.daily),
            "BACKUP_RETENTION_WEEKLY_DAYS": String(retention.weekly),
            "BACKUP_RETENTION_MONTHLY_DAYS": String(retention.monthly),
            "BACKUP_VAULTS": vaults.map(\.description).sorted().joined(separator: " "),
            "BACKUP_LOCK": lock?.rawValue ?? "none",
        ]
    }
}
