/// A text that never shows itself: printing, logging or mirroring it gives `<redacted>`.
public struct Secret: Sendable, Equatable {
    private let text: String

    /// Wraps `text`.
    public init(_ text: String) { self.text = text }

    /// Hands the text out, to the one place that needs it.
    public func reveal() -> String { text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `<redacted>`.
    public var description: String { "<redacted>" }
    /// `<redacted>`.
    public var debugDescription: String { "<redacted>" }
    /// Nothing: a dump of a secret is empty.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
