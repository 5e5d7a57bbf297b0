import PGKeepModel

import struct Foundation.Date

/// As JSON: camelCase keys, bytes as integers, times in ISO 8601 UTC whatever the encoder's own way with dates,
/// durations in seconds; what isn't known is missing.
extension ProtectionFacts: Encodable {
    private enum CodingKeys: String, CodingKey { case at, healthy, needsAttention, apps, vault, conditions }

    /// One object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(at.iso8601, forKey: .at)
        try container.encode(isHealthy, forKey: .healthy)
        try container.encode(!conditions.isEmpty, forKey: .needsAttention)
        try container.encode(apps, forKey: .apps)
        try container.encode(vault, forKey: .vault)
        try container.encode(conditions.map(ConditionFacts.init), forKey: .conditions)
    }
}

extension AppProtection: Encodable {
    private enum CodingKeys: String, CodingKey {
        case app, fresh, lastGood, ageSeconds, rpoSeconds, tiers, lastVerified, lastProven, failedDrills, restore,
            running, backups, bytes, suspects
        case damaged, abnormal, toolHole, failedChecklist, warnings, copying, redundancy, vaults
    }

    /// One object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(app, forKey: .app)
        try container.encode(isFresh, forKey: .fresh)
        try container.encodeIfPresent(lastGood, forKey: .lastGood)
        try container.encodeIfPresent(ageSeconds, forKey: .ageSeconds)
        try container.encode(rpoSeconds, forKey: .rpoSeconds)
        try container.encode(tiers, forKey: .tiers)
        try container.encodeIfPresent(lastVerified, forKey: .lastVerified)
        try container.encodeIfPresent(lastProven, forKey: .lastProven)
        if !failedDrills.isEmpty { try container.encode(failedDrills, forKey: .failedDrills) }
        try container.encodeIfPresent(restore, forKey: .restore)
        try container.encodeIfPresent(running, forKey: .running)
        try container.encode(backups, forKey: .backups)
        try container.encode(bytes, forKey: .bytes)
        try container.encode(suspects, forKey: .suspects)
        try container.encode(damaged, forKey: .damaged)
        try container.encodeIfPresent(abnormal, forKey: .abnormal)
        try container.encodeIfPresent(toolHole, forKey: .toolHole)
        try container.encodeIfPresent(failedChecklist, forKey: .failedChecklist)
        try container.encode(warnings, forKey: .warnings)
        try container.encodeIfPresent(copying, forKey: .copying)
        try container.encodeIfPresent(redundancy, forKey: .redundancy)
        try container.encode(vaults, forKey: .vaults)
    }
}

extension TierProtection: Encodable {
    private enum CodingKeys: String, CodingKey {
        case tier, backups, lastGood, lastRows, lastDurationSeconds, failuresInARow, failingSince, lastError, nextRun
    }

    /// One object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(tier, forKey: .tier)
        try container.encode(backups, forKey: .backups)
        try container.encodeIfPresent(lastGood, forKey: .lastGood)
        try container.encodeIfPresent(lastRows, forKey: .lastRows)
        try container.encodeIfPresent(lastDurationSeconds, forKey: .lastDurationSeconds)
        try container.encode(failuresInARow, forKey: .failuresInARow)
        try container.encodeIfPresent(failingSince?.iso8601, forKey: .failingSince)
        try container.encodeIfPresent(lastError, forKey: .lastError)
        try container.encodeIfPresent(nextRun?.iso8601, forKey: .nextRun)
    }
}

extension BackupBrief: Encodable {
    private enum CodingKeys: String, CodingKey { case name, tier, createdAt, bytes }

    /// One object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(tier, forKey: .tier)
        try container.encode(createdAt.iso8601, forKey: .createdAt)
        try container.encode(bytes, forKey: .bytes)
    }
}

extension VerifiedBackup: Encodable {
    private enum CodingKeys: String, CodingKey { case name, at }

    /// One object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(at.iso8601, forKey: .at)
    }
}

extension FailedDrill: Encodable {
    private enum CodingKeys: String, CodingKey { case name, tier, at, ofArchive, reason, hint }

    /// One object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(tier, forKey: .tier)
        try container.encode(at.iso8601, forKey: .at)
        try container.encode(isOfArchive, forKey: .ofArchive)
        try container.encode(reason, forKey: .reason)
        try container.encodeIfPresent(hint, forKey: .hint)
    }
}

extension RestoreOutlook: Encodable {
    private enum CodingKeys: String, CodingKey {
        case objectiveSeconds, measuredSeconds, measuredAt, estimatedSeconds, growthSecondsPerDay, missed
        case daysUntilMissed
    }

    /// One object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(objectiveSeconds, forKey: .objectiveSeconds)
        try container.encode(measuredSeconds, forKey: .measuredSeconds)
        try container.encode(measuredAt.iso8601, forKey: .measuredAt)
        try container.encode(estimatedSeconds, forKey: .estimatedSeconds)
        try container.encodeIfPresent(growthSecondsPerDay, forKey: .growthSecondsPerDay)
        try container.encode(isMissed, forKey: .missed)
        try container.encodeIfPresent(daysUntilMissed, forKey: .daysUntilMissed)
    }
}

extension FlaggedBackup: Encodable {
    private enum CodingKeys: String, CodingKey { case name, reason, since }

    /// One object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(reason, forKey: .reason)
        try container.encode(since.iso8601, forKey: .since)
    }
}

extension RunningRun: Encodable {
    private enum CodingKeys: String, CodingKey { case process, doing, since }

    /// One object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(process, forKey: .process)
        try container.encode(doing, forKey: .doing)
        try container.encode(since.iso8601, forKey: .since)
    }
}

/// A condition as data.
private struct ConditionFacts: Encodable {
    var kind: String
    var app: String?
    var subject: String?
    var message: String
    var hint: String?
    var since: String

    init(_ condition: Condition) {
        kind = condition.kind.rawValue
        app = condition.app
        subject = condition.subject
        message = condition.message
        hint = condition.hint
        since = condition.since.iso8601
    }
}

extension FailedChecklist: Encodable {
    private enum CodingKeys: String, CodingKey { case period, at, items }

    /// One object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(period, forKey: .period)
        try container.encode(at.iso8601, forKey: .at)
        try container.encode(items, forKey: .items)
    }
}
