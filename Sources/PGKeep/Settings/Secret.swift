/// A text that never shows itself: printing, logging or mirroring it gives `<redacted>`.
public struct Secret: Sendable, Equatable {
    private let text: String

    /// Wraps `text`.
    public init(_ text: String) { self.text = text }

    /// Hands the text out, to the one place that needs it.
    public func reveal() -> String { text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
