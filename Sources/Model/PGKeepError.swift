/// What went wrong, while doing what, and what to do about it.
///
/// There is one error type: its `code` is what programs decide by, its words are for people. No secret is ever put
/// into one.
public struct PGKeepError: Error, Sendable, Equatable {
    /// What kind of failure it is; each has its exit status.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        enum Kind: String, Sendable {
            case failed, damaged, noSuchArchive, busy, locked, unreachable, toolMissing, privileges, noSpace, key, usage
            case settings, interrupted, limit
        }
        let kind: Kind

        /// Anything that has no code of its own.
        public static let failed = Code(kind: .failed)
        /// Bytes that are not what was written.
        public static let damaged = Code(kind: .damaged)
        /// No archive of that name, or none at all.
        public static let noSuchArchive = Code(kind: .noSuchArchive)
        /// Another run holds the lock.
        public static let busy = Code(kind: .busy)
        /// Others held a table's lock for too long, at each attempt.
        public static let locked = Code(kind: .locked)
        /// The server can't be reached, or refused the connection, or went away.
        public static let unreachable = Code(kind: .unreachable)
        /// A tool is missing or of the wrong version.
        public static let toolMissing = Code(kind: .toolMissing)
        /// The role or the user may not do it.
        public static let privileges = Code(kind: .privileges)
        /// No space left.
        public static let noSpace = Code(kind: .noSpace)
        /// A key is missing or the wrong one.
        public static let key = Code(kind: .key)
        /// The command line is wrong.
        public static let usage = Code(kind: .usage)
        /// A setting is missing or wrong.
        public static let settings = Code(kind: .settings)
        /// A signal or a cancelled task ended the work.
        public static let interrupted = Code(kind: .interrupted)
        /// A limit of time was passed that somebody had set.
        public static let limit = Code(kind: .limit)

        /// The word for logs: `noSpace`.
        public var description: String { kind.rawValue }
    }

    /// What programs decide by.
    public var code: Code
    /// What happened, in lower case, with the names and numbers in it and no full stop.
    public var message: String
    /// What lay behind it: the server's or the system's own words.
    public var cause: String?
    /// The remedy, best as a command to paste.
    public var hint: String?
    /// The server's SQLSTATE, where it refused a statement.
    public var sqlState: String?

    /// Makes an error; its words follow the rules of the properties they go to.
    public init(_ code: Code, _ message: String, cause: String? = nil, hint: String? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
        self.hint = hint
    }
}

extension PGKeepError: CustomStringConvertible {
    /// What happened and what lay behind it; the remedy is not in it.
    public var description: String {
        var text = message
        if let cause { text += ": \(cause)" }
        return text
    }
}
