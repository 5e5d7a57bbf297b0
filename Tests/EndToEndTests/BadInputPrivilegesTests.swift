import Foundation
import Testing

@Suite("Bad input: what the role may not read", .lendsServer, .enabled(if: FaultServer.isPossible))
struct BadInputPrivilegesTests {
    /// A database that a role of its own may read all of, until `revoking` takes something.
    private func withReader(
        _ revoking: String, _ body: (_ name: String, _ url: String, _ role: String) async throws -> Void
    ) async throws {
        let server = try FaultServer.lent
        let role = "reader_\(UUID().uuidString.prefix(6).lowercased())"
        try await server.withDatabase { name in
            try await server.psql(
                """
                CREATE ROLE \(role) LOGIN;
                CREATE SCHEMA side; CREATE TABLE side."Odd ""one" (n int); CREATE SEQUENCE side.steps;
                CREATE TABLE public.guarded (n int); ALTER TABLE public.guarded ENABLE ROW LEVEL SECURITY;
                GRANT USAGE ON SCHEMA public, side TO \(role);
                GRANT SELECT ON ALL TABLES IN SCHEMA public, side TO \(role);
                GRANT SELECT ON ALL SEQUENCES IN SCHEMA public, side TO \(role);
                GRANT SELECT ON LARGE OBJECT 90000 TO \(role);
                ALTER ROLE \(role) BYPASSRLS;
                """.replacing("<role>", with: role), in: name)
            do {
                try await server.psql(revoking.replacing("<role>", with: role), in: name)
                try await body(name, server.url(name, user: role), role)
                try await server.psql("DROP OWNED BY \(role)", in: name)
                try await server.psql("DROP ROLE \(role)")
            } catch {
                try await server.psql("DROP OWNED BY \(role)", in: name)
                try await server.psql("DROP ROLE \(role)")
                throw error
            }
        }
    }

    @Test("A role that may read everything makes a backup")
    func everything() async throws {
        try await withReader("SELECT 1") { _, url, _ in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(url)
                let run = try await sandbox.pgkeep("verify", archive, url: url)
                #expect(run.status == 0, "\(run)")
            }
        }
    }

    @Test(
        "What the role can't read is named, and ends with 9",
        arguments: [
            ("REVOKE SELECT ON public.things FROM <role>", "table public.things"),
            ("REVOKE SELECT ON side.\"Odd \"\"one\" FROM <role>", "table side.\"Odd \"\"one\""),
            ("REVOKE SELECT ON public.counter FROM <role>", "sequence public.counter"),
            ("REVOKE SELECT ON LARGE OBJECT 90000 FROM <role>", "large object 90000"),
            ("REVOKE USAGE ON SCHEMA side FROM <role>", "table side.\"Odd \"\"one\" (no USAGE on its schema)"),
            ("ALTER ROLE <role> NOBYPASSRLS", "table public.guarded (row security hides rows)"),
            (
                "REVOKE SELECT ON public.things FROM <role>; GRANT SELECT (n) ON public.things TO <role>",
                "table public.things"
            ),
        ])
    func unreadable(revoking: String, named: String) async throws {
        try await withReader(revoking) { name, url, role in
            try await Sandbox.with { sandbox in
                try await sandbox.backup(try FaultServer.lent.url(name))
                let run = try await sandbox.refuses(9, named, name, hint: "GRANT", url: url)
                #expect(run.error.contains(role), "\(run)")
            }
        }
    }

    @Test("The hint's own grants make the backup possible")
    func hintHelps() async throws {
        let server = try FaultServer.lent
        try await withReader(
            "REVOKE SELECT ON ALL TABLES IN SCHEMA public, side FROM <role>; ALTER ROLE <role> NOBYPASSRLS"
        ) { name, url, role in
            try await Sandbox.with { sandbox in
                let run = try await sandbox.refuses(
                    9, "public.things", "public.guarded", hint: "pg_read_all_data", url: url)
                let hint = try #require(run.hint).replacing("pgkeep: hint: as a superuser: ", with: "")
                let statements = hint.split(separator: ";").prefix(2).joined(separator: ";")
                try await server.psql(statements, in: name)
                try await sandbox.backup(url)
            }
        }
    }
}
