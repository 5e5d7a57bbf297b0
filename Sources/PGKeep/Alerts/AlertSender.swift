import AsyncHTTPClient
import Foundation
import PGKeepModel

/// Hands one thing to one channel, each in its own form.
struct AlertSender: Sendable {
    let client: HTTPClient
    let limits: AlertLimits
    let secret: Secret?
    let timeZone: TimeZone
    /// Where to look for apprise.
    let toolFolders: [String]
    let now: @Sendable () -> Date

    func send(_ content: AlertQueue.Content, to channel: AlertChannel) async throws {
        switch (channel.way, content) {
        case (.webhook, .notice(let notice)): try await post(notice, to: channel)
        case (.apprise, .notice(let notice)):
            let text = AlertText(notice, host: LocalHost.name, in: timeZone)
            try await Apprise.find(in: toolFolders).send(text, event: notice.event, to: channel, limits)
        case (.ping, .ping(let ping)): try await post(ping, to: channel)
        case (.ping, .notice), (.webhook, .ping), (.apprise, .ping):
            // Queues are filled by what a channel takes.
            throw PGKeepError(.failed, "\(channel.name) does not take this")
        }
    }

    private func post(_ notice: AlertNotice, to channel: AlertChannel) async throws {
        let body = try WebhookBody(notice, host: LocalHost.name).text()
        var headers = ["Content-Type": "application/json"]
        if let secret {
            headers[WebhookSignature.header] = WebhookSignature.value(body: body, secret: secret, at: now())
        }
        try await AlertPost(headers: headers, body: body).send(
            to: target(channel, channel.address.reveal()), client, limits)
    }

    private func post(_ ping: RunPing, to channel: AlertChannel) async throws {
        let address = AlertChannel.filled(
            channel.address.reveal(), app: ping.app ?? "test", tier: ping.tier ?? "test")
        guard let target = try target(channel, address).appending(path: ping.signal.path) else {
            throw PGKeepError(.settings, "\(channel.name) takes no path")
        }
        try await AlertPost(headers: ["Content-Type": "text/plain; charset=utf-8"], body: ping.text)
            .send(to: target, client, limits)
    }

    /// It was read when the channel was made; only names put into it could spoil it.
    private func target(_ channel: AlertChannel, _ address: String) throws -> AlertAddress {
        if let target = AlertAddress(address) { return target }
        throw PGKeepError(.settings, "\(channel.name) is not a URL")
    }
}

/// This machine's name, as receivers tell machines apart.
enum LocalHost {
    static var name: String {
        var bytes = [CChar](repeating: 0, count: 256)
        // A name of 256 bytes and more would lack its zero.
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return "unknown" }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
