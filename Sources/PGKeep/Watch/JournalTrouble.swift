import Foundation
import PGKeepModel

/// What keeps the journal from being read or written, and what it lacks for that.
struct JournalTrouble: Sendable {
    /// It could not be read; else it could not be written.
    var isOfReading: Bool
    var reason: String
    var hint: String?
    var since: Date
    /// Runs that failed meanwhile.
    var lostFailures: Int

    /// `earlier` is the trouble there was already.
    init(_ error: any Error, isOfReading: Bool, now: Date, after earlier: JournalTrouble? = nil) {
        self.isOfReading = isOfReading
        since = earlier?.since ?? now
        lostFailures = earlier?.lostFailures ?? 0
        reason = "\(error)"
        hint = (error as? PGKeepError)?.hint
    }

    func condition(_ directory: String) -> Condition {
        Condition(
            .vaultUnreadable, app: nil, subject: "journal",
            message: "the journal in \(directory) can't be \(isOfReading ? "read" : "written"): \(reason)",
            hint: hint ?? "ls -ld \(directory); df -h \(directory)", since: since)
    }

    /// What the journal is told once it can be written again.
    var gap: JournalEvent {
        JournalEvent(
            .gap, details: ["from": .string(since.iso8601), "failures": .integer(Int64(lostFailures))])
    }
}
