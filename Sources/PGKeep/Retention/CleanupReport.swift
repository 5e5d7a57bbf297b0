import PGKeepModel

/// What a cleanup did, or would do: every backup with the reason for its fate.
public struct CleanupReport: Sendable {
    /// A backup and what became of it.
    public struct Entry: Sendable, Equatable, Codable {
        /// Its file name.
        public var name: String
        /// Whole days since it was taken.
        public var ageDays: Int
        /// Its size as stored.
        public var bytes: Int64
        /// In words for people.
        public var reason: String
    }

    /// Deleted, newest first; in a dry run, what would be.
    public var deleted: [Entry] = []
    /// Those that stay, each with the rule that keeps it.
    public var kept: [Entry] = []
    /// Those of the kept ones whose names claim a time that is yet to come: somebody should look at them.
    public var futureDated: [String] = []
    /// Those that could not be deleted, with what stood in the way.
    public var failed: [Entry] = []
    /// The bytes of the deleted ones.
    public var freedBytes: Int64 = 0
    /// Whether nothing was touched.
    public var dryRun: Bool
    /// Databases that restores had kept aside and that are old enough.
    public var databasesDropped: [String] = []

    /// What retention did in each vault for copies.
    public var vaults: [VaultSyncReport] = []

    /// A plan, told as if it had been carried out.
    package init(_ plan: RetentionPlan, dryRun: Bool) {
        self.dryRun = dryRun
        for decision in plan.decisions {
            let entry = Entry(decision)
            if decision.keep {
                kept.append(entry)
            } else {
                deleted.append(entry)
            }
            if decision.reason == .fromTheFuture { futureDated.append(entry.name) }
        }
        freedBytes = deleted.reduce(0) { $0 + $1.bytes }
    }

    /// Takes an entry out of the deleted ones: it stayed after all.
    mutating func keep(_ entry: Entry, reason: String, failed hasFailed: Bool) {
        deleted.removeAll { $0.name == entry.name }
        freedBytes -= entry.bytes
        var entry = entry
        entry.reason = reason
        if hasFailed {
            failed.append(entry)
        } else {
            kept.append(entry)
        }
    }
}

extension CleanupReport.Entry {
    init(_ decision: RetentionPlan.Decision) {
        self.init(
            name: decision.facts.name.text, ageDays: decision.ageDays, bytes: decision.facts.bytes,
            reason: decision.reason.text)
    }
}

extension CleanupReport: Encodable {
    private enum CodingKeys: String, CodingKey {
        case deleted, kept, futureDated, failed, freedBytes, dryRun, databasesDropped, vaults
    }

    /// `failed` stands in it only if something did.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(deleted, forKey: .deleted)
        try container.encode(kept, forKey: .kept)
        try container.encode(futureDated, forKey: .futureDated)
        if !failed.isEmpty { try container.encode(failed, forKey: .failed) }
        try container.encode(freedBytes, forKey: .freedBytes)
        try container.encode(dryRun, forKey: .dryRun)
        try container.encode(databasesDropped, forKey: .databasesDropped)
        if !vaults.isEmpty { try container.encode(vaults, forKey: .vaults) }
    }
}
