import Foundation
import Testing

/// A server of Python's, on a port of its own, that lives as long as a test.
struct Receiver: Sendable {
    /// What a webhook or a ping brought.
    struct Request: Decodable, Sendable {
        var path: String
        var headers: [String: String]
        var body: String

        /// The body as an object of JSON; empty if it is none.
        var object: [String: Any] {
            get throws { try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any] ?? [:] }
        }
    }

    let folder: String
    let port: Int

    /// Where programs of apprise and Python's mail server are; nil if they were not fetched.
    static let apprise = ProcessInfo.processInfo.environment["PGKEEP_TEST_APPRISE"]

    /// A receiver of webhooks; with a certificate that nobody trusts, if wanted.
    static func webhooks<Result>(
        isSelfSigned: Bool = false, in sandbox: Sandbox, _ body: (Receiver) async throws -> Result
    ) async throws -> Result {
        var arguments: [String] = []
        if isSelfSigned {
            let files = ["\(sandbox.folder)/certificate.pem", "\(sandbox.folder)/key.pem"]
            try await shell(
                """
                openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
                    -addext subjectAltName=DNS:localhost -out \(files[0]) -keyout \(files[1]) 2>&1
                """)
            arguments = files
        }
        return try await with("python3", "receiver.py", arguments, in: sandbox, body)
    }

    /// A mail server.
    static func mail<Result>(
        user: String, password: String, in sandbox: Sandbox, _ body: (Receiver) async throws -> Result
    ) async throws -> Result {
        let folder = try #require(apprise, "PGKEEP_TEST_APPRISE is not set; run scripts/test")
        return try await with("\(folder)/python3", "mailbox.py", [user, password], in: sandbox, body)
    }

    private static func with<Result>(
        _ python: String, _ script: String, _ arguments: [String], in sandbox: Sandbox,
        _ body: (Receiver) async throws -> Result
    ) async throws -> Result {
        let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures").path
        let folder = "\(sandbox.folder)/receiver-\(UUID().uuidString.prefix(4))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let words = arguments.map { "'\($0)'" }.joined(separator: " ")
        try await shell(
            "\(python) \(fixtures)/\(script) \(folder) \(words) </dev/null >\(folder)/log 2>&1 & echo $! >\(folder)/pid"
        )
        do {
            try await until("the receiver listens", seconds: 180) {
                FileManager.default.fileExists(atPath: "\(folder)/port")
            }
            let port = try #require(Int(String(contentsOfFile: "\(folder)/port", encoding: .utf8)))
            let result = try await body(Receiver(folder: folder, port: port))
            try await shell("kill $(cat \(folder)/pid)")
            return result
        } catch {
            try await shell("kill $(cat \(folder)/pid)")
            throw error
        }
    }

    var address: String { "http://127.0.0.1:\(port)" }

    /// What came so far to paths that begin so.
    func requests(_ path: String = "/") throws -> [Request] {
        guard FileManager.default.fileExists(atPath: "\(folder)/requests.jsonl") else { return [] }
        let text = try String(contentsOfFile: "\(folder)/requests.jsonl", encoding: .utf8)
        return try text.split(separator: "\n").map { try JSONDecoder().decode(Request.self, from: Data($0.utf8)) }
            .filter { $0.path.hasPrefix(path) }
    }

    /// The mails that came so far, as they came.
    func mails() throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasPrefix("message.") && !$0.hasSuffix(".partial") }
        return try names.sorted().map { try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
    }

    /// From now on flaky paths answer well.
    func recover() throws { try Data().write(to: URL(fileURLWithPath: "\(folder)/up")) }
}

extension Trait where Self == ConditionTrait {
    /// For tests that need apprise: without it they are skipped on a laptop, and fail where they must run.
    static var apprise: Self {
        .enabled("PGKEEP_TEST_APPRISE is not set") {
            Receiver.apprise != nil || ProcessInfo.processInfo.environment["CI"] == "true"
        }
    }
}
