public import Foundation
public import PGKeepModel

/// What a drill found: which archive was restored where, what was compared, how long it took, and what came of it.
///
/// It is a proof if its verdict is `proven`: only then it is kept beside the archive, signed if there is a key.
public struct Proof: Sendable, Hashable {
    /// What came of a drill.
    public enum Verdict: String, Sendable, Codable, Hashable {
        /// Everything that was compared is equal, and every check passed.
        case proven
        /// Something is not, or a check failed.
        case failed
    }

    /// One table as it was found.
    public struct Table: Sendable, Codable, Hashable {
        /// Quoted as in SQL.
        public var table: String
        /// How many it has.
        public var rows: Int64
        /// What they add up to, in whatever order; nil where rows were counted only.
        public var hash: ContentHash?
    }

    /// Something that is not as it should be.
    public struct Difference: Sendable, Codable, Hashable {
        /// `table public.orders`, `sequence public.orders_id_seq`, `index public.orders_pkey`.
        public var what: String
        /// What the archive tells of it.
        public var expected: String
        /// What the restored database has.
        public var found: String

        /// In one sentence.
        public var text: String { "\(what): expected \(expected), found \(found)" }
    }

    /// A question of the user's own, and its answer.
    public struct Check: Sendable, Codable, Hashable {
        /// The file's name.
        public var name: String
        /// Whether it was answered with true, or with no rows.
        public var passed: Bool
        /// Why not.
        public var reason: String?
        /// How long it took.
        public var seconds: Double
    }

    /// How far definitions could be compared.
    public enum Definitions: String, Sendable, Codable, Hashable {
        /// Word by word.
        case text
        /// By name only: another major of PostgreSQL, or another tool, writes them otherwise.
        case names
    }

    /// The layout that this program writes and reads.
    static let format = 1

    /// Which layout the document has.
    public var format = Proof.format
    /// The archive's file name.
    public var archive: String
    /// Of the whole file as it lies in the vault, in hexadecimal.
    public var sha256: String
    /// Its length.
    public var bytes: Int64
    /// Whose backup, as in the file name; nil for a file with another kind of name.
    public var app: String?
    /// The series it belongs to; nil for a file with another kind of name.
    public var tier: Tier?
    /// When its snapshot was taken.
    public var createdAt: Date
    /// When the drill ended.
    public var at: Date
    /// The machine that drilled it.
    public var by: String
    /// What came of it.
    public var verdict: Verdict
    /// The program that drilled it.
    public var pgkeepVersion: String
    /// The server it was taken from.
    public var archiveServerVersion: String
    /// The server it was restored on.
    public var serverVersion: String
    /// A throw-away server of our own; else another one's side database.
    public var scratch: Bool
    /// Each table that was compared.
    public var tables: [Table]
    /// Those of all tables.
    public var rows: Int64
    /// The archive's length as plain SQL.
    public var rawBytes: Int64
    /// How many sequences' values were compared.
    public var sequences: Int
    /// How many large objects were compared.
    public var largeObjects: Int
    /// How many there are of each kind of definition: `index`, `view`, `function`.
    public var objects: [String: Int]
    /// How far they were compared.
    public var definitions: Definitions
    /// The user's own questions.
    public var checks: [Check]
    /// What is not equal; the first of them, if they are very many.
    public var differences: [Difference]
    /// How long each part took: schema, rows, finish, analyze, swap, compare, checks.
    public var phaseSeconds: [String: Double]
    /// How long the restore took: from nothing to a database in its place.
    public var rtoSeconds: Double
    /// From the first step to the last.
    public var durationSeconds: Double
    /// What somebody should know.
    public var warnings: [String]

    /// Whether rows were compared by their contents; those of other tools' dumps are counted.
    public var hasContents: Bool { tables.allSatisfy { $0.rows == 0 || $0.hash != nil } }

    /// Why it failed, in one sentence; nil if it is proven.
    public var reason: String? {
        guard verdict == .failed else { return nil }
        let failed = checks.filter { !$0.passed }.map { "check \($0.name): \($0.reason ?? "it failed")" }
        let all = differences.map(\.text) + failed
        let more = all.count > 3 ? " and \(all.count - 3) more" : ""
        return all.prefix(3).joined(separator: "; ") + more
    }
}
