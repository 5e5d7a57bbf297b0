package import Foundation
package import PGKeepModel

/// How a run ended, for a service that waits to hear of it.
package struct RunPing: Sendable, Hashable, Codable {
    /// What a service is told.
    package enum Signal: String, Sendable, Hashable, Codable {
        case started, succeeded, failed
        /// Only noted there, without any consequence.
        case noted

        /// What is added to the address, as healthchecks.io defines it.
        var path: String {
            switch self {
            case .started: "/start"
            case .succeeded: ""
            case .failed: "/fail"
            case .noted: "/log"
            }
        }
    }

    /// What is told.
    package var signal: Signal
    /// Whose backup it was; nil in a test.
    package var app: String?
    /// The run's tier.
    package var tier: String?
    /// The last lines of the run's log.
    package var text: String
    /// When it was so.
    package var at: Date

    /// As much of a log as services keep; the end of it tells why a run failed.
    package static let textLimit = 10_000

    package init(_ signal: Signal, app: AppName?, tier: Tier?, text: String, at: Date) {
        self.signal = signal
        self.app = app?.text
        self.tier = tier?.rawValue
        self.text = text.utf8.count <= RunPing.textLimit ? text : RunPing.end(of: text)
        self.at = at
    }

    /// Whole lines, where there are some.
    private static func end(of text: String) -> String {
        let end = String(decoding: text.utf8.suffix(textLimit), as: UTF8.self)
        guard let newline = end.firstIndex(of: "\n") else { return end }
        return String(end[end.index(after: newline)...])
    }
}
