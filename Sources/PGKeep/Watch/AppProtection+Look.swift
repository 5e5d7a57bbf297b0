import Foundation
import PGKeepModel

extension AppProtection {
    /// What vault and journal tell of an app; archives are opened until each tier has a good one.
    init(
        _ watched: WatchedApp, _ archives: [VaultDigest.Archive], _ journal: JournalFacts, _ vault: inout WatchedVault,
        now: Date
    ) throws {
        self.init(app: watched.app.text, rpoSeconds: watched.rpo.seconds)
        backups = archives.count
        bytes = archives.reduce(0) { $0 + $1.bytes }
        var good: [Tier: BackupBrief] = [:]
        var counts: [Tier: Int] = [:]
        for archive in archives {
            let name = archive.name
            counts[name.tier, default: 0] += 1
            if let since = archive.suspectSince, let reason = try vault.reason(for: archive) {
                suspects.append(FlaggedBackup(name: name.text, reason: reason, since: since))
            }
            let verification = journal.verifications[name.text]
            if let verification, let problems = verification.problems {
                damaged.append(FlaggedBackup(name: name.text, reason: problems, since: verification.at))
                continue
            }
            if let verification, verification.at > lastVerified?.at ?? .distantPast {
                lastVerified = VerifiedBackup(name: name.text, at: verification.at)
            }
            guard good[name.tier] == nil, !archive.isSuspect, !Catalogue.isOfFuture(name.createdAt, now: now) else {
                continue
            }
            if let problem = try vault.problem(of: archive, journal.sealed[name.text]) {
                // One that went while we looked is none.
                guard problem.code != .noSuchArchive else { continue }
                damaged.append(
                    FlaggedBackup(name: name.text, reason: problem.description, since: archive.modifiedAt))
            } else {
                good[name.tier] = BackupBrief(
                    name: name.text, tier: name.tier, createdAt: name.createdAt, bytes: archive.bytes)
            }
        }
        lastGood = good.values.max { ($0.createdAt, $0.name) < ($1.createdAt, $1.name) }
        ageSeconds = lastGood.map { max(0, now.timeIntervalSince($0.createdAt)) }
        tiers = Tier.allCases.compactMap { tier in
            TierProtection(
                tier, count: counts[tier] ?? 0, good[tier], journal.runs(app, tier), nextRun: watched.nextRuns[tier])
        }
        lookAtLastRun(journal, archives)
        lookAtDrills(watched, journal, archives)
        if let listed = journal.checklists[app], !listed.failed.isEmpty {
            failedChecklist = FailedChecklist(period: listed.period, at: listed.at, items: listed.failed)
        }
        warnings = missing(since: archives.last?.name.createdAt, now: now)
    }

    /// What drills said, and what proofs lie beside the archives.
    private mutating func lookAtDrills(
        _ watched: WatchedApp, _ journal: JournalFacts, _ archives: [VaultDigest.Archive]
    ) {
        if let proven = archives.first(where: { $0.provenAt != nil && !$0.isSuspect }), let at = proven.provenAt {
            lastProven = VerifiedBackup(name: proven.name.text, at: at)
        }
        let drills = journal.drills[app] ?? JournalFacts.Drills()
        // One that was taken by hand and is no longer there is nobody's concern: no schedule brings another drill.
        let there = Set(archives.map(\.name.text))
        let failed = drills.last.values.filter {
            $0.verdict != .proven && ($0.tier != .manual || there.contains($0.archive))
        }
        failedDrills = Tier.allCases.compactMap { tier in failed.first { $0.tier == tier } }.map { drill in
            FailedDrill(
                name: drill.archive, tier: drill.tier, at: drill.at, isOfArchive: drill.verdict == .failed,
                reason: drill.error ?? "it didn't say why", hint: drill.hint)
        }
        let taken = Tier.allCases.compactMap { journal.runs(app, $0).lastTaken }
        restore = RestoreOutlook(
            drills.times, rawBytesNow: taken.max { $0.at < $1.at }.flatMap { $0.rawBytes > 0 ? $0.rawBytes : nil },
            objective: watched.rto)
    }

    init(app: String, rpoSeconds: Double) {
        self.app = app
        self.rpoSeconds = rpoSeconds
    }

    /// What the last run said of its backup; a suspect one is told as such, and one that was removed is nobody's concern.
    private mutating func lookAtLastRun(_ journal: JournalFacts, _ archives: [VaultDigest.Archive]) {
        let taken = Tier.allCases.compactMap { journal.runs(app, $0).lastTaken }
        guard let last = taken.max(by: { $0.at < $1.at }) else { return }
        let isThere = archives.contains { $0.name.text == last.archive }
        if isThere, !last.anomalies.isEmpty, !last.isSuspect {
            let reason = last.anomalies.joined(separator: "; ")
            abnormal = FlaggedBackup(name: last.archive, reason: reason, since: last.at)
        }
        toolHole = last.toolHole.map { FlaggedBackup(name: last.archive, reason: $0, since: last.at) }
    }

    /// Weekly and monthly ones that should be there and are not: the daily ones protect all the same.
    private func missing(since oldest: Date?, now: Date) -> [String] {
        tiers.compactMap { tier in
            guard let days = tier.tier.overdueAfterDays else { return nil }
            guard let last = tier.lastGood?.createdAt ?? oldest,
                now.timeIntervalSince(last) > Double(days) * 86_400
            else { return nil }
            let age = RoughDuration.text(seconds: now.timeIntervalSince(last))
            return tier.lastGood == nil
                ? "there is no good \(tier.tier.rawValue) backup"
                : "the newest good \(tier.tier.rawValue) backup is \(age) old"
        }
    }
}

extension TierProtection {
    /// Nil for a tier that nobody uses.
    fileprivate init?(
        _ tier: Tier, count: Int, _ lastGood: BackupBrief?, _ runs: JournalFacts.Runs, nextRun: Date?
    ) {
        guard count > 0 || nextRun != nil || runs != JournalFacts.Runs() else { return nil }
        // Another keeper may have taken what failed here.
        let isOver = lastGood.map { $0.createdAt > runs.failedAt.last ?? .distantFuture } ?? false
        self.init(
            tier: tier, backups: count, lastGood: lastGood, lastRows: runs.lastTaken?.rows,
            lastDurationSeconds: runs.lastTaken?.durationSeconds, failuresInARow: isOver ? 0 : runs.failures,
            failingSince: isOver ? nil : runs.failingSince, lastError: isOver ? nil : runs.lastError,
            nextRun: nextRun)
    }
}

extension Tier {
    /// A week, a month, and a day more; daily ones are what the RPO is about, and nobody waits for manual ones.
    fileprivate var overdueAfterDays: Int? {
        switch self {
        case .weekly: 8
        case .monthly: 32
        case .daily, .manual: nil
        }
    }
}
