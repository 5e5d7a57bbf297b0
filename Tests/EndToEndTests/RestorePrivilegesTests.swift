import Foundation
import Testing

@Suite("Bad input: a role that may not restore", .lendsServer, .enabled(if: FaultServer.isPossible))
struct RestorePrivilegesTests {
    @Test(
        "A role that may not create databases ends with 9 and what to grant, and nothing is touched",
        arguments: [["--yes"], ["--into", "<db>_copy", "--yes"]])
    func noCreateDB(arguments: [String]) async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                try await server.psql("INSERT INTO public.things VALUES (100000, 'later')", in: name)
                let before = try await server.fingerprint(name)
                let role = "weak_\(name)"
                try await server.psql("CREATE ROLE \(role) LOGIN")
                let line = ["restore", archive] + arguments.map { $0.replacing("<db>", with: name) }
                let run = try await sandbox.pgkeep(line, url: server.url(name, user: role))
                #expect(run.status == 9, "\(run)")
                #expect(run.talk.contains(role) || run.output.contains(role), "\(run)")
                #expect(run.talk.contains("CREATEDB") || run.output.contains("CREATEDB"), "\(run)")
                #expect(try await server.beside(name).isEmpty)
                #expect(try await server.fingerprint(name) == before)
                // What it says to grant is what was missing: the next refusal, if there is one, is another.
                try await server.psql("ALTER ROLE \(role) CREATEDB")
                let next = try await sandbox.pgkeep(line, url: server.url(name, user: role))
                #expect(!next.talk.contains("CREATEDB") && !next.output.contains("CREATEDB"), "\(next)")
                try await server.psql("DROP DATABASE IF EXISTS \(name)_copy")
                try await server.psql("DROP ROLE \(role)")
            }
        }
    }
}
