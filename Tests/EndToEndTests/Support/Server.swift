import Foundation
import Testing

/// The PostgreSQL server that `scripts/test` starts for a run of the tests.
enum Server {
    /// A URI without a database.
    static let address = ProcessInfo.processInfo.environment["PGKEEP_TEST_SERVER"]
    static let log = ProcessInfo.processInfo.environment["PGKEEP_TEST_SERVER_LOG"]
    private static let inCI = ProcessInfo.processInfo.environment["CI"] == "true"

    /// Without a server tests are skipped on a laptop, and fail where they must run.
    static var testsRun: Bool { address != nil || inCI }

    static func url(_ database: String) throws -> String {
        guard let address else {
            throw StepFailure(description: "PGKEEP_TEST_SERVER is not set; run scripts/test")
        }
        return "\(address)/\(database)"
    }

    /// What the log held before the tests began is none of theirs.
    private static let logStart = log.flatMap {
        try? FileManager.default.attributesOfItem(atPath: $0)[.size] as? UInt64
    }

    /// The last complaints in the server's log, with the statements that caused them.
    static func complaints() -> String? {
        guard let log, let logStart, let file = FileHandle(forReadingAtPath: log) else { return nil }
        defer { try? file.close() }
        let end = (try? file.seekToEnd()) ?? 0
        try? file.seek(toOffset: max(logStart, end > 64 << 10 ? end - 64 << 10 : 0))
        let text = String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
        let lines = text.split(separator: "\n").filter { line in
            ["ERROR:", "FATAL:", "PANIC:", "STATEMENT:", "DETAIL:"].contains { line.contains($0) }
        }
        return lines.isEmpty ? nil : lines.suffix(12).map { $0.prefix(300) }.joined(separator: "\n")
    }

    /// Called by the condition of each test, so that the log's start is known before anything is written.
    fileprivate static func noteLogStart() -> Bool {
        _ = logStart
        return testsRun
    }
}

extension Trait where Self == ConditionTrait {
    /// For tests that need a server.
    static var server: Self { .enabled("PGKEEP_TEST_SERVER is not set") { Server.noteLogStart() } }
}

extension Trait where Self == IssueHandlingTrait {
    /// Adds the end of the server's log to each issue.
    static var serverLog: Self {
        .compactMapIssues { issue in
            var issue = issue
            let known = issue.comments.contains { $0.rawValue.hasPrefix("the server's log") }
            if !known, let complaints = Server.complaints() {
                issue.comments.append("the server's log:\n\(complaints)")
            }
            return issue
        }
    }
}
