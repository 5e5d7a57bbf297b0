package import PGKeepModel

package import struct Foundation.Date

/// What retention needs to know of one backup.
package struct RetentionFacts: Sendable, Hashable {
    package var name: ArchiveName
    package var bytes: Int64
    /// Whether its footer is intact.
    package var isGood: Bool
    package var isPinned: Bool
    /// Whether a drill has restored it.
    package var isProven: Bool
    /// Whether it looks abnormal, and nobody has accepted it yet.
    package var isSuspect: Bool

    package init(
        name: ArchiveName, bytes: Int64, isGood: Bool = true, isPinned: Bool = false, isProven: Bool = false,
        isSuspect: Bool = false
    ) {
        self.name = name
        self.bytes = bytes
        self.isGood = isGood
        self.isPinned = isPinned
        self.isProven = isProven
        self.isSuspect = isSuspect
    }
}

/// Which backups are kept and which go, each with its reason.
///
/// A backup goes only if it is older than its tier's limit and nothing speaks for it. What can't be trusted never
/// pushes out what can:
/// - A backup from the future (a wrong clock, now or then) is kept, and is never the newest good one.
/// - A damaged or suspect one is never the newest good one either. A damaged one goes when it is too old, but only if
///   its tier has a good one: if not, there may be rows in it that are nowhere else.
/// - As long as one backup of an app is suspect, none of that app goes.
package struct RetentionPlan: Sendable {
    package typealias Reason = RetentionReason

    /// What becomes of one backup.
    package struct Decision: Sendable {
        package let facts: RetentionFacts
        package let reason: Reason
        /// Whole days; negative for a backup from the future.
        package let ageDays: Int

        package var keep: Bool { reason.keeps }
    }

    /// Newest first.
    package let decisions: [Decision]

    package init(_ facts: [RetentionFacts], policy: RetentionPolicy, now: Date) {
        let newest = Newest(facts.filter { $0.name.createdAt <= now })
        let frozen = Set(facts.filter(\.isSuspect).map(\.name.app))
        decisions = facts.sorted { $0.name > $1.name }.map { backup in
            let age = now.timeIntervalSince(backup.name.createdAt) / 86_400
            let ageDays = Int(age.rounded(.down))
            let reason = RetentionPlan.reason(
                for: backup, age: age, ageDays: ageDays, limit: policy.days(for: backup.name.tier), newest: newest,
                isFrozen: frozen.contains(backup.name.app))
            return Decision(facts: backup, reason: reason, ageDays: ageDays)
        }
    }

    private static func reason(
        for backup: RetentionFacts, age: Double, ageDays: Int, limit: Int?, newest: Newest, isFrozen: Bool
    ) -> Reason {
        let name = backup.name
        guard age >= 0 else { return .fromTheFuture }
        guard let limit else { return .manual }
        if backup.isPinned { return .pinned }
        if age <= Double(limit) { return .young(ageDays: ageDays, limit: limit) }
        let newestGood = newest.good[Newest.Line(app: name.app, tier: name.tier)]
        if newestGood == name { return .newestGood(name.tier) }
        if newest.proven[name.app] == name { return .newestProven }
        if isFrozen { return .frozen }
        if newestGood == nil { return .noGoodOne(name.tier) }
        return .tooOld(limit: limit)
    }
}

/// Why a backup is kept or goes.
package enum RetentionReason: Sendable, Hashable {
    /// Not older than its tier's limit of days.
    case young(ageDays: Int, limit: Int)
    /// Too old, but the newest good one of its tier.
    case newestGood(Tier)
    /// Too old, but the newest one of its app that a drill has restored.
    case newestProven
    case pinned
    /// Taken by hand: removed by hand only.
    case manual
    /// Too old, but a backup of its app is suspect.
    case frozen
    case fromTheFuture
    /// Too old, and damaged perhaps, but its tier has no good one.
    case noGoodOne(Tier)
    /// Older than its tier's limit of days: it goes.
    case tooOld(limit: Int)

    package var keeps: Bool {
        if case .tooOld = self { false } else { true }
    }

    package var text: String {
        switch self {
        case .young(let ageDays, let limit): "\(ageDays) of \(limit) days old"
        case .newestGood(let tier): "newest good \(tier.rawValue) backup"
        case .newestProven: "newest proven backup"
        case .pinned: "pinned"
        case .manual: "taken by hand"
        case .frozen: "a suspect backup is not accepted yet"
        case .fromTheFuture: "dated in the future"
        case .noGoodOne(let tier): "there is no good \(tier.rawValue) backup"
        case .tooOld(let limit): "older than \(limit) days"
        }
    }
}

/// The newest backups that can be relied on.
private struct Newest {
    struct Line: Hashable {
        var app: AppName
        var tier: Tier
    }

    private(set) var good: [Line: ArchiveName] = [:]
    private(set) var proven: [AppName: ArchiveName] = [:]

    init(_ facts: [RetentionFacts]) {
        for backup in facts where backup.isGood && !backup.isSuspect {
            let name = backup.name
            let line = Line(app: name.app, tier: name.tier)
            good[line] = max(good[line] ?? name, name)
            if backup.isProven { proven[name.app] = max(proven[name.app] ?? name, name) }
        }
    }
}
