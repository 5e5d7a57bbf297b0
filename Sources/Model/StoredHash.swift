/// What a store itself computed over an object's bytes.
public struct StoredHash: Sendable, Hashable {
    /// The functions that stores tell of their own accord.
    public enum Function: String, Sendable, Hashable {
        case md5, sha1, sha256
    }

    /// Which it is.
    public var function: Function
    /// Lower-case hexadecimal.
    public var hex: String

    /// A hash as a store tells it.
    public init(_ function: Function, hex: String) {
        self.function = function
        self.hex = hex.lowercased()
    }
}
