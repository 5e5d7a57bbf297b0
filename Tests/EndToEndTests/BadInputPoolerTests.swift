import Foundation
import Testing

@Suite("Bad input: a pooler in between", .lendsServer, .enabled(if: FaultServer.isPossible))
struct BadInputPoolerTests {
    /// What changes with settings of the database that a pooler keeps from being overruled.
    private static let forms = """
        CREATE TABLE public.forms AS
        SELECT n, decode(md5(n::text), 'hex') AS bytes, '2026-01-27 02:00:00Z'::timestamptz + n * interval '1 day' AS at,
               (n * 1.25)::numeric::money AS price
        FROM generate_series(1, 50) n;
        """

    @Test(
        "A pooler in transaction or statement mode ends backup, restore and undo with 7 and the address to give",
        arguments: ["transaction", "statement"])
    func refused(mode: String) async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                let before = try await server.fingerprint(name)
                let commands = [
                    ["backup"], ["restore", archive, "--yes"], ["restore", archive, "--table", "things"],
                    ["restore", "--undo", "--yes"],
                ]
                try await PgBouncer.with(mode, to: server) { port in
                    for arguments in commands {
                        try await sandbox.refuses(
                            7, "pooler", "127.0.0.1:\(port)", hint: "the server's own address into DATABASE_URL",
                            url: server.url(name, port: port), arguments: arguments)
                    }
                }
                #expect(try await server.beside(name).isEmpty)
                #expect(try await server.fingerprint(name) == before)
            }
        }
    }

    /// PgBouncer as it comes refuses a session that asks for `options` at its start; told to ignore them, it drops them.
    @Test(
        "Through a pooler in session mode a backup and a restore are whole, whether it refuses settings or drops them",
        arguments: ["", "extra_float_digits, options"])
    func session(ignored: String) async throws {
        let server = try FaultServer.lent
        try await server.withDatabase(FaultServer.largeData + BadInputPoolerTests.forms) { name in
            try await Sandbox.with { sandbox in
                let before = try await server.fingerprint(name)
                try await PgBouncer.with("session", to: server, ignoring: ignored) { port in
                    let url = server.url(name, port: port)
                    let archive = try await sandbox.backup(url)
                    try await server.psql("DELETE FROM public.things", in: name)
                    let run = try await sandbox.pgkeep("restore", archive, "--prove", "--yes", url: url)
                    #expect(run.status == 0, "\(run)")
                }
                #expect(try await server.fingerprint(name) == before)
            }
        }
    }

    @Test(
        "Where pg_dump's rows would have another form the backup ends with 7, and what the hint says makes it possible",
        arguments: [
            ("bytea_output", "escape", "hex"), ("TimeZone", "Asia/Tokyo", "UTC"),
            ("standard_conforming_strings", "off", "on"),
        ])
    func otherForms(setting: String, value: String, wanted: String) async throws {
        let server = try FaultServer.lent
        try await server.withDatabase(FaultServer.largeData + BadInputPoolerTests.forms) { name in
            try await server.psql("ALTER DATABASE \(name) SET \(setting) = '\(value)'")
            try await Sandbox.with { sandbox in
                let run = try await PgBouncer.with("session", to: server) { port in
                    try await sandbox.refuses(
                        7, "pooler", "\(setting) is \(value) there, not \(wanted)", hint: "ALTER ROLE",
                        url: server.url(name, port: port))
                }
                let statements = try #require(run.hint?.components(separatedBy: "after: ").last)
                try await server.psql(statements)
                try await PgBouncer.with("session", to: server) { port in
                    let archive = try await sandbox.backup(server.url(name, port: port))
                    let run = try await sandbox.pgkeep(
                        "restore", archive, "--into", "\(name)_copy", "--prove", "--yes", url: server.url(name))
                    #expect(run.status == 0, "\(run)")
                }
            }
        }
    }
}

/// A PgBouncer of a test's own.
private enum PgBouncer {
    static func with<Result>(
        _ mode: String, to server: FaultServer, ignoring ignored: String = "", _ body: (Int) async throws -> Result
    ) async throws -> Result {
        let port = try FaultServer.freePort()
        let folder = "\(server.folder)/pooler-\(port)"
        let user = geteuid() == 0 ? "postgres" : NSUserName()
        let settings = """
            [databases]
            * = host=127.0.0.1 port=\(server.port)
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(port)
            unix_socket_dir =
            auth_type = trust
            auth_file = \(folder)/users
            pool_mode = \(mode)
            ignore_startup_parameters = \(ignored)
            logfile = \(folder)/log
            pidfile = \(folder)/pid
            """
        try await shell(
            """
            install -d -o \(user) \(folder); echo '"postgres" ""' > \(folder)/users
            cat > \(folder)/ini <<'END'
            \(settings)
            END
            \(geteuid() == 0 ? "runuser -u postgres -- " : "")/usr/sbin/pgbouncer -d \(folder)/ini </dev/null >/dev/null 2>&1
            """)
        try await until("the pooler doesn't answer") {
            (try? await shell("\(server.tools)/psql -X '\(server.url("postgres", port: port))' -c 'SELECT 1'")) != nil
        }
        do {
            let result = try await body(port)
            try await shell("kill $(cat \(folder)/pid)")
            return result
        } catch {
            try await shell("kill $(cat \(folder)/pid)")
            throw error
        }
    }
}
