import Crypto
import PGKeepArchive
import PGKeepModel

/// The public half of a key that proofs are signed with: it tells whose they are, and signs nothing.
///
/// As text it is `pgkeep-signing1` and 58 letters and digits, with a checksum that finds typing errors.
public struct SigningPublicKey: Sendable, Hashable {
    static let prefix = "pgkeep-signing"

    /// The Ed25519 public key, as RFC 8032 writes it.
    let bytes: [UInt8]

    init(_ key: Curve25519.Signing.PublicKey) { bytes = Array(key.rawRepresentation) }

    /// Reads the text of a public key; what is wrong with it is told without the text, which may be a private key.
    public init(_ text: String) throws {
        guard text.hasPrefix(SigningPublicKey.prefix + "1") else {
            let isPrivate = text.lowercased().hasPrefix(SigningKey.prefix)
            throw PGKeepError(
                .usage,
                isPrivate
                    ? "a private key stands where a public one belongs"
                    : "that is no public key for signatures, which begins with \(SigningPublicKey.prefix)1",
                hint: "give the line that pgkeep keygen --signing printed")
        }
        guard let bytes = Bech32.decode(text, prefix: SigningPublicKey.prefix), bytes.count == 32 else {
            throw PGKeepError(
                .usage, "a public key has a typing error: its checksum is wrong",
                hint: "copy the whole line again that pgkeep keygen --signing printed")
        }
        self.bytes = bytes
    }

    /// To compare by telephone: the same key has the same one.
    public var checkWord: String { KeyIdentifier(of: bytes).description }

    /// Whether it made the signature of these bytes.
    func isValid(_ signature: [UInt8], for bytes: some Sequence<UInt8>) -> Bool {
        // Thirty-two bytes that are no point of the curve have signed nothing.
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: self.bytes) else { return false }
        return key.isValidSignature(signature, for: Array(bytes))
    }
}

extension SigningPublicKey: CustomStringConvertible {
    /// The text that `init(_:)` reads.
    public var description: String { Bech32.encode(bytes, prefix: SigningPublicKey.prefix) }
}
