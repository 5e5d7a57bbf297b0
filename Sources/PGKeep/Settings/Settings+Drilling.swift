import Foundation
import PGKeepModel

extension Settings {
    /// Sundays at 06:00, after the backups of the night.
    static let standardDrillSchedule = CronExpression(minute: 0, hour: 6, dayOfWeek: 0)

    /// Where scratch servers are made: not `/tmp`, which is often in memory.
    var scratchDirectory: String {
        if let drillDirectory { return drillDirectory }
        if let folder = ProcessInfo.processInfo.environment["TMPDIR"], !folder.isEmpty {
            return folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        }
        return FileManager.default.fileExists(atPath: "/var/tmp") ? "/var/tmp" : "/tmp"
    }
}
