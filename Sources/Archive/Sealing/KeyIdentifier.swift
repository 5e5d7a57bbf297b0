import Crypto
package import PGKeepModel

/// By which a key is known without being shown: the first eight bytes of the SHA-256 of its public half.
///
/// People read it as four pronounceable words, `lusab-babad-gutih-tugad`, to compare by telephone: each stands for two
/// bytes, its consonants for four bits and its vowels for two.
package struct KeyIdentifier: Sendable, Hashable {
    package static let length = 8
    private static let consonants = Array("bdfghjklmnprstvz".utf8)
    private static let vowels = Array("aiou".utf8)

    package let bytes: [UInt8]

    package init(of recipient: Recipient) { self.init(of: recipient.bytes) }

    /// Of the bytes of any public key.
    package init(of publicKey: [UInt8]) {
        bytes = Array(SHA256.hash(data: publicKey).prefix(KeyIdentifier.length))
    }

    /// As a header holds it.
    init(bytes: ArraySlice<UInt8>) { self.bytes = Array(bytes) }
}

extension KeyIdentifier: CustomStringConvertible {
    package var description: String {
        stride(from: 0, to: bytes.count - 1, by: 2).map { place in
            let number = Int(bytes[place]) << 8 | Int(bytes[place + 1])
            let letters = [
                KeyIdentifier.consonants[number >> 12], KeyIdentifier.vowels[number >> 10 & 3],
                KeyIdentifier.consonants[number >> 6 & 15], KeyIdentifier.vowels[number >> 4 & 3],
                KeyIdentifier.consonants[number & 15],
            ]
            return String(decoding: letters, as: UTF8.self)
        }.joined(separator: "-")
    }
}

extension Recipient {
    /// What to compare by telephone, and what messages call the key.
    package var checkWord: String { KeyIdentifier(of: self).description }
}
