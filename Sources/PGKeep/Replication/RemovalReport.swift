/// What removing a backup by hand came to, here and in every vault that held a copy.
public struct RemovalReport: Sendable {
    /// A copy that was to go.
    public struct Copy: Sendable, Hashable, Encodable {
        /// The vault's address.
        public var vault: String
        /// Whether it is gone.
        public var removed: Bool
        /// Until when nobody can delete it.
        public var lockedUntil: String?
        /// What stood in the way.
        public var problem: String?
    }

    /// As it was.
    public var backup: Backup
    /// Its copies.
    public var copies: [Copy]

    /// Whether a copy stays.
    public var needsAttention: Bool { copies.contains { !$0.removed } }
}

extension RemovalReport: Encodable {
    private enum CodingKeys: String, CodingKey { case copies }

    /// The archive's facts, and its copies if there were any.
    public func encode(to encoder: any Encoder) throws {
        try backup.encode(to: encoder)
        guard !copies.isEmpty else { return }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(copies, forKey: .copies)
    }
}
