import Foundation
import PGKeepModel

/// Where alerts go: a webhook, a service that waits for pings, or whatever the program apprise knows.
///
/// An address holds credentials: its path or its user is a password as good as any. It is never shown; `name` is.
public struct AlertChannel: Sendable, Equatable {
    package enum Way: String, Sendable, Equatable {
        /// JSON by POST.
        case webhook
        /// Start and end of each run, by POST.
        case ping
        /// Through the program apprise.
        case apprise
    }

    package let way: Way
    /// What is called: without our prefixes, or as apprise takes it.
    package let address: Secret
    /// What is shown: `https://hooks.example.com/***`, `mailto://***`.
    public let name: String

    /// Reads one address of `BACKUP_ALERTS`; what the error says of it is no secret.
    public init(_ text: String) throws {
        guard let colon = text.range(of: "://"), AlertChannel.isScheme(text[..<colon.lowerBound]),
            colon.upperBound < text.endIndex
        else {
            throw PGKeepError(
                .settings, "it is not a URL", hint: "https://host/path, healthchecks+https://host/uuid or mailto://…")
        }
        var schemes = text[..<colon.lowerBound].lowercased().split(separator: "+")
        var prefixes: [String] = []
        for prefix in ["insecure", "healthchecks"] where schemes.first == prefix[...] {
            prefixes.append(String(schemes.removeFirst()))
        }
        let scheme = schemes.joined(separator: "+")
        guard ["http", "https"].contains(scheme) else {
            guard prefixes.isEmpty else {
                throw PGKeepError(.settings, "\(prefixes.joined(separator: "+"))+ goes before http:// or https:// only")
            }
            way = .apprise
            address = Secret(text)
            name = "\(scheme)://***"
            return
        }
        let called = scheme + text[colon.lowerBound...]
        way = prefixes.contains("healthchecks") ? .ping : .webhook
        address = Secret(called)
        guard let target = AlertAddress(AlertChannel.filled(called, app: "x", tier: "x")) else {
            throw PGKeepError(.settings, "it is not a URL that names a host")
        }
        name = (prefixes + [scheme]).joined(separator: "+") + "://\(target.place)/***"
        try AlertChannel.refuseInTheClear(target, isMeant: prefixes.contains("insecure"))
    }

    /// Reads all of `BACKUP_ALERTS`: addresses parted by spaces, or by commas in front of an address.
    public static func list(_ text: String) throws -> [AlertChannel] {
        var channels: [AlertChannel] = []
        for (place, piece) in pieces(of: text).enumerated() {
            do {
                let channel = try AlertChannel(piece)
                if !channels.contains(channel) { channels.append(channel) }
            } catch let error as PGKeepError {
                throw PGKeepError(error.code, "address \(place + 1): \(error.message)", hint: error.hint)
            }
        }
        return channels
    }

    /// Stands for the channel in files that outlive a run.
    var key: String { AlertNotice.fingerprint([way.rawValue, address.reveal()]) }

    /// A ping's address may name the app and the tier: `https://hc-ping.com/KEY/{app}-{tier}`.
    static func filled(_ address: String, app: String, tier: String) -> String {
        let app = app.replacing("%", with: "%25")
        return address.replacing("{app}", with: app).replacing("{tier}", with: tier)
    }

    private static func isScheme(_ text: Substring) -> Bool {
        text.first?.isLetter == true
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
    }

    /// Mail addresses may hold commas of their own.
    private static func pieces(of text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).flatMap { word in
            word.split(separator: ",").reduce(into: [String]()) { pieces, part in
                let begins = part.range(of: "://").map { isScheme(part[..<$0.lowerBound]) } ?? false
                if begins || pieces.isEmpty {
                    pieces.append(String(part))
                } else {
                    pieces[pieces.count - 1] += ",\(part)"
                }
            }
        }
    }

    private static func refuseInTheClear(_ target: AlertAddress, isMeant: Bool) throws {
        guard target.scheme == "http" else {
            guard isMeant else { return }
            throw PGKeepError(.settings, "insecure+ goes before http:// only, \(target.place) has https://")
        }
        guard isMeant || target.isLoopback else {
            throw PGKeepError(
                .settings, "http:// to \(target.place) would send everything in the clear",
                hint: "https://\(target.place)/…, or insecure+http://\(target.place)/… if the network between is yours")
        }
    }
}
