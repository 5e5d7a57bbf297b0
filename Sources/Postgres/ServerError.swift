import PGKeepModel

/// The server's and libpq's refusals, told as ours: with a code to decide by and a remedy.
enum ServerError {
    /// What to do first about a server that doesn't answer.
    static let isItUp = "see whether the server is up: pg_isready -d \"$DATABASE_URL\""

    /// A statement or a COPY failed.
    static func failure(
        state: String?, primary: String, detail: String?, context: String?, isConnected: Bool, isStandby: Bool,
        place: String
    ) -> PGKeepError {
        var error = explained(
            state: state, primary: primary, detail: detail, context: context, isConnected: isConnected,
            isStandby: isStandby, place: place)
        error.sqlState = state
        return error
    }

    private static func explained(
        state: String?, primary: String, detail: String?, context: String?, isConnected: Bool, isStandby: Bool,
        place: String
    ) -> PGKeepError {
        guard isConnected || state != nil else {
            return PGKeepError(
                .unreachable, "the connection to \(place) was lost", cause: primary, hint: isItUp)
        }
        var cause = [primary, detail].compactMap(\.self).joined(separator: "; ")
        if let context, let first = context.split(separator: "\n").first { cause += " (\(first))" }
        switch state {
        case "42501":
            return PGKeepError(.privileges, "the role may not do this at \(place)", cause: cause)
        case "55P03":
            return PGKeepError(
                .busy, "a lock was not to be had at \(place)", cause: cause,
                hint: "see who holds it: SELECT pid, state, query FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        case "53200" where primary.contains("shared memory"):
            return PGKeepError(
                .failed, "the server at \(place) has too few locks", cause: cause,
                hint: "raise max_locks_per_transaction in postgresql.conf and restart the server")
        case "53100":
            return PGKeepError(
                .noSpace, "the disk of the server at \(place) is full", cause: cause,
                hint: "make room on the server's machine; where: psql \"$DATABASE_URL\" -c 'SHOW data_directory'")
        case "57P01", "57P02", "57P03", "08006", "08003":
            return PGKeepError(.unreachable, "the server at \(place) ended the session", cause: cause, hint: isItUp)
        // On a standby there are no other serialization failures. The words may be in any language.
        case "40001" where isStandby: return ReplayConflict.error(place: place, cause: cause)
        case "57P04": return PGKeepError(.failed, "the database at \(place) was dropped meanwhile", cause: cause)
        default:
            let code = state.map { " (\($0))" } ?? ""
            return PGKeepError(.failed, "the server at \(place) refused\(code)", cause: cause)
        }
    }

    /// No connection came about. libpq gives the server's words, which may be in any language, and no SQLSTATE; only
    /// the hint depends on them.
    static func refused(_ words: String, place: String) -> PGKeepError {
        let lower = words.lowercased()
        let hint =
            if lower.contains("password") || lower.contains("authentication") {
                "check user and password in DATABASE_URL; @ : / # % ? in a password are written %40 %3A %2F %23 %25 %3F"
            } else if lower.contains("does not exist") {
                "list what is there: psql \"$DATABASE_URL\" -d postgres -l"
            } else if lower.contains("pg_hba.conf") {
                "the server's pg_hba.conf must let this user in from here; if it wants encryption: …?sslmode=require"
            } else if lower.contains("certificate") {
                "name the authority that signed the server's certificate: …?sslmode=verify-full&sslrootcert=FILE"
            } else if lower.contains("options") {
                "a pooler stands between; \(Pooler.hint)"
            } else {
                isItUp
            }
        return PGKeepError(.unreachable, "could not connect to \(place)", cause: words, hint: hint)
    }
}
