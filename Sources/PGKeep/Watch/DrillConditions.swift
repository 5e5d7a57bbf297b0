import Foundation

/// What drills say that is not as it should be.
enum DrillConditions {
    /// How many days ahead an objective that will be missed is told.
    static let horizon = 30

    static func of(_ app: AppProtection) -> [Condition] {
        app.failedDrills.map { failed($0, app.app) } + [slow(app)].compactMap(\.self)
    }

    private static func failed(_ drill: FailedDrill, _ app: String) -> Condition {
        Condition(
            .drillFailed, app: app, subject: drill.tier.rawValue,
            message: drill.isOfArchive
                ? "the drill of \(drill.name) failed: \(drill.reason)"
                : "\(drill.name) could not be drilled: \(drill.reason)",
            hint: drill.hint ?? "pgkeep drill \(drill.name)", since: drill.at)
    }

    private static func slow(_ app: AppProtection) -> Condition? {
        guard let restore = app.restore, let objective = restore.objectiveSeconds else { return nil }
        let most = RoughDuration.text(seconds: objective)
        let now = RoughDuration.text(seconds: restore.estimatedSeconds)
        let message: String
        if restore.isMissed {
            message = "a restore takes about \(now), more than \(most)"
        } else if let days = restore.daysUntilMissed, days < horizon {
            message =
                "a restore takes about \(now) and longer each time: in \(Figures.count(days, "day")) more than \(most)"
        } else {
            return nil
        }
        return Condition(
            .restoreSlow, app: app.app, message: message,
            hint: "pgkeep drill latest --json   (phaseSeconds tells what takes long; or export BACKUP_RTO=…)",
            since: restore.measuredAt)
    }
}
