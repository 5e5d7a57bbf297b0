import PGKeepModel
import Testing

@testable import PGKeepArchive

/// Dumps made by chance: 20,000 with known contents and 8,000 of rubbish, the same ones in every run.
@Suite struct DumpFuzzTests {
    @Test("What is entry, what is text and what are rows is known in any dump, however it is fed", arguments: 0..<8)
    func composed(part: Int) throws {
        for seed in (part * 2500)..<((part + 1) * 2500) {
            var generator = DumpGenerator(seed: seed)
            generator.dump()
            let dump = Array(generator.text.utf8)
            var sizes = SeededGenerator(seed)
            let longest = sizes.pick([1, 3, 20, 200, 5000])
            let found = try scan(dump) { 1 + sizes.below(longest) }
            try #require(found.significant == generator.expected, "seed \(seed)")
            try #require(found.bytes == dump, "seed \(seed)")
        }
    }

    @Test("Any dump is cut into units that are whole on their own and hold the same rows", arguments: 0..<4)
    func cutting(part: Int) throws {
        for seed in (part * 100)..<((part + 1) * 100) {
            var generator = DumpGenerator(seed: seed)
            generator.dump()
            let result = try cut(Array(generator.text.utf8))
            try #require(result.isComplete, "seed \(seed)")
            for unit in result.units {
                let events = try scan(unit.text)
                try #require(unit.entry.rows == events.reduce(0) { $0 + $1.rows }, "seed \(seed)")
            }
            for (number, table) in generator.tables.enumerated() {
                var tally = RowTally()
                Array(table.rows.utf8).withUnsafeBytes { tally.add(lines: $0) }
                let summary = result.index.tables[number]
                try #require(
                    summary.table == table.table && summary.hash == tally.hash && summary.rows == tally.rows,
                    "seed \(seed)")
            }
        }
    }

    @Test("Rubbish never crashes the scanner, and is given on to the byte, however it is fed", arguments: 0..<4)
    func rubbish(part: Int) throws {
        let fragments =
            [
                "--\n", "-- Name: ", "-- Data for Name: ", "; Type: ", "TABLE DATA", "COPY ", "public.t", "(a)",
                " FROM stdin;", "\n", "\n",
                "\\.", "\\.\n", "\\restrict", "\\unrestrict ", "SET default_tablespace = ", "'", "\"", "$$", "$a$", "$",
                "/*", "*/", "E'",
                "\\", ";", " ", "\u{0}", "é", "-- PostgreSQL database dump complete",
            ].map { Array($0.utf8) } + [[0xFF], [0x80], [0x0D]]
        for seed in (part * 2000)..<((part + 1) * 2000) {
            var random = SeededGenerator(seed)
            var soup = Array((random.chance(40) ? "COPY public.t (a) FROM stdin;\n" : "").utf8)
            for _ in 0..<random.below(40) {
                soup += random.chance(10) ? [UInt8(random.below(256))] : random.pick(fragments)
            }
            let whole = outcome(soup) { .max }
            try #require(outcome(soup) { 1 + random.below(7) } == whole, "seed \(seed)")
            // What was not given on is an unfinished last line only.
            try #require(soup.starts(with: whole.bytes), "seed \(seed)")
            try #require(whole.isDamaged || whole.bytes == soup, "seed \(seed)")
        }
    }

    private struct Outcome: Equatable {
        var events: [ScannerEvent]
        var bytes: [UInt8]
        var isDamaged: Bool
    }

    private func outcome(_ soup: [UInt8], by sizes: () -> Int) -> Outcome {
        var scanner = DumpScanner(visitor: ScannerRecorder())
        var isDamaged = false
        do {
            try feed(soup, by: sizes, to: &scanner)
            try scanner.finish()
        } catch { isDamaged = true }
        return Outcome(events: scanner.visitor.events, bytes: scanner.visitor.bytes, isDamaged: isDamaged)
    }
}

extension ScannerEvent {
    /// How many rows these are.
    fileprivate var rows: Int64 {
        guard case .rows(let text) = self else { return 0 }
        return Int64(text.utf8.count { $0 == 10 })
    }
}
