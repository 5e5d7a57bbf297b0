import PGKeepModel

/// A standby's replay ends queries and sessions that stand in its way: what is said of it, and what helps.
///
/// Rows that the primary removed and locks that it took must not wait for a standby's readers for ever (manual: Hot
/// Standby, Handling Query Conflicts).
package enum ReplayConflict {
    static let hint =
        "as a superuser on the standby: ALTER SYSTEM SET hot_standby_feedback = on; "
        + "ALTER SYSTEM SET max_standby_streaming_delay = '2h'; SELECT pg_reload_conf()   (longer than a backup takes)"

    /// A session of ours was ended, or its query.
    static func error(place: String, cause: String) -> PGKeepError {
        PGKeepError(
            .failed, "the standby at \(place) cancelled the query to go on replaying", cause: cause, hint: hint)
    }

    /// Explains why pg_dump failed on a standby.
    ///
    /// It passes the server's words on without an SQLSTATE, in whatever language, and none at all if it was between two
    /// queries when its session ended. `holder` holds the snapshot and the locks that stand in replay's way as well, so
    /// that it is ended too, at the latest now.
    package static func explained(_ error: any Error, asking holder: Connection) -> any Error {
        guard let failure = error as? PGKeepError, [.failed, .unreachable].contains(failure.code) else { return error }
        do {
            // Replay, which ended pg_dump, comes to this session a moment later; a statement hears of it.
            try holder.query("SELECT pg_catalog.pg_sleep(1)")
        } catch let end as PGKeepError where end.sqlState == "40001" {
            return end
        } catch {
            // It is lost as well, but not to replay.
        }
        return explained(failure)
    }

    /// Goes by pg_dump's words: of a page that only its own session had in hand, no other one hears.
    static func explained(_ failure: PGKeepError) -> PGKeepError {
        var failure = failure
        if let cause = failure.cause, cause.contains("conflict with recovery") {
            return PGKeepError(
                .failed, "the standby cancelled pg_dump's query to go on replaying", cause: cause, hint: hint)
        }
        if failure.code == .failed, failure.hint == nil { failure.hint = "if replay was in its way, \(hint)" }
        return failure
    }
}
