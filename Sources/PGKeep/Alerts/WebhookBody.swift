import Foundation
import PGKeepModel

/// The JSON that a webhook gets, version 1; `docs/63-alerts.md` tells each field.
package struct WebhookBody: Sendable, Equatable, Encodable {
    package let version = 1
    package var id: String
    package var alert: String
    package var event: String
    package var kind: String
    package var app: String?
    package var subject: String?
    package var message: String
    package var hint: String?
    package var since: String
    package var at: String
    package var endedAt: String?
    package var lastedSeconds: Int64?
    package var host: String
    package var pgkeep: String

    package init(_ notice: AlertNotice, host: String) {
        id = notice.id
        alert = notice.alert
        event = notice.event.rawValue
        kind = notice.kind
        app = notice.app
        subject = notice.subject
        message = notice.message
        hint = notice.hint
        since = notice.since.iso8601
        at = notice.at.iso8601
        endedAt = notice.endedAt?.iso8601
        lastedSeconds = notice.event == .test ? nil : notice.lasted.components.seconds
        self.host = host
        pgkeep = BackupSystem.version
    }

    /// The bytes that are sent, and signed.
    package func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
