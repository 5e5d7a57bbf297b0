import Foundation
import Testing

/// pg_dump is looked for in PATH and in the folders of the distributions; a mount namespace takes those away.
@Suite("Bad input: PostgreSQL's tools", .lendsServer, .enabled(if: FaultServer.isPossible))
struct BadInputToolsTests {
    /// Runs a command in which no PostgreSQL is installed.
    private static let withoutPostgres = [
        "/usr/bin/unshare", "-m", "/bin/bash", "-c",
        """
        mkdir -p /usr/pgsql-99 2>/dev/null; rmdir /usr/pgsql-99 2>/dev/null
        for folder in /usr/lib/postgresql /usr/local/pgsql; do
            [ ! -d $folder ] || mount -t tmpfs tmpfs $folder || exit 99
        done
        PATH=$TOOLS exec "$@"
        """, "bash",
    ]

    private static let mayMount = geteuid() == 0

    /// A folder with a pg_dump that is a script.
    private func tool(_ script: String, in sandbox: Sandbox) throws -> String {
        let folder = "\(sandbox.folder)/tools"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data("#!/bin/bash\n\(script)\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/pg_dump"))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/pg_dump")
        return folder
    }

    @Test("A missing pg_dump ends with 8 and how to install it", .enabled(if: mayMount))
    func missing() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                try await sandbox.backup(server.url(name))
                try await sandbox.refuses(
                    8, "pg_dump was not found", hint: "apt-get install postgresql-client-15", url: server.url(name),
                    environment: ["TOOLS": "/nowhere"], through: BadInputToolsTests.withoutPostgres)
            }
        }
    }

    @Test("A pg_dump older than the server ends with 8 and both versions", .enabled(if: mayMount))
    func tooOld() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let folder = try tool("echo 'pg_dump (PostgreSQL) 14.23 (Debian 14.23-1)'", in: sandbox)
                for environment in [["TOOLS": folder], ["TOOLS": "/nowhere", "PGKEEP_PG_BINDIR": folder]] {
                    try await sandbox.refuses(
                        8, "pg_dump 14.23 is older than the server (PostgreSQL 15)", folder,
                        hint: "apt-get install postgresql-client-15", url: server.url(name), environment: environment,
                        through: BadInputToolsTests.withoutPostgres)
                }
            }
        }
    }

    @Test("An old pg_dump first in PATH is passed over for the one that fits")
    func oldOneFirst() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let folder = try tool("echo 'pg_dump (PostgreSQL) 13.4'", in: sandbox)
                try await sandbox.backup(server.url(name), environment: ["PATH": "\(folder):/usr/bin:/bin"])
            }
        }
    }

    @Test(
        "A pg_dump that can't be run, or says nothing of use, is passed over",
        arguments: ["exit 1", "echo hello", "kill -9 $$"])
    func broken(script: String) async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let folder = try tool(script, in: sandbox)
                try await sandbox.backup(server.url(name), environment: ["PGKEEP_PG_BINDIR": folder])
                // One for another machine, or a library of it is missing.
                try Data("\u{7F}ELF nonsense".utf8).write(to: URL(fileURLWithPath: "\(folder)/pg_dump"))
                try await Task.sleep(for: .seconds(1))
                try await sandbox.backup(server.url(name), environment: ["PGKEEP_PG_BINDIR": folder])
            }
        }
    }

    @Test(
        "A pg_dump that does its work by halves makes no backup",
        arguments: [
            "$REAL \"$@\" | head -c 2000; exit 0", "$REAL \"$@\" | head -c 2000; exit 1", "exit 0",
            "$REAL \"$@\" | head -c 2000; echo 'pg_dump: error: it hurts' >&2; exit 3", "kill -9 $$",
            "$REAL \"$@\" | grep -v 'database dump complete'", "$REAL \"$@\" | grep -v '^.unrestrict'",
            "$REAL \"$@\"; echo 'it hurts' >&2; exit 1",
            "$REAL \"$@\" | sed '/^COPY/,/^..$/{/thing 9/d}' | head -c -60",
            "cat /dev/urandom | head -c 100000", "$REAL \"$@\" | sed 's/^COPY public.things/COPY public.heaps/'",
        ])
    func byHalves(script: String) async throws {
        let server = try FaultServer.lent
        try await server.withDatabase(FaultServer.largeData) { name in
            try await Sandbox.with { sandbox in
                try await sandbox.backup(server.url(name))
                let folder = try tool(
                    "[ \"$1\" = --version ] && exec \(server.tools)/pg_dump --version; REAL=\(server.tools)/pg_dump\n\(script)",
                    in: sandbox)
                let run = try await sandbox.refuses(
                    1, "pg_dump", hint: nil, url: server.url(name), environment: ["PGKEEP_PG_BINDIR": folder])
                if script.contains("it hurts") { #expect(run.error.contains("it hurts"), "\(run)") }
                try await sandbox.backup(server.url(name))
            }
        }
    }
}
