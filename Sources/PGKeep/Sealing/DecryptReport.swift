/// A sealed archive whose plain text was handed out.
public struct DecryptReport: Sendable, Encodable {
    /// The archive's file name.
    public var name: String
    /// Where it went; `-` if it was handed out.
    public var path: String
    /// How many bytes that were.
    public var bytes: Int64
}
