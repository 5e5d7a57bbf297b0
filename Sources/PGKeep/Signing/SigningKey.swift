import Crypto
import Foundation
import PGKeepModel

/// The half of a key that signs proofs. It never shows itself; `reveal` hands it out, to its file.
struct SigningKey: Sendable {
    static let prefix = "pgkeep-signing-private-key-"

    let publicKey: SigningPublicKey
    private let key: Curve25519.Signing.PrivateKey

    /// Makes a new one from the system's random numbers.
    init() { self.init(Curve25519.Signing.PrivateKey()) }

    /// Reads the text that `reveal` gives; what is wrong with it is told without it.
    init(_ text: String) throws {
        guard text.lowercased().hasPrefix(SigningKey.prefix) else {
            throw PGKeepError(
                .key,
                text.hasPrefix(SigningPublicKey.prefix)
                    ? "a public key stands where a private one belongs"
                    : "that is no private key for signatures, which begins with \(SigningKey.prefix.uppercased())1")
        }
        guard let bytes = Bech32.decode(text, prefix: SigningKey.prefix), bytes.count == 32 else {
            throw PGKeepError(.key, "a private key has a typing error: its checksum is wrong")
        }
        self.init(try Curve25519.Signing.PrivateKey(rawRepresentation: bytes))
    }

    private init(_ key: Curve25519.Signing.PrivateKey) {
        self.key = key
        publicKey = SigningPublicKey(key.publicKey)
    }

    func sign(_ bytes: [UInt8]) throws -> [UInt8] { Array(try key.signature(for: bytes)) }

    private func reveal() -> String {
        Bech32.encode(Array(key.rawRepresentation), prefix: SigningKey.prefix).uppercased()
    }
}

/// The file that holds it.
extension SigningKey {
    /// The only line of a key file that is neither blank nor a comment.
    init(file path: String, warn: (String) -> Void) throws {
        let (text, mode) = try KeyFiles.read(path)
        if mode & 0o077 != 0 { warn("the key file \(path) can be read by others; chmod 600 \(path)") }
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
        do {
            guard lines.count == 1 else { throw PGKeepError(.key, "it holds \(lines.count) keys, not one") }
            try self.init(lines[0])
        } catch let error as PGKeepError {
            throw PGKeepError(
                .key, "the key file \(path) can't be used", cause: error.description,
                hint: "export BACKUP_SIGNING_KEY_FILE=…   (a file that pgkeep keygen --signing --out wrote)")
        }
    }

    /// What its file says.
    func file(madeAt now: Date) -> String {
        """
        # A private key of pgkeep for signatures, made \(now.iso8601). Whoever has it can sign proofs in this keeper's name.
        # public key: \(publicKey)
        # check word: \(publicKey.checkWord)
        \(reveal())

        """
    }
}

extension SigningKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "<redacted>" }
    var debugDescription: String { "<redacted>" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
