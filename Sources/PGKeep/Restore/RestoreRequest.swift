public import Foundation

/// What to restore, and where to.
public struct RestoreRequest: Sendable {
    /// Which database the archive becomes.
    public enum Target: Sendable, Equatable {
        /// Takes the place of a database, which is kept aside; nil is that of `DATABASE_URL`.
        case replace(String?)
        /// A new database of that name.
        case create(String)
    }

    /// A name, a path or `latest`; nil with `at`.
    public var archive: String?
    /// The newest archive not younger than this.
    public var at: Date?
    /// Where the rows go.
    public var target: Target
    /// Compare the contents too, not the numbers of rows alone.
    public var prove: Bool
    /// Replace a database even if logical slots or subscriptions of it are lost.
    public var breakReplication: Bool
    /// Everything belongs to the restoring role, whoever owned it.
    public var noOwner: Bool
    /// Nobody is granted anything.
    public var noPrivileges: Bool
    /// The role that restores, of which the user of `DATABASE_URL` is a member; nil is that user.
    public var role: String?
    /// Gather the planner's statistics before the database is given back.
    public var analyze: Bool

    /// A restore over the database of `DATABASE_URL` unless a target is given.
    public init(
        archive: String?, at: Date? = nil, target: Target = .replace(nil), prove: Bool = false,
        breakReplication: Bool = false, noOwner: Bool = false, noPrivileges: Bool = false, role: String? = nil,
        analyze: Bool = true
    ) {
        self.archive = archive
        self.at = at
        self.target = target
        self.prove = prove
        self.breakReplication = breakReplication
        self.noOwner = noOwner
        self.noPrivileges = noPrivileges
        self.role = role
        self.analyze = analyze
    }
}

/// What a restore did.
public struct RestoreReport: Sendable, Codable {
    /// What was found out before it began.
    public var plan: RestorePlan
    /// From making the new database to the exchange of names.
    public var durationSeconds: Double
    /// How long each part took: schema, rows, finish, analyze, prove, swap.
    public var phaseSeconds: [String: Double]
    /// How many were loaded.
    public var rows: Int64
    /// The contents were compared, not the numbers of rows alone.
    public var proven: Bool
    /// What could not be put back, each with its reason.
    public var warnings: [String]
}

/// What an undo did.
public struct UndoReport: Sendable, Codable {
    /// The name under which it is back.
    public var database: String
    /// The database that is back.
    public var broughtBack: String
    /// The name that what it replaces has now.
    public var keptAside: String
}
