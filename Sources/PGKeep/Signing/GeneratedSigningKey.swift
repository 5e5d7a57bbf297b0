/// A key for signatures that was made.
public struct GeneratedSigningKey: Sendable {
    /// The file that holds its private half.
    public var path: String
    /// What to give to whoever is to check proofs.
    public var publicKey: SigningPublicKey
}

extension GeneratedSigningKey: Encodable {
    private enum CodingKeys: String, CodingKey { case path, publicKey, checkWord }

    /// The public key as its text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(path, forKey: .path)
        try container.encode(publicKey.description, forKey: .publicKey)
        try container.encode(publicKey.checkWord, forKey: .checkWord)
    }
}
