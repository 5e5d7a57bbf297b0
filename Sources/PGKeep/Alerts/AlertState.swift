package import Foundation

/// What must outlive the process: the alert book, and what the channels have not got yet.
package struct AlertState: Sendable, Equatable, Codable {
    /// The form of the file; another one is not read.
    static let currentVersion = 1

    package private(set) var version = AlertState.currentVersion
    package var book = AlertBook()
    package private(set) var queues: [AlertQueue] = []

    package init() {}

    /// Puts something into the queues of channels.
    package mutating func add(_ content: AlertQueue.Content, for channels: [AlertChannel], at now: Date) {
        for channel in channels {
            let place = queues.firstIndex { $0.channel == channel.key } ?? queues.endIndex
            if place == queues.endIndex { queues.append(AlertQueue(channel: channel.key)) }
            queues[place].add(content, at: now)
        }
    }

    /// Drops what is too old; gives it back to be told. What is for a channel that is not set stays until then: it may
    /// be set again, or be that of another keeper with the same state folder.
    package mutating func dropOld(_ channels: [AlertChannel], _ now: Date, _ limits: AlertLimits) -> [Dropped] {
        var dropped: [Dropped] = []
        for place in queues.indices {
            let name = channels.first { $0.key == queues[place].channel }?.name
            dropped += queues[place].dropOld(now, limits).map { Dropped(channel: name, content: $0.content) }
        }
        let keys = channels.map(\.key)
        queues.removeAll { $0.items.isEmpty && ($0.failures == 0 || !keys.contains($0.channel)) }
        return dropped
    }

    /// What is to be sent now; the caller has it until its lease ends.
    package mutating func takeDue(_ channels: [AlertChannel], _ now: Date, _ limits: AlertLimits) -> [AlertWork] {
        var work: [AlertWork] = []
        for place in queues.indices where queues[place].isDue(now, limits) {
            guard let channel = channels.first(where: { $0.key == queues[place].channel }) else { continue }
            queues[place].lease(now, limits)
            work.append(AlertWork(channel: channel, items: Array(queues[place].items.prefix(limits.batch))))
        }
        return work
    }

    /// Takes in how sending went.
    package mutating func note(_ result: AlertWork.Result, _ now: Date, _ limits: AlertLimits) {
        guard let place = queues.firstIndex(where: { $0.channel == result.channel.key }) else { return }
        queues[place].attempted(delivered: result.delivered, failed: result.error != nil, now, limits)
    }

    /// When something is to be sent next to one of these channels; nil if there is nothing.
    package func nextAttempt(_ channels: [AlertChannel], _ now: Date) -> Date? {
        let keys = channels.map(\.key)
        return queues.filter { !$0.items.isEmpty && keys.contains($0.channel) }.map { $0.nextAttempt ?? now }.min()
    }

    /// Something that was never delivered.
    package struct Dropped: Sendable, Equatable {
        /// nil if the channel is not set.
        package var channel: String?
        package var content: AlertQueue.Content
    }
}

/// What one channel is to get now.
package struct AlertWork: Sendable, Equatable {
    package var channel: AlertChannel
    package var items: [AlertQueue.Item]

    /// How that went; what is not in `delivered` is still to be sent.
    package struct Result: Sendable {
        package var channel: AlertChannel
        package var delivered: Set<String>
        package var error: (any Error)?
    }
}
