import Crypto
import Foundation
import PGKeepModel

/// A data key that only one private key gets out again: HPKE (RFC 9180) in base mode, DHKEM(X25519, HKDF-SHA256),
/// HKDF-SHA256, AES-256-GCM, without associated data.
///
/// The encapsulated key of 32 bytes, then the sealed data key of 48: what Tink's hybrid encryption writes.
struct WrappedKey: Sendable, Equatable {
    static let length = 80
    private static let encapsulatedLength = 32
    private static let suite = HPKE.Ciphersuite(kem: .Curve25519_HKDF_SHA256, kdf: .HKDF_SHA256, aead: .AES_GCM_256)
    /// Ties what is wrapped to this use of it.
    static let info = Data(SealHeader.magic)

    let bytes: [UInt8]

    /// As a header holds it.
    init(bytes: ArraySlice<UInt8>) { self.bytes = Array(bytes) }

    init(_ dataKey: SymmetricKey, for recipient: Recipient) throws {
        do {
            let publicKey = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: recipient.bytes)
            var sender = try HPKE.Sender(
                recipientKey: publicKey, ciphersuite: WrappedKey.suite, info: WrappedKey.info)
            bytes = Array(sender.encapsulatedKey + (try sender.seal(dataKey.withUnsafeBytes { Data($0) })))
        } catch {
            throw PGKeepError(
                .settings, "nothing can be sealed for \(recipient)", cause: "\(error)",
                hint: "pgkeep keygen --out pgkeep.key   (makes a key that can be used)")
        }
    }

    /// nil if it was wrapped for another key, or changed.
    func opened(with key: PrivateKey) -> SymmetricKey? {
        do {
            var recipient = try HPKE.Recipient(
                privateKey: key.key, ciphersuite: WrappedKey.suite, info: WrappedKey.info,
                encapsulatedKey: Data(bytes.prefix(WrappedKey.encapsulatedLength)))
            return SymmetricKey(data: try recipient.open(Data(bytes.dropFirst(WrappedKey.encapsulatedLength))))
        } catch {
            return nil
        }
    }
}
