import PGKeepModel

/// What a drill came to.
public struct DrillReport: Sendable {
    /// What was found.
    public var proof: Proof
    /// Whose signature the proof bears; nil: it is not signed.
    public var signedBy: SigningPublicKey?
    /// The document as it lies beside the archive: one line of JSON. Of a drill that failed it is kept nowhere.
    public var document: String
    /// Whether it lies beside the archive now.
    public var isKept: Bool

    /// The archive holds, or gives back, something else than it should: not only a check of the user's failed.
    public var isDamage: Bool { !proof.differences.isEmpty }
}
