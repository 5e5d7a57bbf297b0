import PGKeepModel

/// Whether a test reached one channel.
public struct AlertTestReport: Sendable, Equatable, Encodable {
    /// The channel, without its secrets.
    public let channel: String
    /// Whether it took the test.
    public let ok: Bool
    /// What went wrong.
    public let error: String?
    /// What to do about it.
    public let hint: String?

    init(_ channel: AlertChannel, error: (any Error)?) {
        self.channel = channel.name
        ok = error == nil
        self.error = error.map { "\($0)" }
        hint = (error as? PGKeepError)?.hint
    }
}
