import Foundation
import Subprocess
import SystemPackage
import Testing

/// How a run of pgkeep ended, and what it said.
struct PGKeepRun: Sendable, CustomStringConvertible {
    /// As a shell tells it: of a signal, 128 and its number.
    var status: Int32
    var output: String
    var talk: String

    var description: String { "status \(status)\n--- stdout\n\(output)\n--- stderr\n\(talk)" }
    var hint: String? {
        let lines = talk.split(separator: "\n").filter { $0.hasPrefix("pgkeep: hint: ") }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }
    var error: String { talk.split(separator: "\n").filter { $0.hasPrefix("pgkeep: error: ") }.joined(separator: "\n") }
}

/// A folder with backups and pgkeep at work in it.
struct Sandbox: Sendable {
    let folder: String
    var backups: String { "\(folder)/backups" }

    /// Becomes another user than root, who writes everywhere.
    static let asNobody =
        geteuid() == 0 ? ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []

    @discardableResult
    static func with<Result>(_ body: (Sandbox) async throws -> Result) async throws -> Result {
        let folder = "/tmp/pgkeep-sandbox-\(UUID().uuidString.prefix(8).lowercased())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(Sandbox(folder: folder))
    }

    static let program: String = {
        if let given = ProcessInfo.processInfo.environment["PGKEEP_PROGRAM"] { return given }
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return root.appendingPathComponent(".build/debug/pgkeep").path
    }()

    /// Runs pgkeep to its end; `during` may do something to it meanwhile, knowing its process.
    func pgkeep(
        _ arguments: String..., url: String? = nil, environment: [String: String] = [:], through: [String] = [],
        during: (@Sendable (pid_t) async throws -> Void)? = nil
    ) async throws -> PGKeepRun {
        try await pgkeep(arguments, url: url, environment: environment, through: through, during: during)
    }

    func pgkeep(
        _ arguments: [String], url: String? = nil, environment: [String: String] = [:], through: [String] = [],
        during: (@Sendable (pid_t) async throws -> Void)? = nil
    ) async throws -> PGKeepRun {
        var variables = [
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": folder, "LANG": "C.UTF-8",
            "BACKUP_DIR": backups, "BACKUP_JOBS": "2", "BACKUP_TIMEZONE": "UTC", "PGCONNECT_TIMEOUT": "20",
        ]
        if let url { variables["DATABASE_URL"] = url }
        variables.merge(environment) { $1 }
        let line = through + [Sandbox.program] + arguments
        let done = try await Subprocess.run(
            line[0].hasPrefix("/") ? .path(FilePath(line[0])) : .name(line[0]),
            arguments: Arguments(Array(line.dropFirst())),
            environment: .custom(
                Dictionary(uniqueKeysWithValues: variables.map { (Environment.Key(stringLiteral: $0), $1) })),
            workingDirectory: FilePath(folder), input: .none, output: .string(limit: 64 << 20),
            error: .string(limit: 64 << 20)
        ) { execution in
            try await during?(execution.processIdentifier.value)
        }
        let status: Int32 =
            switch done.terminationStatus {
            case .exited(let code): code
            case .signaled(let number): 128 + number
            }
        return PGKeepRun(status: status, output: done.standardOutput, talk: done.standardError)
    }

    /// Every file below the folder of backups, hidden ones and the journal's too.
    func files() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: backups).sorted()
    }

    /// The archives by name, with their bytes.
    func archives() throws -> [String: Data] {
        guard FileManager.default.fileExists(atPath: backups) else { return [:] }
        let names = try FileManager.default.contentsOfDirectory(atPath: backups)
            .filter { $0.contains(".sql") && !$0.hasPrefix(".") }
        return try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: URL(fileURLWithPath: "\(backups)/\($0)"))) })
    }

    /// A backup that must succeed; the archive's path.
    @discardableResult
    func backup(_ url: String, environment: [String: String] = [:]) async throws -> String {
        let before = Set(try archives().keys)
        let run = try await pgkeep("backup", url: url, environment: environment)
        try #require(run.status == 0, "\(run)")
        let name = try #require(Set(try archives().keys).subtracting(before).first)
        return "\(backups)/\(name)"
    }

    /// Runs something that must fail with `status`, say something of `words`, give a hint, and leave the folder as it was.
    @discardableResult
    func refuses(
        _ status: Int32, _ words: String..., hint: String? = "", url: String? = nil,
        environment: [String: String] = [:], through: [String] = [], arguments: [String] = ["backup"],
        during: (@Sendable (pid_t) async throws -> Void)? = nil,
        at location: SourceLocation = #_sourceLocation
    ) async throws -> PGKeepRun {
        let before = try archives()
        let run = try await pgkeep(
            arguments, url: url, environment: environment, through: through, during: during)
        #expect(run.status == status, "\(run)", sourceLocation: location)
        for word in words { #expect(run.error.contains(word), "no '\(word)' in \(run)", sourceLocation: location) }
        if let hint {
            #expect(
                run.hint.map { hint.isEmpty || $0.contains(hint) } == true, "no hint with '\(hint)' in \(run)",
                sourceLocation: location)
        }
        #expect(try archives() == before, "archives changed: \(run)", sourceLocation: location)
        if FileManager.default.fileExists(atPath: backups) {
            let left = try files().filter { $0.hasSuffix(".partial") }
            #expect(left.isEmpty, "left behind: \(left)", sourceLocation: location)
        }
        return run
    }
}

/// A pg_dump that stops half way until it is let go on: PGKEEP_PG_BINDIR is its folder.
struct GatedDump: Sendable {
    let folder: String

    /// `after` bytes of output go through first.
    init(in sandbox: Sandbox, server: FaultServer, after bytes: Int = 600) throws {
        folder = "\(sandbox.folder)/gate-\(UUID().uuidString.prefix(4))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let script = """
            #!/usr/bin/python3
            import os, signal, subprocess, sys, time
            real, here, parent = '\(server.tools)/pg_dump', '\(folder)', os.getppid()
            if '--version' in sys.argv: os.execv(real, [real, '--version'])
            dump = subprocess.Popen([real] + sys.argv[1:], stdout=subprocess.PIPE)
            def end(*_):
                dump.kill(); os._exit(143)
            signal.signal(signal.SIGTERM, end)
            os.write(1, dump.stdout.read(\(bytes)))
            open(here + '/reached', 'w').close()
            while not os.path.exists(here + '/go'):
                if os.getppid() != parent: end()
                time.sleep(0.02)
            while True:
                piece = dump.stdout.read1(65536)
                if not piece: break
                while piece: piece = piece[os.write(1, piece):]
            sys.exit(dump.wait())
            """
        try Data(script.utf8).write(to: URL(fileURLWithPath: "\(folder)/pg_dump"))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/pg_dump")
    }

    var environment: [String: String] { ["PGKEEP_PG_BINDIR": folder] }

    func reached() async throws {
        try await until("pg_dump never began") { FileManager.default.fileExists(atPath: "\(folder)/reached") }
    }

    func open() { _ = FileManager.default.createFile(atPath: "\(folder)/go", contents: nil) }
}
