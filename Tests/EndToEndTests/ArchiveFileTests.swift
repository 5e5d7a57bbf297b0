import Foundation
import Testing

/// The files that backups leave: their units, names, modes.
@Suite(.server, .serverLog)
struct ArchiveFileTests {
    private struct Contents: Decodable {
        struct Unit: Decodable {
            var kind: String
            var sha256: String
        }

        var units: [Unit]
    }

    /// Rows of taken-over tables lie in the order in which they were ready, so units are compared as a set.
    @Test("Two backups of an unchanged database have the same units, but for the tokens", arguments: ["500", "100000"])
    func sameUnits(big: String) async throws {
        try await TestDatabase.with(.fixture("everything", ["big": big])) { database in
            let program = Program(database)
            let archives = try await [program.run("backup"), program.run("backup")]
            var seen: [[String]] = []
            for archive in archives {
                let contents = try await program.json("show", archive, "--units", as: Contents.self)
                seen.append(contents.units.filter { $0.kind != "token" }.map { "\($0.kind) \($0.sha256)" }.sorted())
            }
            // Only the larger one has tables that are taken over.
            #expect(seen[0].contains { $0.hasPrefix("rows ") } == (big != "500"))
            #expect(seen[0] == seen[1])
        }
    }

    @Test("Two backups in one second get different names")
    func names() async throws {
        try await TestDatabase.with(.sql("CREATE TABLE public.t AS SELECT 1 AS id")) { database in
            let program = Program(database)
            var archives: Set<String> = []
            for _ in 1...4 { archives.insert(try await program.run("backup")) }
            #expect(archives.count == 4)
            let pattern = /t_[0-9a-f]{12}_manual_backup_\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.sql\.gz/
            for archive in archives {
                let match = try pattern.wholeMatch(in: URL(fileURLWithPath: archive).lastPathComponent)
                #expect(match != nil)
            }
        }
    }

    @Test("Folders are for their owner alone, and so are files, whatever the umask")
    func modes() async throws {
        try await TestDatabase.with(.sql("CREATE TABLE public.t AS SELECT 1 AS id")) { database in
            var variables = Program(database).variables
            variables["PROGRAM"] = Program.path
            try await Shell.run(#"umask 0; "$PROGRAM" backup"#, environment: variables)
            try await Program(database).run("verify", "latest")
            try await Program(database).run("pin", "latest")
            let found = try await Shell.run(#"find "$1" -printf '%y %m %P\n' | sort"#, database.backups)
            let wrong = found.split(separator: "\n").filter { !$0.hasPrefix("d 700 ") && !$0.hasPrefix("f 600 ") }
            #expect(found.contains(".sql.gz\n"))
            #expect(wrong.isEmpty)
        }
    }

    @Test("A backup's memory is bounded by its largest row", arguments: ["true", "zstd:3", "gzip:6"])
    func memory(compression: String) async throws {
        try await TestDatabase.with(.fixture("hugerow", ["megabytes": "200"])) { database in
            var variables = Program(database, environment: ["BACKUP_COMPRESSION": compression]).variables
            variables["PROGRAM"] = Program.path
            variables["REPORT"] = "\(database.folder)/memory"
            let peak = try await Shell.run(
                #"/usr/bin/time -f %M -o "$REPORT" "$PROGRAM" backup >/dev/null; cat "$REPORT""#,
                environment: variables)
            let kibibytes = try #require(Int(peak.trimmingCharacters(in: .whitespacesAndNewlines)))
            // The row as COPY writes it: 25,000 lines of 32 + 6 bytes and two escapes, 200 times.
            let row = 200 * 25_000 * 41
            #expect(kibibytes * 1024 <= (100 << 20) + 2 * row)
        }
    }
}
