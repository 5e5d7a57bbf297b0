/// What checking the journal's chain found, against itself and against the archives that vouch for it.
public struct JournalVerdict: Sendable, Equatable, Codable {
    /// A line that doesn't fit.
    public struct Break: Sendable, Equatable, Codable {
        /// From 1 on, as an editor counts.
        public var line: Int
        /// What is wrong with it, in words for people.
        public var reason: String
    }

    /// Something that an archive says and the journal doesn't, or otherwise.
    public struct Contradiction: Sendable, Equatable, Codable {
        /// The archive's file name.
        public var archive: String
        /// Where it lies.
        public var vault: String
        /// The first line that can be the wrong one.
        public var line: Int
        /// What doesn't agree, in words for people.
        public var reason: String
    }

    /// Lines that fit the lines before them, up to the first that doesn't.
    public var linesChecked = 0
    /// The first line that doesn't fit; nil if all do.
    public var firstBreak: Break?
    /// Bytes of an unfinished last line, as a crash leaves them; never acknowledged, so no tampering by themselves.
    public var tornBytes = 0
    /// Archives whose word was compared with the journal's.
    public var archivesCompared = 0
    /// What they contradict.
    public var contradictions: [Contradiction] = []
    /// Archives that were taken with another journal: another machine's, or one that is no more.
    public var otherJournals: [String] = []
    /// Archives that could not be asked, and why.
    public var unread: [String: String] = [:]

    /// Whether nothing was changed; a torn last line is none.
    public var isIntact: Bool { firstBreak == nil && contradictions.isEmpty }
}
