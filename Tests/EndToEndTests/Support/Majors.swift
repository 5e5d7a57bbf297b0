import Foundation
import PGKeepPostgres
import Testing

/// A server of each major that pgkeep supports, with databases that tests bring to the others.
struct Majors: Sendable {
    @TaskLocal static var shared: Majors?

    private let servers: [Int: FaultServer]

    static let all = Array(SupportedMajors.all)
    /// Every major with each that is older.
    static let downwards: [(Int, Int)] = all.flatMap { from in all.filter { $0 < from }.map { (from, $0) } }

    /// The servers lent to the suite.
    static var lent: Majors {
        get throws { try #require(shared, "the suite lacks the trait .lendsMajors") }
    }

    /// Missing servers are a skip on a laptop and a failure in CI.
    static var arePossible: Bool { given != nil || ProcessInfo.processInfo.environment["CI"] == "true" }

    private static let given = ProcessInfo.processInfo.environment["PGKEEP_TEST_MAJORS"]

    /// Those whose servers this run has: all, or this machine's own 15 alone.
    static var available: [Int] { arePossible ? all : [15] }

    /// The folder of a major's programs; nil for this machine's own.
    static func tools(of major: Int) throws -> String? { given == nil ? nil : try tools()[major] }

    /// The folders of each major's programs: what `scripts/servers` printed, and this machine's own 15.
    private static func tools() throws -> [Int: String] {
        let given = try #require(given, "PGKEEP_TEST_MAJORS is not set; run scripts/test")
        var tools: [Int: String] = [:]
        for line in given.split(whereSeparator: \.isWhitespace) {
            let parts = line.split(separator: "=", maxSplits: 1)
            try #require(parts.count == 2, "PGKEEP_TEST_MAJORS has lines of MAJOR=FOLDER, not \(line)")
            tools[try #require(Int(parts[0]))] = String(parts[1])
        }
        tools[15] = try tools[15] ?? #require(FaultServer.initdb, "PostgreSQL 15 is not installed").folder
        return tools
    }

    /// Starts all servers and fills them.
    static func with(_ body: @escaping @Sendable (Majors) async throws -> Void) async throws {
        try await start(try tools(), all[...], [:]) { servers in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for server in servers.values { group.addTask { try await fill(server) } }
                try await group.waitForAll()
            }
            try await body(Majors(servers: servers))
        }
    }

    private static func start(
        _ tools: [Int: String], _ rest: ArraySlice<Int>, _ started: [Int: FaultServer],
        _ body: @escaping @Sendable ([Int: FaultServer]) async throws -> Void
    ) async throws {
        guard let major = rest.first else { return try await body(started) }
        let folder = try #require(tools[major], "PGKEEP_TEST_MAJORS lacks PostgreSQL \(major)")
        try await FaultServer.with(tools: folder) { server in
            try await start(tools, rest.dropFirst(), started.merging([major: server]) { $1 }, body)
        }
    }

    /// `everything` goes to the same and to newer majors, `ordinary` to older ones too.
    private static func fill(_ server: FaultServer) async throws {
        try await server.psql(
            "CREATE DATABASE everything TEMPLATE template0; CREATE DATABASE ordinary TEMPLATE template0")
        // Not each of the servers is built with ICU.
        try await TestDatabase.load("everything", ["big": "500", "icu": "0"], into: server.url("everything"))
        try await TestDatabase.load("newer", into: server.url("everything"))
        try await TestDatabase.load("ordinary", into: server.url("ordinary"))
    }

    func server(_ major: Int) throws -> FaultServer { try #require(servers[major]) }

    /// Everything that a database of any of the servers holds, told by the newest psql and pg_dump, which read all.
    func oracle(_ name: String, on major: Int, in sandbox: Sandbox, edits: String = "") async throws -> Oracle {
        let database = TestDatabase(name: name, folder: sandbox.folder, url: try server(major).url(name))
        return try await Oracle.read(database, tools: try server(Majors.all.max() ?? major).tools, edits: edits)
    }
}

/// Lends a suite a server of each major.
struct LendsMajors: SuiteTrait, TestScoping {
    var isRecursive: Bool { false }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard Majors.arePossible else { return try await function() }
        try await withoutActuallyEscaping(function) { function in
            try await Majors.with { majors in
                try await Majors.$shared.withValue(majors) { try await function() }
            }
        }
    }
}

extension Trait where Self == LendsMajors {
    static var lendsMajors: Self { Self() }
}
