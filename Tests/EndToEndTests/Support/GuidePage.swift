import Foundation
import Testing

/// A page of the guide, as a reader at a terminal meets it: sections with commands, and what is said to come out.
///
/// Blocks of `sh` are run. `sh status=3` says how the last command ends; `sh not-run` is left out, and says so in the
/// text. A block of `text` is what the commands above it print, whatever the numbers.
struct GuidePage {
    struct Block {
        var commands: String
        var status: Int
        var isRun: Bool
        /// The lines of the block of `text` that follows.
        var printed: [String] = []

        /// The lines between `<<'SQL'` and `SQL`.
        var sql: [String] {
            let lines = commands.split(separator: "\n").map(String.init)
            guard let start = lines.firstIndex(where: { $0.hasSuffix("<<'SQL'") }) else { return [] }
            return Array(lines[(start + 1)...].prefix { $0 != "SQL" })
        }
    }

    /// By heading; blocks before the first stand under the page's title.
    var sections: [(heading: String, blocks: [Block])] = []

    init(_ name: String) throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("docs")
        let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        var fence: (info: String, lines: [String])?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if let (info, lines) = fence {
                guard line == "```" else {
                    fence = (info, lines + [line])
                    continue
                }
                fence = nil
                try close(info, lines)
            } else if line.hasPrefix("```") {
                fence = (String(line.dropFirst(3)), [])
            } else if line.hasPrefix("#") {
                sections.append((String(line.drop { $0 == "#" || $0 == " " }), []))
            }
        }
        try #require(fence == nil, "\(name): a block is not closed")
    }

    private mutating func close(_ info: String, _ lines: [String]) throws {
        let words = info.split(separator: " ")
        let last = sections.count - 1
        switch words.first {
        case "sh":
            let status = words.compactMap { Int($0.replacing("status=", with: "")) }.first ?? 0
            sections[last].blocks.append(
                Block(
                    commands: lines.joined(separator: "\n"), status: status, isRun: !words.contains("not-run")))
        case "text":
            try #require(!sections[last].blocks.isEmpty, "\(sections[last].heading): a text without commands")
            sections[last].blocks[sections[last].blocks.count - 1].printed = lines
        default: throw StepFailure(description: "\(sections[last].heading): a block of \(info) is not run by any test")
        }
    }

    /// The blocks below a heading.
    func blocks(_ heading: String) throws -> [Block] {
        try #require(sections.first { $0.heading == heading }, "no heading '\(heading)'").blocks
    }
}

/// A reader of the guide: one shell, in which the blocks run one after the other.
struct GuideReader {
    var sandbox: Sandbox
    var environment: [String: String]
    /// What the page's places are on this machine, such as `/srv/pgkeep`.
    var places: [(written: String, here: String)]

    /// Runs the blocks and compares what they print with the page.
    func follow(_ blocks: [GuidePage.Block], at location: SourceLocation = #_sourceLocation) async throws {
        let run = blocks.filter(\.isRun)
        try #require(!run.isEmpty, sourceLocation: location)
        // The status of each command that fails, wherever in a block it stands.
        var script = "trap 'failures=\"$failures $?\"' ERR\n"
        for (number, block) in run.enumerated() {
            let commands = places.reduce(block.commands) { $0.replacing($1.written, with: $1.here) }
            script += "failures=\n{ \(commands)\n} >\(sandbox.folder)/out.\(number) 2>&1\n"
            script += "echo $failures >\(sandbox.folder)/failures.\(number)\n"
        }
        let program = URL(fileURLWithPath: Sandbox.program).deletingLastPathComponent().path
        let server = try FaultServer.lent
        var variables: [String: String?] = [
            "PATH": "\(program):\(server.tools):/usr/bin:/bin", "HOME": sandbox.folder, "BACKUP_TIMEZONE": "UTC",
            "BACKUP_JOBS": "2", "DATABASE_URL": nil, "BACKUP_DIR": nil, "BACKUP_APP_NAME": nil,
        ]
        for name in ProcessInfo.processInfo.environment.keys where name.hasPrefix("PGKEEP_") {
            variables[name] = .some(nil)
        }
        for (name, value) in environment { variables[name] = value }
        let outcome = try await Shell.start(
            "bash", ["-c", script], environment: variables, folder: sandbox.folder)
        #expect(outcome.succeeded, "\(outcome)", sourceLocation: location)
        var seen: Set<String> = []
        for (number, block) in run.enumerated() {
            let output = try String(contentsOfFile: "\(sandbox.folder)/out.\(number)", encoding: .utf8)
            let failures = try String(contentsOfFile: "\(sandbox.folder)/failures.\(number)", encoding: .utf8)
            #expect(
                Set(failures.split(whereSeparator: \.isWhitespace)) == (block.status == 0 ? [] : ["\(block.status)"]),
                "\(block.commands)\nfailed with \(failures)\n\(output)", sourceLocation: location)
            // SQL that the page says is printed was printed before.
            for line in block.sql {
                #expect(
                    seen.contains(GuideReader.shape(line)), "not printed above: \(line)", sourceLocation: location)
            }
            let lines = Set(output.split(separator: "\n").map { GuideReader.shape(String($0)) })
            seen.formUnion(lines)
            for line in block.printed where !line.isEmpty {
                #expect(
                    lines.contains(GuideReader.shape(line)), "not printed: \(line)\n\(block.commands)\n\(output)",
                    sourceLocation: location)
            }
        }
    }

    /// A line without its numbers, sizes, times, the width of its columns, and what depends on who built the server: its
    /// version's suffix, and the quotes that PostgreSQL 18 puts around a file.
    static func shape(_ line: String) -> String {
        var text = line.replacing(/127\.0\.0\.1:\d+/, with: "HOST")
        text = text.replacing(/\s\(Debian [^)]*\)/, with: "").replacing("\"", with: "")
        text = text.replacing(/\b[0-9a-f]{16}\b/, with: "#")
        text = text.replacing(/\d[\d.,]*/, with: "#").replacing(/# ?(B|KB|MB|GB|ms|s|min)\b/, with: "#")
        return text.replacing(/[ \t]+/, with: " ").replacing(/-{2,}/, with: "-")
    }
}
