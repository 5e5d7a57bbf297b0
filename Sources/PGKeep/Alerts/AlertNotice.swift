import Crypto
package import Foundation
import PGKeepModel

/// What is told of an alert at one moment: that it opened, that it still holds, that it is over.
package struct AlertNotice: Sendable, Hashable, Codable {
    /// What happened to the alert; the words of webhooks and the journal.
    package enum Event: String, Sendable, Hashable, Codable, CaseIterable {
        case opened, repeated, closed
        /// Nothing is wrong: a person wants to see whether notices arrive.
        case test
    }

    /// What happened.
    package var event: Event
    /// The same for all notices of one alert, from its opening to its all-clear.
    package var alert: String
    /// A `Condition.Kind`, or `test`.
    package var kind: String
    /// Whose backups it is about; nil for the machine as a whole.
    package var app: String?
    /// What it is about within the app.
    package var subject: String?
    /// What is wrong, or was.
    package var message: String
    /// A command to paste.
    package var hint: String?
    /// Since when it holds.
    package var since: Date
    /// When this was found.
    package var at: Date
    /// When it ended, as far as that was seen; nil while it holds.
    package var endedAt: Date?

    package init(
        _ event: Event, alert: String, kind: String, app: String? = nil, subject: String? = nil, message: String,
        hint: String? = nil, since: Date, at: Date, endedAt: Date? = nil
    ) {
        self.event = event
        self.alert = alert
        self.kind = kind
        self.app = app
        self.subject = subject
        self.message = message
        self.hint = hint
        self.since = since
        self.at = at
        self.endedAt = endedAt
    }

    /// The same whenever this notice is sent again, so that a receiver can drop what it has.
    package var id: String { AlertNotice.fingerprint([alert, event.rawValue, at.iso8601Milliseconds]) }

    /// How long it held, or has held so far.
    package var lasted: Duration { .seconds(max(0, (endedAt ?? at).timeIntervalSince(since))) }

    /// What is wrong and with whom: `shop: the daily backup failed`.
    package var what: String { app.map { "\($0): \(message)" } ?? message }

    /// Sixteen digits that stand for some texts.
    static func fingerprint(_ texts: [String]) -> String {
        // A separator that no name or message holds.
        let bytes = Data(texts.joined(separator: "\u{0}").utf8)
        return SHA256.hash(data: bytes).prefix(8).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}

extension AlertNotice {
    /// A notice that only tells that it arrived.
    package static func test(at now: Date) -> AlertNotice {
        AlertNotice(
            .test, alert: fingerprint(["test", now.iso8601Milliseconds]), kind: Event.test.rawValue,
            message: "this is a test: alerts of pgkeep arrive here", since: now, at: now)
    }
}
