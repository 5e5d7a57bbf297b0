public import PGKeepModel

/// A key that was made.
public struct GeneratedKey: Sendable {
    /// The file that holds its private half.
    public var path: String
    /// What to give to the machines that take backups.
    public var publicKey: Recipient
    /// To compare by telephone: the same key has the same one.
    public var checkWord: String
}

extension GeneratedKey: Encodable {
    private enum CodingKeys: String, CodingKey { case path, publicKey, checkWord }

    /// The public key as its text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(path, forKey: .path)
        try container.encode(publicKey.description, forKey: .publicKey)
        try container.encode(checkWord, forKey: .checkWord)
    }
}
