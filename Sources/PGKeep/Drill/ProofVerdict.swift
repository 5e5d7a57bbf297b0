/// What checking a proof found.
public struct ProofVerdict: Sendable, Encodable {
    /// The archive it is of.
    public var archive: String
    /// What it says; nil if it can't be read.
    public var proof: Proof?
    /// Whose signature it bears; nil: none, or none that is right.
    public var signedBy: SigningPublicKey?
    /// Whether that is the key it was to be: the one given, or the one set here.
    public var isKnownSigner: Bool
    /// Whether the archive was there, and is the one that was drilled.
    public var archiveCompared: Bool
    /// Everything that speaks against it.
    public var problems: [String]

    /// Whether nothing does.
    public var isValid: Bool { problems.isEmpty }

    private enum CodingKeys: String, CodingKey {
        case archive, proof, signedBy, knownSigner, archiveCompared, problems, valid
    }

    /// As one object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(archive, forKey: .archive)
        try container.encodeIfPresent(proof, forKey: .proof)
        try container.encodeIfPresent(signedBy?.description, forKey: .signedBy)
        try container.encode(isKnownSigner, forKey: .knownSigner)
        try container.encode(archiveCompared, forKey: .archiveCompared)
        try container.encode(problems, forKey: .problems)
        try container.encode(isValid, forKey: .valid)
    }
}
