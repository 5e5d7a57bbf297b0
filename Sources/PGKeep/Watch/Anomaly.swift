/// A way in which a backup differs from what its app's backups usually are.
public struct Anomaly: Sendable, Hashable {
    /// What differs.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The archive is much smaller.
        case size
        /// The archive is much bigger.
        case growth
        /// It holds far fewer rows in all.
        case rows
        /// Its contents hardly compress any more.
        case compressibility
        /// A table has far fewer rows, or none.
        case tableRows
        /// A table that had rows is gone.
        case tableGone
        /// A table's rows hardly compress any more.
        case tableCompressibility
        /// A schema has fewer tables.
        case tablesLost
    }

    /// What differs.
    public var kind: Kind
    /// The table or the schema; nil for the backup as a whole.
    public var subject: String?
    /// What it is now and what it usually is, in one sentence.
    public var message: String

    init(_ kind: Kind, _ subject: String? = nil, message: String) {
        self.kind = kind
        self.subject = subject
        self.message = message
    }

    /// Whether so much is wrong that nothing older is to be deleted before somebody has looked.
    public var isCollapse: Bool {
        switch kind {
        case .size, .rows, .compressibility: true
        case .growth, .tableRows, .tableGone, .tableCompressibility, .tablesLost: false
        }
    }
}

extension Anomaly: Encodable {
    private enum CodingKeys: String, CodingKey { case kind, subject, message, collapse }

    /// As an object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind.rawValue, forKey: .kind)
        try container.encodeIfPresent(subject, forKey: .subject)
        try container.encode(message, forKey: .message)
        try container.encode(isCollapse, forKey: .collapse)
    }
}
