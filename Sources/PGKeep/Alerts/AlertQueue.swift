package import Foundation

/// What one channel has not got yet, in order, and when to try again.
///
/// Before a channel is tried the queue is leased: nobody else tries it meanwhile, and if the process dies, the lease runs
/// out and all of it is still there. So each notice arrives at least once, and a receiver that minds drops by `id`.
package struct AlertQueue: Sendable, Equatable, Codable {
    /// Something to send.
    package enum Content: Sendable, Equatable, Codable {
        case notice(AlertNotice)
        case ping(RunPing)
    }

    /// One thing on its way.
    package struct Item: Sendable, Equatable, Codable {
        package var id: String
        package var madeAt: Date
        package var content: Content
    }

    /// Which channel it is for, by its key.
    package let channel: String
    package private(set) var items: [Item] = []
    /// How many attempts failed since the last one that did not.
    package private(set) var failures = 0
    /// Not before then; nil: at once.
    package private(set) var nextAttempt: Date?

    package init(channel: String) { self.channel = channel }

    package mutating func add(_ content: Content, at now: Date) {
        switch content {
        case .notice(let notice):
            items.append(Item(id: notice.id, madeAt: now, content: content))
        case .ping(let ping):
            // How an earlier run ended is no news any more.
            items.removeAll { item in
                if case .ping(let other) = item.content {
                    (other.app, other.tier) == (ping.app, ping.tier)
                } else {
                    false
                }
            }
            let id = AlertNotice.fingerprint([
                ping.signal.rawValue, ping.app ?? "", ping.tier ?? "", String(now.timeIntervalSince1970),
            ])
            items.append(Item(id: id, madeAt: now, content: content))
        }
    }

    /// Whether to try now; a time that only a clock gone wrong could have set counts as past.
    package func isDue(_ now: Date, _ limits: AlertLimits) -> Bool {
        guard !items.isEmpty else { return false }
        guard let nextAttempt, nextAttempt > now else { return true }
        return nextAttempt.timeIntervalSince(now) > max(limits.longestPause, limits.lease).seconds
    }

    package mutating func lease(_ now: Date, _ limits: AlertLimits) {
        nextAttempt = now.addingTimeInterval(limits.lease.seconds)
    }

    /// The lease ends; `failed` tells whether something was not taken.
    package mutating func attempted(delivered: Set<String>, failed: Bool, _ now: Date, _ limits: AlertLimits) {
        items.removeAll { delivered.contains($0.id) }
        failures = failed ? min(failures + 1, 1000) : 0
        nextAttempt = failed ? now.addingTimeInterval(limits.pause(after: failures).seconds) : nil
    }

    /// Takes out what nobody would want to get any more.
    package mutating func dropOld(_ now: Date, _ limits: AlertLimits) -> [Item] {
        for place in items.indices { items[place].madeAt = min(items[place].madeAt, now) }
        let old = items.filter { now.timeIntervalSince($0.madeAt) > limits.oldest.seconds }
        items.removeAll { now.timeIntervalSince($0.madeAt) > limits.oldest.seconds }
        return old
    }
}
