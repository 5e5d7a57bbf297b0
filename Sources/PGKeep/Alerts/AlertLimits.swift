/// How long telling may take, and how often it is tried.
package struct AlertLimits: Sendable, Equatable {
    /// For a connection.
    package var connect: Duration
    /// For one delivery, redirects included.
    package var whole: Duration
    /// After the first failure; each further pause is twice as long.
    package var firstPause: Duration = .seconds(30)
    package var longestPause: Duration = .seconds(3600)
    /// How long an undelivered notice is kept.
    package var oldest: Duration = .seconds(3 * 86_400)

    /// `whole` is what `BACKUP_ALERT_TIMEOUT` says.
    package init(whole: Duration) {
        self.whole = whole
        connect = min(whole, .seconds(10))
    }

    package func pause(after failures: Int) -> Duration {
        // Twenty doublings are more than any longest pause, and no number overflows.
        min(longestPause, firstPause * (1 << min(max(failures - 1, 0), 20)))
    }

    /// How much is sent to one channel in a row.
    package var batch: Int { 20 }

    /// For how long a channel is another's business while it is tried.
    package var lease: Duration { whole * (batch + 1) }
}
