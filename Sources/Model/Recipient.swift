/// The public half of a key: whom archives are sealed for. It opens nothing, and need not be kept secret.
///
/// As text it is `pgkeep1` and 58 letters and digits, with a checksum that finds typing errors.
public struct Recipient: Sendable, Hashable {
    /// What the text of a public key begins with, before its `1`.
    package static let prefix = "pgkeep"
    /// What the text of a private key begins with, before its `1`; it is written in capitals.
    package static let privatePrefix = "pgkeep-private-key-"

    /// The X25519 public key, as RFC 7748 writes it.
    package let bytes: [UInt8]

    /// nil unless there are 32 of them.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// Reads the text of a public key; what is wrong with it is told without the text, which may be a private key.
    public init(_ text: String) throws {
        guard !text.lowercased().hasPrefix(Recipient.privatePrefix) else {
            throw PGKeepError(
                .settings, "a private key stands where a public one belongs",
                hint:
                    "put the line there that pgkeep keygen printed; if others saw the private key, make a new one"
            )
        }
        guard text.hasPrefix(Recipient.prefix + "1") else {
            throw PGKeepError(
                .settings, "that is no public key of pgkeep, which begins with \(Recipient.prefix)1",
                hint: "pgkeep keygen --out pgkeep.key   (prints one)")
        }
        guard let recipient = Bech32.decode(text, prefix: Recipient.prefix).flatMap(Recipient.init(bytes:)) else {
            throw PGKeepError(
                .settings, "a public key has a typing error: its checksum is wrong",
                hint: "copy the whole line again that pgkeep keygen printed")
        }
        self = recipient
    }
}

extension Recipient: CustomStringConvertible {
    /// The text that `init(_:)` reads.
    public var description: String { Bech32.encode(bytes, prefix: Recipient.prefix) }
}
