import Foundation
import PGKeepModel
import Subprocess
import SystemPackage

/// The program apprise, which knows mail, Slack, Telegram and a hundred more.
///
/// The address goes to it through a pipe, as a file of configuration: it stands neither in the list of processes nor in
/// a file.
struct Apprise: Sendable {
    let path: String

    /// Where programs are, and where pipx puts them.
    static var folders: [String] {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").map(String.init) + [
            "\(NSHomeDirectory())/.local/bin", "/usr/local/bin", "/usr/bin",
        ]
    }

    static func find(in folders: [String] = Apprise.folders) throws -> Apprise {
        let paths = folders.map { "\($0)/apprise" }
        if let path = paths.first(where: FileManager.default.isExecutableFile) { return Apprise(path: path) }
        throw PGKeepError(
            .toolMissing, "the program apprise was not found", cause: "looked in PATH, ~/.local/bin and /usr/local/bin",
            hint: "sudo apt-get install apprise   (or: pipx install apprise)")
    }

    func send(_ text: AlertText, event: AlertNotice.Event, to channel: AlertChannel, _ limits: AlertLimits) async throws
    {
        let type =
            switch event {
            case .opened, .repeated: "failure"
            case .closed: "success"
            case .test: "info"
            }
        let arguments = [
            "--verbose", "--config=/dev/stdin", "--notification-type=\(type)", "--title=\(text.title)",
            "--body=\(text.body)",
        ]
        let address = channel.address.reveal()
        let ended = try await TimeLimit.result(within: limits.whole) {
            try await run(arguments, input: address + "\n")
        }
        guard let (status, words) = ended else {
            throw PGKeepError(
                .failed, "apprise did not deliver to \(channel.name) within \(limits.whole.setting)",
                hint: "export BACKUP_ALERT_TIMEOUT=\((limits.whole * 2).setting)   (if it takes longer)")
        }
        guard status.isSuccess else {
            throw PGKeepError(
                .failed, "apprise could not deliver to \(channel.name)",
                cause: words.isEmpty ? "\(status)" : Apprise.redacted(words, address),
                hint: "try the address by hand: echo test | apprise -vv 'URL'")
        }
    }

    private func run(_ arguments: [String], input: String) async throws -> (TerminationStatus, String) {
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(3))]
        do {
            let result = try await Subprocess.run(
                .path(FilePath(path)), arguments: Arguments(arguments),
                environment: .inherit.updating(Apprise.withheld),
                platformOptions: options, input: .string(input), output: .string(limit: 1 << 20),
                error: .string(limit: 1 << 20))
            let words = [result.standardError, result.standardOutput].map { text in
                text.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            return (result.terminationStatus, words.first { !$0.isEmpty } ?? "")
        } catch let error as SubprocessError {
            throw PGKeepError(.toolMissing, "\(path) could not be run", cause: "\(error)", hint: "\(path) --version")
        }
    }

    /// Secrets that are none of its business, and settings of its own that would send to other places too.
    private static let withheld: [Environment.Key: String?] = [
        "DATABASE_URL": nil, "PGPASSWORD": nil, "BACKUP_ALERTS": nil,
        "BACKUP_ALERT_SECRET": nil, "APPRISE_URLS": nil, "APPRISE_CONFIG": nil,
        "APPRISE_CONFIG_PATH": nil, "PYTHONUTF8": "1",
    ]

    /// What it logged of the failure, else the last line of its words; no part of the address in it but the scheme.
    ///
    /// Apprise hides passwords by itself, but for their first and last letters.
    static func redacted(_ words: String, _ address: String) -> String {
        let logged = words.firstMatch(of: /(?:CRITICAL|ERROR|WARNING) - (.+)/).map { String($0.1) }
        let line = logged ?? words.split(separator: "\n").last.map(String.init) ?? words
        let secret = address.range(of: "://").map { String(address[$0.upperBound...]) } ?? address
        let parts = [secret] + secret.split(whereSeparator: { "/?&=:@,;".contains($0) }).map(String.init)
        let pieces = parts + parts.compactMap(\.removingPercentEncoding)
        return pieces.filter { $0.count >= 3 }.sorted { $0.count > $1.count }
            .reduce(line.replacing(/:\/\/\S+/, with: "://***")) { $0.replacing($1, with: "***") }
    }
}
