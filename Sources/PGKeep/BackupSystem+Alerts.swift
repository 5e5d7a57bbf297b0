import PGKeepModel

/// Telling people that something is wrong.
extension BackupSystem {
    /// Sends a test to every channel of `BACKUP_ALERTS`, all at once, and tells how that went.
    public func testAlerts() async throws -> [AlertTestReport] {
        guard !settings.alerts.isEmpty else {
            throw PGKeepError(
                .settings, "BACKUP_ALERTS is not set: nobody is told when something is wrong",
                hint: "export BACKUP_ALERTS='https://hooks.example.com/pgkeep mailtos://user:password@example.com'")
        }
        return await AlertDelivery(settings: settings, talk: talk, now: now).test()
    }
}
