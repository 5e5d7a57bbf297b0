import Foundation
import Testing

@Suite("Which backup, and where to", .lendsServer, .enabled(if: FaultServer.isPossible))
struct RestoreWhereTests {
    private let utc = ["BACKUP_TIMEZONE": "UTC"]

    @Test("--at takes the newest backup that is not younger, in the zone that is set or given")
    func at() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let url = server.url(name)
                let first = try await sandbox.backup(url)
                let older = try await server.fingerprint(name)
                try await server.psql("INSERT INTO public.things VALUES (100000, 'later')", in: name)
                let second = try await sandbox.backup(url)
                let newer = try await server.fingerprint(name)
                /// `2026-01-27T02:00:00` of the archive's name.
                func time(_ archive: String) -> String {
                    let parts = archive.suffix("2026-01-27T02-00-00.sql.gz".count).dropLast(7).split(separator: "T")
                    return "\(parts[0])T\(parts[1].replacing("-", with: ":"))"
                }
                let moments: [(String, String)] = [
                    (time(first), older), ("\(time(first))Z", older), (time(second), newer), ("2999-01-01", newer),
                ]
                for (number, (moment, content)) in moments.enumerated() {
                    let copy = "\(name)_copy\(number)"
                    let run = try await sandbox.pgkeep(
                        "restore", "--at", moment, "--into", copy, "--yes", url: url, environment: utc)
                    #expect(run.status == 0, "\(run)")
                    #expect(try await server.fingerprint(copy) == content, "--at \(moment)")
                }
                for moment in ["2000-01-01", "2001-01-01T00:00:00+14:00"] {
                    try await sandbox.refuses(
                        5, "or before", hint: "pgkeep list", url: url,
                        arguments: ["restore", "--at", moment, "--into", "\(name)_none", "--yes"])
                }
                try await sandbox.refuses(
                    64, "not a time", hint: "--at 2026", url: url,
                    arguments: ["restore", "--at", "2026-02-30", "--into", "\(name)_none", "--yes"])
            }
        }
    }

    @Test("--to replaces another database, which undo brings back; --into makes one and never replaces")
    func toAndInto() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase { name in
            try await Sandbox.with { sandbox in
                let url = server.url(name)
                let archive = try await sandbox.backup(url)
                let content = try await server.fingerprint(name)
                let other = "\(name)_other"
                try await server.psql("CREATE DATABASE \(other)")
                try await server.psql(FaultServer.smallData + "DELETE FROM public.things;", in: other)
                let before = try await server.fingerprint(other)
                // Another name in DATABASE_URL is no leave to replace it.
                try await sandbox.refuses(
                    64, "is of database \(name)", hint: "--to \(other)", url: server.url(other),
                    arguments: ["restore", archive, "--yes"])
                try await sandbox.refuses(
                    1, "exists already", hint: nil, url: url, arguments: ["restore", archive, "--into", other, "--yes"])
                #expect(try await server.fingerprint(other) == before)
                let run = try await sandbox.pgkeep("restore", archive, "--to", other, "--yes", url: url)
                #expect(run.status == 0, "\(run)")
                #expect(try await server.fingerprint(other) == content)
                let undo = try await sandbox.pgkeep("restore", "--undo", "--to", other, "--yes", url: url)
                #expect(undo.status == 0, "\(undo)")
                #expect(try await server.fingerprint(other) == before)
                #expect(try await server.fingerprint(name) == content)
                // One that isn't there yet is made.
                let new = try await sandbox.pgkeep("restore", archive, "--to", "\(name)_new", "--yes", url: url)
                #expect(new.status == 0, "\(new)")
                #expect(try await server.fingerprint("\(name)_new") == content)
            }
        }
    }

    @Test("show tells where an archive comes from, its tables by size with rows and hash, and its units")
    func show() async throws {
        let server = try FaultServer.lent
        try await server.withDatabase(FaultServer.largeData) { name in
            try await Sandbox.with { sandbox in
                try await sandbox.backup(server.url(name))
                let run = try await sandbox.pgkeep("show", "latest", url: server.url(name))
                #expect(run.status == 0, "\(run)")
                let lines = run.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
                for (label, value) in [("App:", name), ("Type:", "manual"), ("Tables:", "4"), ("Rows:", "160,500")] {
                    #expect(lines.contains { $0.starts(with: [label, value]) }, "\(label) \(run)")
                }
                let tables = lines.filter { $0.first?.hasPrefix("public.") == true }
                #expect(tables.map(\.first) == ["public.heaps", "public.piles", "public.rest", "public.things"])
                #expect(tables.map { $0[1] } == ["70,000", "70,000", "20,000", "500"])
                // Equal contents have equal hashes, others don't.
                #expect(tables[0].last == tables[1].last && tables[1].last != tables[2].last)
                #expect(tables.allSatisfy { $0.last?.count == 16 })
                for kind in ["schema", "data", "rows", "objects", "finish"] {
                    #expect(lines.contains { $0.first == kind }, "\(kind): \(run)")
                }
            }
        }
    }
}
