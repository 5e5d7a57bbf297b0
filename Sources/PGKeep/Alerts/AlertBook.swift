package import Foundation

/// Which alerts are open, and what was told of them: it makes that each condition is told once, then rarely, then its
/// end.
///
/// A condition opens an alert at once. While it holds, the alert is told again when `repeat` has passed since it was
/// last told. When it is gone, the alert closes with an all-clear. One that comes and goes must not flood: an alert
/// that opens again within `repeat` of its all-clear is a relapse, and has to stay away 15 minutes before its next
/// all-clear, then an hour, four hours and so on up to `repeat`; coming back meanwhile is no news. Whatever a condition
/// does, it is told about ten times in such a span and not a hundred times.
///
/// The clock may jump. Ahead: alerts repeat early, once. Back: times that lie in the future count as now, so that
/// nothing is silent for longer than `repeat`.
package struct AlertBook: Sendable, Equatable, Codable {
    /// Open ones, and those that closed so lately that opening again is a relapse.
    package private(set) var alerts: [Alert] = []

    package init() {}

    /// One condition's alert.
    package struct Alert: Sendable, Equatable, Codable {
        package var kind: Condition.Kind
        package var app: String?
        package var subject: String?
        package var message: String
        package var hint: String?
        package var since: Date
        package var openedAt: Date
        package var toldAt: Date
        /// How many times it opened again soon after its all-clear.
        package var relapses: Int
        /// Since when the condition is gone; its all-clear waits until it stays away.
        package var goneSince: Date?
        package var closedAt: Date?

        package var identity: Condition.Identity { Condition.Identity(kind: kind, app: app, subject: subject) }
    }

    /// What is to be told now that exactly `conditions` hold, and the book after that.
    ///
    /// Several keepers can share a state folder, each with apps of its own: of apps that are not in `apps` nothing
    /// closes. Nil stands for all; what concerns the machine as a whole is everybody's.
    package func settle(
        _ conditions: [Condition], of apps: Set<String>? = nil, now: Date, repeat interval: Duration
    ) -> (notices: [AlertNotice], book: AlertBook) {
        let interval = interval.seconds
        var notices: [AlertNotice] = []
        var book = AlertBook()
        let found = Dictionary(conditions.map { ($0.identity, $0) }, uniquingKeysWith: { first, _ in first })
        var known: Set<Condition.Identity> = []
        for alert in alerts where known.insert(alert.identity).inserted {
            var alert = alert.without(timesAfter: now)
            let condition = found[alert.identity]
            if condition == nil, let apps, let app = alert.app, !apps.contains(app) {
                book.alerts.append(alert)
                continue
            }
            let event: AlertNotice.Event?
            switch (alert.closedAt, condition) {
            case (nil, let condition?): event = alert.holds(condition, now, interval)
            case (nil, nil): event = alert.isGone(now, interval)
            case (let closedAt?, let condition?):
                event = alert.opens(condition, now, isRelapse: now.timeIntervalSince(closedAt) < interval)
            case (let closedAt?, nil):
                guard now.timeIntervalSince(closedAt) < interval else { continue }
                event = nil
            }
            if let event { notices.append(alert.notice(event, at: now)) }
            book.alerts.append(alert)
        }
        for condition in conditions where known.insert(condition.identity).inserted {
            let alert = Alert(condition, now)
            notices.append(alert.notice(.opened, at: now))
            book.alerts.append(alert)
        }
        return (notices, book)
    }
}

extension AlertBook.Alert {
    init(_ condition: Condition, _ now: Date) {
        kind = condition.kind
        app = condition.app
        subject = condition.subject
        message = condition.message
        hint = condition.hint
        since = min(condition.since, now)
        openedAt = now
        toldAt = now
        relapses = 0
    }

    /// How long the condition has to stay away before its all-clear, in seconds.
    private func calm(_ interval: Double) -> Double {
        guard relapses > 0 else { return 0 }
        return min(interval, 900 * pow(4, Double(relapses - 1)))
    }

    fileprivate func without(timesAfter now: Date) -> Self {
        var alert = self
        alert.since = min(since, now)
        alert.openedAt = min(openedAt, now)
        alert.toldAt = min(toldAt, now)
        alert.goneSince = goneSince.map { min($0, now) }
        alert.closedAt = closedAt.map { min($0, now) }
        return alert
    }

    fileprivate mutating func holds(_ condition: Condition, _ now: Date, _ interval: Double) -> AlertNotice.Event? {
        goneSince = nil
        guard now.timeIntervalSince(toldAt) >= interval else { return nil }
        message = condition.message
        hint = condition.hint
        toldAt = now
        return .repeated
    }

    fileprivate mutating func isGone(_ now: Date, _ interval: Double) -> AlertNotice.Event? {
        let since = goneSince ?? now
        goneSince = since
        guard now.timeIntervalSince(since) >= calm(interval) else { return nil }
        closedAt = now
        toldAt = now
        return .closed
    }

    fileprivate mutating func opens(_ condition: Condition, _ now: Date, isRelapse: Bool) -> AlertNotice.Event {
        let before = relapses
        self = Self(condition, now)
        // Two dozen quadruplings are more than any interval.
        if isRelapse { relapses = min(before + 1, 24) }
        return .opened
    }

    fileprivate func notice(_ event: AlertNotice.Event, at now: Date) -> AlertNotice {
        let alert = AlertNotice.fingerprint([
            kind.rawValue, app ?? "", subject ?? "", String(openedAt.timeIntervalSince1970),
        ])
        return AlertNotice(
            event, alert: alert, kind: kind.rawValue, app: app, subject: subject, message: message,
            hint: event == .closed ? nil : hint, since: since, at: now, endedAt: event == .closed ? goneSince : nil)
    }
}

extension Condition.Kind: Codable {}
