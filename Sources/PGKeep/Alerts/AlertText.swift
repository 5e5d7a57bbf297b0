package import Foundation
import PGKeepModel

/// A notice in words, for people's mailboxes and telephones.
package struct AlertText: Sendable, Equatable {
    package var title: String
    package var body: String

    /// Times are told in the zone of the schedules.
    package init(_ notice: AlertNotice, host: String, in zone: TimeZone) {
        let kind = Condition.Kind(rawValue: notice.kind)?.words ?? notice.kind
        let what = [notice.app, kind].compactMap(\.self).joined(separator: ": ")
        title =
            switch notice.event {
            case .opened: "❌ \(what) (\(host))"
            case .repeated: "❌ still: \(what) (\(host))"
            case .closed: "✅ over: \(what) (\(host))"
            case .test: "pgkeep: a test of alerts (\(host))"
            }
        var lines = [notice.what]
        let lasted = DurationText.of(notice.lasted, wholeSeconds: true)
        let since = LocalTime.text(notice.since, in: zone)
        switch notice.event {
        case .opened, .repeated: lines.append("Since: \(since) (\(lasted))")
        case .closed: lines.append("Over after \(lasted), since \(since)")
        case .test: break
        }
        if let hint = notice.hint { lines.append("Hint: \(hint)") }
        body = lines.joined(separator: "\n")
    }
}

extension Condition.Kind {
    /// In a few words.
    package var words: String {
        switch self {
        case .backupFailed: "backup failed"
        case .backupSlow: "backup slow"
        case .backupAbnormal: "backup abnormal"
        case .backupOverdue: "backup overdue"
        case .rpoAtRisk: "backup soon overdue"
        case .diskLow: "disk low"
        case .copyMissing: "copy missing"
        case .verifyFailed: "damage found"
        case .drillFailed: "drill failed"
        case .checklistFailed: "checklist failed"
        case .restoreSlow: "restore slow"
        case .copyFailed: "copies fail"
        case .lockMissing: "copy not locked"
        case .toolHole: "tool with a known hole"
        case .keepersApart: "keepers apart"
        case .databaseMissing: "database missing"
        case .vaultUnreadable: "backups unreadable"
        }
    }
}
