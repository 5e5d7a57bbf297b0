import Foundation
import Testing

/// A museum of damage: copies of one small archive, each spoilt in one way, all of them refused.
@Suite("Damage", .lendsServer, .enabled(if: FaultServer.isPossible))
struct DamageTests {
    /// What `verify --json` says of one archive.
    private struct Verdict: Decodable {
        var name: String
        var valid: Bool
        var problems: [String]
    }

    /// A table, a sequence and a large object, in an archive of a few kilobytes.
    private static let tiny = """
        CREATE TABLE public.things (n int PRIMARY KEY, what text NOT NULL);
        INSERT INTO public.things SELECT n, 'thing ' || n FROM generate_series(1, 20) n;
        CREATE SEQUENCE public.counter; SELECT lo_from_bytea(90000, 'a large object');
        """

    private static let compressions = ["gzip", "zstd", "none"]

    /// Takes a backup and lends its bytes.
    private func withArchive(
        _ compression: String, _ sql: String = tiny,
        _ body: (_ sandbox: Sandbox, _ database: String, _ path: String, _ bytes: [UInt8]) async throws -> Void
    ) async throws {
        let server = try FaultServer.lent
        try await server.withDatabase(sql) { name in
            try await Sandbox.with { sandbox in
                let path = try await sandbox.backup(server.url(name), environment: ["BACKUP_COMPRESSION": compression])
                try await body(sandbox, name, path, [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
            }
        }
    }

    /// The part of an archive's name that tells its format.
    private func suffix(_ compression: String) -> String {
        ["gzip": ".sql.gz", "zstd": ".sql.zst"][compression] ?? ".sql"
    }

    /// Has every one of the spoilt archives verified; each must be called damaged, with a reason.
    private func allAreRefused(
        _ spoilt: [(what: String, bytes: [UInt8])], _ compression: String, in sandbox: Sandbox,
        _ arguments: [String] = []
    ) async throws {
        for start in stride(from: 0, to: spoilt.count, by: 400) {
            let some = spoilt[start..<min(start + 400, spoilt.count)]
            let folder = "\(sandbox.folder)/spoilt"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            var paths: [String] = []
            for (what, bytes) in some {
                paths.append("\(folder)/\(what)\(suffix(compression))")
                try Data(bytes).write(to: URL(fileURLWithPath: paths[paths.count - 1]))
            }
            let run = try await sandbox.pgkeep(["verify", "--json"] + arguments + paths, url: "postgresql://h/d")
            #expect(run.status == 4, "\(run.talk.suffix(2000))")
            let data = Data(run.output.utf8)
            let verdicts =
                some.count == 1
                ? [try JSONDecoder().decode(Verdict.self, from: data)]
                : try JSONDecoder().decode([Verdict].self, from: data)
            #expect(verdicts.count == some.count, "\(run.talk.suffix(2000))")
            for verdict in verdicts {
                #expect(!verdict.valid && !verdict.problems.isEmpty, "\(verdict.name) was not found out")
            }
            try FileManager.default.removeItem(atPath: folder)
        }
    }

    @Test("The archive itself is valid, and so is an exact copy", arguments: compressions)
    func whole(compression: String) async throws {
        try await withArchive(compression) { sandbox, _, path, _ in
            let copy = "\(sandbox.folder)/copy\(suffix(compression))"
            try FileManager.default.copyItem(atPath: path, toPath: copy)
            for arguments in [[], ["--quick"]] {
                let run = try await sandbox.pgkeep(["verify", path, copy] + arguments, url: "postgresql://h/d")
                #expect(run.status == 0, "\(run)")
            }
        }
    }

    @Test("An archive cut short at any byte is damaged", arguments: compressions)
    func truncated(compression: String) async throws {
        try await withArchive(compression) { sandbox, _, _, bytes in
            let lengths = Set(stride(from: 0, to: bytes.count, by: 7)).union(max(0, bytes.count - 700)..<bytes.count)
                .union(0..<300)
            let spoilt = lengths.sorted().map { (what: "cut-\($0)", bytes: Array(bytes[..<$0])) }
            try await allAreRefused(spoilt, compression, in: sandbox)
            try await allAreRefused(Array(spoilt.suffix(300)), compression, in: sandbox, ["--quick"])
        }
    }

    @Test("An archive with any byte changed is damaged", arguments: compressions)
    func flipped(compression: String) async throws {
        try await withArchive(compression) { sandbox, _, _, bytes in
            // Each byte of the first members' headers and of the footer, every third elsewhere; the bit varies.
            let places = Set(stride(from: 0, to: bytes.count, by: 3))
                .union(0..<400).union((bytes.count - 600)..<bytes.count)
            let spoilt = places.sorted().map { place in
                var changed = bytes
                changed[place] ^= 1 << UInt8(place % 8)
                return (what: "bit-\(place)", bytes: changed)
            }
            try await allAreRefused(spoilt, compression, in: sandbox)
        }
    }

    @Test("Every bit of the footer counts", arguments: compressions)
    func footerBits(compression: String) async throws {
        try await withArchive(compression) { sandbox, _, _, bytes in
            let length = ["gzip": 279, "zstd": 266][compression] ?? 256
            let spoilt = ((bytes.count - length)..<bytes.count).flatMap { place in
                (0..<8).map { bit in
                    var changed = bytes
                    changed[place] ^= 1 << UInt8(bit)
                    return (what: "footer-\(place)-\(bit)", bytes: changed)
                }
            }
            try await allAreRefused(spoilt, compression, in: sandbox, ["--quick"])
        }
    }

    @Test("Empty, foreign, doubled, extended and reordered archives are damaged", arguments: compressions)
    func otherwise(compression: String) async throws {
        try await withArchive(compression) { sandbox, database, path, bytes in
            var spoilt: [(what: String, bytes: [UInt8])] = [
                ("empty", []), ("zeroes", Array(repeating: 0, count: bytes.count)),
                ("text", Array("this is no archive\n".utf8)), ("long-text", Array(repeating: 65, count: 100_000)),
                ("noise", (0..<50_000).map { _ in UInt8.random(in: 0...255) }), ("twice", bytes + bytes),
                ("newline", bytes + [10]), ("zero", bytes + [0]), ("head-lost", Array(bytes.dropFirst())),
                ("front-grown", [10] + bytes), ("footer-alone", Array(bytes.suffix(279))),
            ]
            // Units in another order, left out, or twice: the members as the index tells them.
            let show = try await sandbox.pgkeep("show", path, "--json", url: "postgresql://h/\(database)")
            let units = try unitRanges(show.output)
            #expect(units.count >= 4, "\(show)")
            let end = units[units.count - 1].upperBound
            func file(_ order: [Range<Int>]) -> [UInt8] { order.flatMap { bytes[$0] } + bytes[end...] }
            for place in 0..<(units.count - 1) {
                var swapped = units
                swapped.swapAt(place, place + 1)
                spoilt.append(("swapped-\(place)", file(swapped)))
                var without = units
                without.remove(at: place)
                spoilt.append(("without-\(place)", file(without)))
                spoilt.append(("twice-\(place)", file(units + [units[place]])))
            }
            spoilt.append(("reversed", file(units.reversed())))
            try await allAreRefused(spoilt, compression, in: sandbox)
            // A file under the wrong name is not what it says.
            let wrong = compression == "gzip" ? "zstd" : "gzip"
            try await allAreRefused([("renamed", bytes)], wrong, in: sandbox)
        }
    }

    /// Offsets and lengths of the units in what `show --json` prints.
    private func unitRanges(_ json: String) throws -> [Range<Int>] {
        struct Unit: Decodable {
            var offset: Int
            var length: Int
        }
        struct Index: Decodable { var units: [Unit] }
        struct Shown: Decodable {
            var index: Index?
            var units: [Unit]?
        }
        let shown = try JSONDecoder().decode(Shown.self, from: Data(json.utf8))
        return try #require(shown.units ?? shown.index?.units).map { $0.offset..<($0.offset + $0.length) }
    }

    @Test(
        "A damaged archive is not restored: the old database stays, nothing is left beside it", arguments: compressions)
    func notRestored(compression: String) async throws {
        let server = try FaultServer.lent
        try await withArchive(compression, FaultServer.largeData) { sandbox, database, path, bytes in
            try await server.psql("INSERT INTO public.things VALUES (100000, 'later')", in: database)
            let before = try await server.fingerprint(database)
            var spoilt = [Array(bytes.dropLast(1)), Array(bytes[..<(bytes.count / 2)]), []]
            for place in [
                10, 600, bytes.count / 4, bytes.count / 2, bytes.count * 3 / 4, bytes.count - 400, bytes.count - 20,
            ] {
                var changed = bytes
                changed[place] ^= 4
                spoilt.append(changed)
            }
            let file = "\(sandbox.folder)/spoilt\(suffix(compression))"
            for (number, bytes) in spoilt.enumerated() {
                try Data(bytes).write(to: URL(fileURLWithPath: file))
                let run = try await sandbox.pgkeep("restore", file, "--yes", url: server.url(database))
                #expect(run.status == 4, "\(number): \(run)")
                #expect(run.error.contains("spoilt"), "\(number): \(run)")
                #expect(try await server.fingerprint(database) == before)
                #expect(try await server.beside(database).isEmpty, "\(number): \(run)")
            }
            let run = try await sandbox.pgkeep("restore", path, "--yes", url: server.url(database))
            #expect(run.status == 0, "\(run)")
        }
    }
}
