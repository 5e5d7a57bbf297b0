import PGKeepModel
import Testing

@testable import PGKeepPostgres

@Suite struct ReplayConflictTests {
    private func failure(_ state: String?, _ primary: String, isStandby: Bool) -> PGKeepError {
        ServerError.failure(
            state: state, primary: primary, detail: nil, context: nil, isConnected: false, isStandby: isStandby,
            place: "db2:5432")
    }

    @Test("A session that replay ended is told as such, in whatever language the server speaks")
    func sessions() {
        for words in [
            "canceling statement due to conflict with recovery",
            "terminating connection due to conflict with recovery",
            "storniere Anfrage wegen Konflikt mit der Wiederherstellung",
        ] {
            let error = failure("40001", words, isStandby: true)
            #expect(error.message == "the standby at db2:5432 cancelled the query to go on replaying")
            #expect(error.cause == words && error.code == .failed && error.sqlState == "40001")
            #expect(error.hint?.contains("max_standby_streaming_delay") == true)
            #expect(error.hint?.contains("hot_standby_feedback") == true)
        }
        #expect(failure("40001", "could not serialize access", isStandby: false).hint == nil)
        #expect(failure("57P04", "terminating connection", isStandby: true).message.contains("dropped"))
    }

    @Test("pg_dump's failure on a standby is told as replay's where it says so, else it is given the remedy")
    func words() {
        let words =
            "pg_dump: detail: Error message from server: ERROR:  canceling statement due to conflict with recovery"
        for code in [PGKeepError.Code.failed, .unreachable] {
            let told = PGKeepError(code, "pg_dump lost the server", cause: words, hint: "pg_isready")
            let error = ReplayConflict.explained(told)
            #expect(error.code == .failed && error.message.contains("the standby cancelled pg_dump's query"))
            #expect(error.cause == words && error.hint == ReplayConflict.hint)
        }
        let other = PGKeepError(.failed, "pg_dump failed (exit 1)", cause: "FEHLER:  Konflikt")
        let error = ReplayConflict.explained(other)
        #expect(error.message == other.message && error.cause == other.cause)
        #expect(error.hint?.contains(ReplayConflict.hint) == true)
    }

    @Test("What has a remedy stays as it was")
    func others() {
        for error in [
            PGKeepError(.failed, "something", hint: "a remedy"),
            PGKeepError(.unreachable, "pg_dump lost the server", cause: "the server went away", hint: "pg_isready"),
        ] {
            #expect(ReplayConflict.explained(error) == error)
        }
    }
}
