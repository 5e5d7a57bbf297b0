package import PGKeepModel

package import struct Foundation.Date
package import struct Foundation.TimeZone

/// Every line that people grep for, so that its words stand in one place only.
package enum HouseLine: Sendable, Hashable {
    /// The word in brackets in front of a line.
    package enum Label: String, Sendable {
        case backup = "Backup"
        case restore = "Restore"
        case drill = "Drill"
        case demo = "Demo"
        case alert = "Alert"
    }

    case scheduled(Tier, at: Date, in: TimeZone)
    case startingBackup(Tier)
    case backupCompleted(Tier)
    case backupFailed(Tier, reason: String)
    case backupSuspect(String)
    case filename(String)
    case size(ByteCount)
    case duration(Duration)
    case deletedOldBackup(String, days: Int)
    case cleanupCompleted(deleted: Int, freed: ByteCount)
    case copied(to: String, MadeCopy)
    case deletedOldCopy(String, days: Int, vault: String)
    case verifying(String)
    case fileValid(Compression)
    /// What can be seen of it without a key.
    case sealValid
    case backupVerified
    case backupDamaged(String)
    case startingRestore(String)
    case restoreCompleted
    case restoreUndone(String)
    case restoreFailed(reason: String)
    case startingDrill(String)
    case drillCompleted
    case drillFailed(reason: String)
    /// Something else than the archive kept it from being held.
    case notDrilled(reason: String)
    case alert(AlertNotice)
    /// A step worth telling that has no line of its own.
    case step(Label, String)
    case warning(Label, String)

    package var label: Label {
        switch self {
        case .startingRestore, .restoreCompleted, .restoreUndone, .restoreFailed: .restore
        case .startingDrill, .drillCompleted, .drillFailed, .notDrilled: .drill
        case .alert: .alert
        case .step(let label, _), .warning(let label, _): label
        default: .backup
        }
    }

    package var text: String {
        switch self {
        case .scheduled(let tier, let date, let zone):
            "\(tier.capitalized) backup scheduled for \(LocalTime.text(date, in: zone))"
        case .startingBackup(let tier): "Starting \(tier.rawValue) backup..."
        case .backupCompleted(let tier): "✅ \(tier.capitalized) backup completed successfully"
        case .backupFailed(let tier, let reason): "❌ \(tier.capitalized) backup failed: \(reason)"
        case .backupSuspect(let name): "⚠️ Backup is suspect: \(name)"
        case .filename(let name): "Filename: \(name)"
        case .size(let size): "Size: \(size)"
        case .duration(let duration): "Duration: \(DurationText.of(duration))"
        case .deletedOldBackup(let name, let days):
            "Deleted old backup: \(name) (\(days) \(days == 1 ? "day" : "days") old)"
        case .cleanupCompleted(let deleted, let freed):
            "Cleanup completed: \(deleted) \(deleted == 1 ? "backup" : "backups") deleted, \(freed) freed"
        case .copied(let vault, let copy): Self.copied(to: vault, copy)
        case .deletedOldCopy(let name, let days, let vault):
            "Deleted old copy in \(vault): \(name) (\(days) \(days == 1 ? "day" : "days") old)"
        case .verifying(let name): "Verifying backup: \(name)"
        case .fileValid(let compression): "✅ \(Self.format(compression)) file is valid"
        case .sealValid: "✅ Seal is intact"
        case .backupVerified: "✅ Backup verified successfully"
        case .backupDamaged(let name): "❌ Backup is damaged: \(name)"
        case .startingRestore(let name): "Starting restore from: \(name)"
        case .restoreCompleted: "✅ Restore completed successfully"
        case .restoreUndone(let database): "✅ Restore undone: \(database) is as it was before"
        case .restoreFailed(let reason): "❌ Restore failed: \(reason)"
        case .startingDrill(let name): "Starting drill of: \(name)"
        case .drillCompleted: "✅ Drill completed successfully: the backup is proven"
        case .drillFailed(let reason): "❌ Drill failed: \(reason)"
        case .notDrilled(let reason): "⚠️ Not drilled: \(reason)"
        case .alert(let notice): Self.alert(notice)
        case .step(_, let text): text
        case .warning(_, let text): "Warning: \(text)"
        }
    }

    private static func alert(_ notice: AlertNotice) -> String {
        let lasted = DurationText.of(notice.lasted, wholeSeconds: true)
        return switch notice.event {
        case .opened: "❌ \(notice.what)"
        case .repeated: "❌ Still, after \(lasted): \(notice.what)"
        case .closed: "✅ Over after \(lasted): \(notice.what)"
        case .test: notice.what
        }
    }

    private static func copied(to vault: String, _ copy: MadeCopy) -> String {
        let lock = copy.lock.map { ", locked until \($0.until.iso8601.prefix(10))" } ?? ""
        return "Copied to \(vault): \(copy.name) (\(ByteCount(copy.bytes)), checked by \(copy.checked)\(lock))"
    }

    private static func format(_ compression: Compression) -> String {
        switch compression {
        case .gzip: "Gzip"
        case .zstd: "Zstd"
        case .none: "SQL"
        }
    }
}
