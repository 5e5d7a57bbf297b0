import Crypto
import Foundation
package import PGKeepModel

/// The half of a key that opens what was sealed for its public half. It never shows itself; `reveal` hands it out.
package struct PrivateKey: Sendable {
    let key: Curve25519.KeyAgreement.PrivateKey
    package let recipient: Recipient
    package let identifier: KeyIdentifier

    /// Makes a new one from the system's random numbers.
    package init() throws { try self.init(Curve25519.KeyAgreement.PrivateKey()) }

    /// Reads the text that `reveal` gives; what is wrong with it is told without it.
    package init(_ text: String) throws {
        guard text.lowercased().hasPrefix(Recipient.privatePrefix) else {
            throw PGKeepError(
                .key,
                text.hasPrefix(Recipient.prefix + "1")
                    ? "a public key stands where a private one belongs"
                    : "that is no private key of pgkeep, which begins with \(Recipient.privatePrefix.uppercased())1")
        }
        guard let bytes = Bech32.decode(text, prefix: Recipient.privatePrefix), bytes.count == 32 else {
            throw PGKeepError(.key, "a private key has a typing error: its checksum is wrong")
        }
        try self.init(Curve25519.KeyAgreement.PrivateKey(rawRepresentation: bytes))
    }

    private init(_ key: Curve25519.KeyAgreement.PrivateKey) throws {
        guard let recipient = Recipient(bytes: Array(key.publicKey.rawRepresentation)) else {
            throw PGKeepError(.failed, "a new key is not of the length it must have")
        }
        self.key = key
        self.recipient = recipient
        identifier = KeyIdentifier(of: recipient)
    }

    /// Its text, for the one file that keeps it.
    package func reveal() -> String {
        Bech32.encode(Array(key.rawRepresentation), prefix: Recipient.privatePrefix).uppercased()
    }
}

extension PrivateKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
