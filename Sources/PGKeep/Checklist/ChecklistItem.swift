/// One thing that was to be looked at, and what was found.
public struct ChecklistItem: Sendable, Hashable, Codable {
    /// What it is; the words of reports.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        // Each week.
        case latestBackups, nothingVanished, integrity, usualSize, noErrors, copiesComplete, journalVerified
        // Each month.
        case restoreTest, monthlyBackup, storageUsed, retentionKept
        // Each quarter.
        case disasterDrill, locksReadBack
        // Each year.
        case objectivesMet, accessLog, keyAges
    }

    /// How it came out.
    public enum Verdict: String, Sendable, Hashable, Codable {
        case passed, failed
        /// It could not be looked at here; that is no pass.
        case notDone
    }

    /// What it is.
    public var kind: Kind
    /// How it came out.
    public var verdict: Verdict
    /// One sentence with names and numbers; of one that was not done, why.
    public var summary: String
    /// What the sentence rests on, a line each.
    public var evidence: [String]
    /// A command to paste, where something is to be done.
    public var hint: String?

    /// States how one thing came out.
    public init(
        _ kind: Kind, _ verdict: Verdict, _ summary: String, evidence: [String] = [], hint: String? = nil
    ) {
        self.kind = kind
        self.verdict = verdict
        self.summary = summary
        self.evidence = evidence
        self.hint = hint
    }
}

extension ChecklistItem.Kind {
    /// How often it is looked at, at the least.
    public var period: ChecklistPeriod {
        switch self {
        case .latestBackups, .nothingVanished, .integrity, .usualSize, .noErrors, .copiesComplete, .journalVerified:
            .week
        case .restoreTest, .monthlyBackup, .storageUsed, .retentionKept: .month
        case .disasterDrill, .locksReadBack: .quarter
        case .objectivesMet, .accessLog, .keyAges: .year
        }
    }

    /// What people call it.
    public var title: String {
        switch self {
        case .latestBackups: "Each tier has its latest backup"
        case .nothingVanished: "Every backup that was taken is there, unless it was deleted by rule or by hand"
        case .integrity: "Every new archive is whole"
        case .usualSize: "Sizes and contents are as usual"
        case .noErrors: "No errors in the journal"
        case .copiesComplete: "Every copy is where it should be"
        case .journalVerified: "The journal is as it was written, from its first line on"
        case .restoreTest: "A backup restores, and holds what was backed up"
        case .monthlyBackup: "The monthly backup is there"
        case .storageUsed: "There is room"
        case .retentionKept: "What is kept and what is gone is as set"
        case .disasterDrill: "A new server is restored from the copy off site alone"
        case .locksReadBack: "Copies are locked for as long as set"
        case .objectivesMet: "RPO and RTO were met"
        case .accessLog: "Who restored, deleted and decrypted"
        case .keyAges: "How old the keys are"
        }
    }
}
