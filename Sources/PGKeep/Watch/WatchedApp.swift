public import Foundation
public import PGKeepModel

/// An app whose protection is watched, and what is wanted of it.
public struct WatchedApp: Sendable, Hashable {
    /// Whose backups.
    public var app: AppName
    /// How old its newest good backup may become.
    public var rpo: Duration
    /// How long a restore may take; nil: nobody set an objective.
    public var rto: Duration?
    /// How long a backup may take.
    public var maxDuration: Duration
    /// When each tier runs next; those that nobody schedules are missing.
    public var nextRuns: [Tier: Date]
    /// When each tier was last to run: a while later that run may still come.
    public var lastSlots: [Tier: Date] = [:]
    /// What is wanted of its copies.
    public var copies = CopyWishes()

    /// States what is wanted of an app.
    public init(
        _ app: AppName, rpo: Duration, rto: Duration? = nil, maxDuration: Duration, nextRuns: [Tier: Date] = [:]
    ) {
        self.app = app
        self.rpo = rpo
        self.rto = rto
        self.maxDuration = maxDuration
        self.nextRuns = nextRuns
    }

    /// What the settings want.
    public init(_ app: AppName, settings: Settings, nextRuns: [Tier: Date] = [:]) {
        self.init(app, rpo: settings.rpo, rto: settings.rto, maxDuration: settings.maxDuration, nextRuns: nextRuns)
        copies = settings.copyWishes
    }
}
