import Foundation
import PGKeepModel
import PGKeepPostgres
import Subprocess
import SystemPackage
import Testing

/// A server of its own for a suite, which the suite may then mistreat.
struct FaultServer: Sendable {
    @TaskLocal static var shared: FaultServer?

    let folder: String
    let port: Int
    let tools: String

    /// The server lent to the suite.
    static var lent: FaultServer {
        get throws { try #require(shared, "the suite lacks the trait .lendsServer") }
    }

    /// PostgreSQL's initdb on this machine; nil if there is none.
    static let initdb: Tool? = try? waiting { try await Tool.find("initdb", forServer: 15, preferring: nil) }

    /// A missing server is a skip on a laptop and a failure in CI.
    static var isPossible: Bool { initdb != nil || ProcessInfo.processInfo.environment["CI"] == "true" }

    /// Starts a server with the settings that backups of all kinds need, and more; of PostgreSQL 15 unless `tools` is
    /// the folder of another one's programs.
    @discardableResult
    static func with<Result: Sendable>(
        tools: String? = nil, settings more: [String: String] = [:],
        _ body: @escaping @Sendable (FaultServer) async throws -> Result
    ) async throws -> Result {
        let tools = if let tools { tools } else { try #require(initdb, "PostgreSQL 15 is not installed").folder }
        let port = try freePort()
        return try await ClusterOfTests.with(tools, settings(port, more)) { folder in
            try await body(FaultServer(folder: folder, port: port, tools: tools))
        }
    }

    /// Starts a server that follows this one by streaming.
    @discardableResult
    func withStandby<Result: Sendable>(
        settings more: [String: String] = [:], _ body: @escaping @Sendable (FaultServer) async throws -> Result
    ) async throws -> Result {
        let port = try FaultServer.freePort()
        let copy: @Sendable (String) -> String = { data in
            "pg_basebackup -D \(data) -d '\(url("postgres"))' -R -X stream -c fast --no-sync"
        }
        return try await ClusterOfTests.with(tools, FaultServer.settings(port, more), madeBy: copy) { folder in
            try await body(FaultServer(folder: folder, port: port, tools: tools))
        }
    }

    /// Waits until this standby shows what the primary had when it was asked.
    func caughtUp(with primary: FaultServer) async throws {
        let position = try await primary.psql("SELECT pg_current_wal_lsn()")
        try await until("the standby does not follow") {
            try await psql("SELECT pg_last_wal_replay_lsn() >= '\(position)'") == "t"
        }
    }

    private static func settings(_ port: Int, _ more: [String: String]) -> [String: String] {
        [
            "listen_addresses": "127.0.0.1", "port": String(port), "fsync": "off", "max_prepared_transactions": "5",
            "wal_level": "logical", "max_connections": "60",
        ].merging(more) { $1 }
    }

    /// The setting by which pgkeep takes this server's own pg_dump.
    var pgBinDirectory: [String: String] { ["PGKEEP_PG_BINDIR": tools] }

    func url(_ database: String, user: String = "postgres", password: String? = nil, port: Int? = nil) -> String {
        let secret = password.map { ":\($0)" } ?? ""
        return "postgresql://\(user)\(secret)@127.0.0.1:\(port ?? self.port)/\(database)"
    }

    /// Runs SQL as the superuser; gives what psql printed, unaligned.
    @discardableResult
    func psql(_ sql: String, in database: String = "postgres") async throws -> String {
        let done = try await Subprocess.run(
            .path(FilePath("\(tools)/psql")),
            arguments: ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url(database), "-f", "-"],
            input: .string(sql), output: .string(limit: 16 << 20), error: .string(limit: 1 << 20))
        guard done.terminationStatus.isSuccess else {
            throw PGKeepError(.failed, "psql failed in \(database)", cause: done.standardError)
        }
        return done.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Makes a database under a name of its own and drops it, and all that a restore made beside it, in the end.
    @discardableResult
    func withDatabase<Result>(
        _ sql: String = FaultServer.smallData, _ body: (String) async throws -> Result
    ) async throws -> Result {
        let name = "t_\(UUID().uuidString.prefix(8).lowercased())"
        try await psql("CREATE DATABASE \(name)")
        do {
            try await psql(sql, in: name)
            let result = try await body(name)
            try await drop(name)
            return result
        } catch {
            try await drop(name)
            throw error
        }
    }

    private func drop(_ name: String) async throws {
        let names = try await psql("SELECT datname FROM pg_database WHERE datname LIKE '\(name)%'")
        for database in names.split(separator: "\n") { try await psql("DROP DATABASE \"\(database)\" WITH (FORCE)") }
    }

    /// The databases beside `name` that a restore made.
    func beside(_ name: String) async throws -> [String] {
        try await psql("SELECT datname FROM pg_database WHERE datname LIKE '\(name)\\_%' ORDER BY 1")
            .split(separator: "\n").map(String.init)
    }

    /// Rows of all tables of the small data, hashed by the server.
    func fingerprint(_ database: String) async throws -> String {
        try await psql(
            """
            SELECT (SELECT md5(string_agg(t::text, '|' ORDER BY n)) FROM public.things t), count(*),
                   (SELECT last_value FROM public.counter), (SELECT count(*) FROM pg_largeobject_metadata)
            FROM public.things
            """, in: database)
    }

    static let smallData = """
        CREATE TABLE public.things (n int PRIMARY KEY, what text NOT NULL);
        INSERT INTO public.things SELECT n, 'thing ' || md5(n::text) FROM generate_series(1, 500) n;
        CREATE SEQUENCE public.counter; SELECT setval('public.counter', 42);
        SELECT lo_from_bytea(90000, 'a large object');
        """

    /// Two tables that are taken over, of some 20 MB each, and one that is just too small for it.
    static let largeData =
        smallData + """
            CREATE TABLE public.heaps (n int, what text);
            INSERT INTO public.heaps SELECT n, repeat(md5(n::text), 8) FROM generate_series(1, 70000) n;
            CREATE TABLE public.piles AS SELECT * FROM public.heaps;
            CREATE TABLE public.rest AS SELECT * FROM public.heaps LIMIT 20000;
            """
}

extension FaultServer {
    static func freePort() throws -> Int {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, length) == 0 && getsockname(socket, address, &length) == 0
            }
        }
        try #require(bound, "no free port")
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

/// A cluster in a temporary folder, run by an unprivileged user, gone with its scope.
enum ClusterOfTests {
    /// `madeBy` gives the command, one of `tools`, that fills a folder with data.
    @discardableResult
    static func with<Result: Sendable>(
        _ tools: String, _ settings: [String: String],
        madeBy make: @Sendable (String) -> String = {
            "initdb -D \($0) -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync --no-instructions"
        },
        _ body: @escaping @Sendable (String) async throws -> Result
    ) async throws -> Result {
        let folder = "/tmp/pgkeep-faults-\(UUID().uuidString.prefix(8).lowercased())"
        let user = geteuid() == 0 ? "postgres" : NSUserName()
        try await shell("install -d -m 0755 -o \(user) \(folder)")
        // The system's libpq is too old for what some servers load: replication, postgres_fdw.
        let become = (geteuid() == 0 ? "runuser -u postgres -- " : "") + "env LD_LIBRARY_PATH=\(tools)/../lib "
        do {
            try await shell("cd \(folder) && \(become)\(tools)/\(make("\(folder)/data"))")
            let options = settings.map { "-c \($0.key)=\($0.value)" }.sorted().joined(separator: " ")
            try await shell(
                "cd \(folder) && \(become)\(tools)/pg_ctl -D \(folder)/data -l \(folder)/log -w -o "
                    + "'-k \(folder) \(options)' start </dev/null")
            let result = try await body(folder)
            try await stop(folder, become + tools)
            return result
        } catch {
            try await stop(folder, become + tools)
            throw error
        }
    }

    private static func stop(_ folder: String, _ tools: String) async throws {
        try await shell(
            "cd /tmp; \(tools)/pg_ctl -D \(folder)/data -m immediate stop >/dev/null 2>&1; rm -rf \(folder)")
    }
}

/// Runs a shell command line; gives its output, throws if it fails.
@discardableResult
func shell(_ line: String) async throws -> String {
    let done = try await Subprocess.run(
        .path("/bin/bash"), arguments: ["-c", line], output: .string(limit: 16 << 20), error: .string(limit: 1 << 20))
    guard done.terminationStatus.isSuccess else {
        throw PGKeepError(.failed, "\(line) failed (\(done.terminationStatus))", cause: done.standardError)
    }
    return done.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
}

/// Waits until something holds, looking at it every 20 ms; fails after `seconds`.
func until(_ what: Comment, seconds: Double = 300, _ holds: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now.advanced(by: .seconds(seconds))
    while try await !holds() {
        try #require(ContinuousClock.now < deadline, what)
        try await Task.sleep(for: .milliseconds(20))
    }
}

private func waiting<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) throws -> Result {
    nonisolated(unsafe) var result: Swift.Result<Result, any Error>?
    let semaphore = DispatchSemaphore(value: 0)
    // Awaited by the semaphore; the value is written before and read after.
    Task.detached {
        do { result = .success(try await body()) } catch { result = .failure(error) }
        semaphore.signal()
    }
    semaphore.wait()
    return try #require(result).get()
}

/// Lends a suite one server of its own.
struct LendsServer: SuiteTrait, TestScoping {
    var isRecursive: Bool { false }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard FaultServer.isPossible else { return try await function() }
        try await withoutActuallyEscaping(function) { function in
            try await FaultServer.with { server in
                try await FaultServer.$shared.withValue(server) { try await function() }
            }
        }
    }
}

extension Trait where Self == LendsServer {
    static var lendsServer: Self { Self() }
}
