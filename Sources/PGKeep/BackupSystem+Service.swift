import PGKeepModel
public import ServiceLifecycle

/// The keeper, as a server embeds it.
///
/// A server puts its `BackupSystem` into the `ServiceGroup` that runs its other services:
///
/// ```swift
/// let backups = BackupSystem(settings: try await Settings.load(), logger: logger)
/// try await ServiceGroup(services: [backups, server], gracefulShutdownSignals: [.sigterm], logger: logger).run()
/// ```
extension BackupSystem: Service {
    /// Keeps the databases for as long as the server runs: takes what the schedules want, watches, and alerts.
    ///
    /// A graceful shutdown lets a backup that is under way end first. Cancellation abandons it, and nothing of it stays.
    /// Settings are those it was made with. It returns when it is told to stop. A server that is away, or a folder that
    /// can't be used, is no reason to end: that is alerted.
    public func run() async throws {
        try await Keeper(self, reload: { settings }).run()
    }

    /// Takes the daily backups, and no others, on their schedule, until the task is cancelled or a graceful shutdown comes.
    public func scheduleDailyBackup() async throws { try await keep(.daily) }

    /// Takes the weekly backups, and no others, on their schedule, until the task is cancelled or a graceful shutdown
    /// comes.
    public func scheduleWeeklyBackup() async throws { try await keep(.weekly) }

    /// Takes the monthly backups, and no others, on their schedule, until the task is cancelled or a graceful shutdown
    /// comes.
    public func scheduleMonthlyBackup() async throws { try await keep(.monthly) }

    private func keep(_ tier: Tier) async throws {
        try await with(settings.scheduling(only: tier)).run()
    }
}
