import Foundation
import PGKeepModel
import PGKeepPostgres

/// The user's own questions to a restored database: files of `BACKUP_DRILL_CHECKS`, each with one query that must
/// return true, or no rows.
///
/// Each is asked in a session of its own, in a transaction that may only read, for a limited time.
struct DrillChecks: Sendable {
    var target: ConnectionString
    var limit: Duration
    var cancellation: Cancellation

    /// A file with a question; or a pattern that names none.
    struct File: Sendable, Hashable {
        var name: String
        /// nil: there is no such file.
        var path: String?
    }

    /// The files that patterns mean, in their order.
    static func files(_ patterns: [String]) -> [File] {
        patterns.flatMap { pattern -> [File] in
            var found = glob_t()
            defer { globfree(&found) }
            guard glob(pattern, 0, nil, &found) == 0 else { return [File(name: pattern, path: nil)] }
            return (0..<Int(found.gl_pathc)).compactMap { place in
                found.gl_pathv[place].map { String(cString: $0) }.map {
                    File(name: ($0 as NSString).lastPathComponent, path: $0)
                }
            }
        }
    }

    func ask(_ files: [File]) throws -> [Proof.Check] {
        try files.map { file in
            try cancellation.check()
            let clock = ContinuousClock()
            let start = clock.now
            let reason = try reason(of: file)
            return Proof.Check(
                name: file.name, passed: reason == nil, reason: reason, seconds: start.duration(to: clock.now).seconds)
        }
    }

    /// Why it is not passed; nil if it is.
    private func reason(of file: File) throws -> String? {
        guard let path = file.path else { return "no file has this name" }
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            return "the file can't be read: \(error.localizedDescription)"
        }
        let connection = try Connection(target, purpose: "pgkeep check", cancellation: cancellation)
        do {
            let milliseconds = limit.components.seconds * 1000
            try connection.query(
                "SET statement_timeout = \(milliseconds); SET default_transaction_read_only = on; "
                    + "BEGIN TRANSACTION READ ONLY")
            guard let (first, count) = try connection.ask(text, most: DrillChecks.mostRows) else { return nil }
            return count == 1 && first == ["t"] ? nil : DrillChecks.told(first, count)
        } catch let error as PGKeepError where error.code == .failed || error.code == .privileges {
            switch error.sqlState {
            case "57014": return "it did not end within \(DurationText.of(limit))"
            case "25006": return "it writes: \(error.cause ?? error.message)"
            // Of the query itself. What others say may quote what is in the database.
            case let state? where !state.hasPrefix("42"): return "it failed with SQLSTATE \(state)"
            default: return error.cause ?? error.message
            }
        }
    }

    /// So many rows are counted; more say no more.
    private static let mostRows = 1000

    /// A truth or a number is told; all else is somebody's data, which belongs into no journal, alert or report.
    private static func told(_ first: [String?], _ count: Int) -> String {
        if count == 1, first.count == 1 {
            let value = first[0] ?? "NULL"
            if value == "NULL" || value == "f" || Double(value) != nil { return "it returned \(value)" }
        }
        return "it returned \(Figures.count(count, "row"))\(count < mostRows ? "" : " or more")"
    }
}
