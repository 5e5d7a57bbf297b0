/// What a verification came to.
public struct VerifyReport: Sendable, Encodable {
    /// The archive's file name.
    public var name: String
    /// Where it was read from.
    public var path: String
    /// The archive's facts, if it lies in the vault.
    public var backup: Backup?
    /// Footer and index only.
    public var quick: Bool
    /// Whether nothing was found wrong.
    public var valid: Bool
    /// Everything that is not as it was written.
    public var problems: [String]
    /// What could not be looked at, and why: of a sealed archive, without its key.
    public var unchecked: [String]
    /// Whether every byte is known to be as it was written.
    let isProof: Bool

    private enum CodingKeys: String, CodingKey { case name, path, quick, valid, problems, unchecked }

    /// The archive's facts and the verdict, in one object.
    public func encode(to encoder: any Encoder) throws {
        try backup?.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(path, forKey: .path)
        try container.encode(quick, forKey: .quick)
        try container.encode(valid, forKey: .valid)
        try container.encode(problems, forKey: .problems)
        try container.encode(unchecked, forKey: .unchecked)
    }
}
