public import Foundation
import PGKeepModel

/// What a restore will do and what it will meet, found out before anything is touched.
public struct RestorePlan: Sendable, Codable {
    /// The archive's file name.
    public var archive: String
    /// When it was taken; for another tool's dump, when its file was last written.
    public var createdAt: Date
    /// The database that will hold it in the end.
    public var database: String
    /// The name under which today's database is kept; nil if there is none.
    public var keptAside: String?
    /// Bytes of the database that is replaced.
    public var replacedBytes: Int64?
    /// Sessions that will be ended.
    public var sessions: Int
    /// Whose they are, the most numerous first.
    public var sessionGroups: [SessionGroup]
    /// What the server says of itself now.
    public var serverVersion: String
    /// What the server said of itself when the archive was taken.
    public var archiveServerVersion: String
    /// How many the archive holds.
    public var tables: Int
    /// How many the archive holds; rows that a dump has as INSERT are not counted.
    public var rows: Int64
    /// The length of the archive as plain SQL.
    public var rawBytes: Int64
    /// The encoding the database will have.
    public var encoding: String
    /// The locale by which its text will be sorted.
    public var collate: String
    /// Roles that the server lacks: they are created, without passwords.
    public var missingRoles: [String]
    /// What the archive's database has of extensions, and what the server offers.
    public var extensions: [ExtensionOffer]
    /// Tablespaces that the server lacks.
    public var missingTablespaces: [String]
    /// The restoring role is a superuser; what another may not do is left out and told.
    public var asSuperuser: Bool
    /// About how much room the new database takes, beside the old one.
    public var neededBytes: Int64
    /// What is free where the server's data lie; nil where pgkeep can't look.
    public var freeBytes: Int64?
    /// How long it should take.
    public var estimatedSeconds: Double
    /// The estimate is from restores that were timed here, not from a rule of thumb.
    public var estimateIsMeasured: Bool
    /// What a person should know first.
    public var warnings: [String]
    /// What stops the restore.
    public var blockers: [Blocker]

    /// Some of the sessions that a restore will end.
    public struct SessionGroup: Sendable, Codable, Equatable {
        /// The role that logged in; nil for the server's own workers.
        public var user: String?
        /// What the client calls itself; empty if it doesn't.
        public var application: String
        /// How many.
        public var count: Int
    }

    /// An extension that the archive's database has.
    public struct ExtensionOffer: Sendable, Codable, Equatable {
        /// As in `CREATE EXTENSION`.
        public var name: String
        /// The version the archive's database had.
        public var version: String
        /// The version the server would create; nil if it isn't installed there.
        public var available: String?

        /// The server would create an older one.
        public var isOlder: Bool {
            available.map { $0.compare(version, options: .numeric) == .orderedAscending } ?? false
        }
    }

    /// Something that stops a restore before it begins.
    public struct Blocker: Sendable, Codable, Equatable {
        /// What it is about, for programs.
        public enum Kind: String, Sendable, Codable {
            case exists, template, preparedTransaction, replication, privileges, standby, version, `extension`
            case tablespace
        }

        /// What it is about.
        public var kind: Kind
        /// What is in the way.
        public var message: String
        /// What to do about it.
        public var hint: String

        init(_ kind: Kind, _ message: String, hint: String) {
            self.kind = kind
            self.message = message
            self.hint = hint
        }
    }
}

extension RestorePlan {
    func refuseIfBlocked() throws {
        guard !blockers.isEmpty else { return }
        let code: PGKeepError.Code = blockers.contains { $0.kind == .privileges } ? .privileges : .failed
        // What only keeps a database from being replaced is no matter beside it.
        let isOfReplaced = blockers.allSatisfy { [.template, .preparedTransaction, .replication].contains($0.kind) }
        let beside = isOfReplaced ? ["or beside it: pgkeep restore \(archive) --into \(database)_restored"] : []
        throw PGKeepError(
            code, "\(database) can't be restored", cause: blockers.map(\.message).joined(separator: "; "),
            hint: (blockers.map(\.hint) + beside).joined(separator: "\n"))
    }
}
