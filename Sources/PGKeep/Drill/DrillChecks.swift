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
            let rows = try connection.queryAlone(text)
            guard let first = rows.first else { return nil }
            return rows.count == 1 && first.count == 1 && first[0] == "t" ? nil : DrillChecks.told(rows)
        } catch let error as PGKeepError where error.code == .failed || error.code == .privileges {
            switch error.sqlState {
            case "57014": return "it did not end within \(DurationText.of(limit))"
            case "25006": return "it writes: \(error.cause ?? error.message)"
            default: return error.cause ?? error.message
            }
        }
    }

    private static func told(_ rows: [[String?]]) -> String {
        let row = rows[0].map { $0 ?? "NULL" }.joined(separator: ", ")
        let shown = row.count > 200 ? "\(row.prefix(197))..." : row
        return rows.count == 1 ? "it returned \(shown)" : "it returned \(rows.count) rows, the first of them \(shown)"
    }
}
