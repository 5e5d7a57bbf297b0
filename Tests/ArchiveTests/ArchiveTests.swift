import Foundation
import PGKeepModel
import Testing

@testable import PGKeepArchive

@Suite struct ArchiveTests {
    private static let target = CopyTarget(
        name: QualifiedName(schema: "public", name: "orders"), table: "public.orders", columns: "a")

    /// A small archive with a unit of each of three kinds.
    private func archive(_ compression: Compression) throws -> [UInt8] {
        let file = MemoryFile()
        let writer = ArchiveWriter(sink: file, compression: compression)
        let encoder = try UnitEncoder(compression)
        try put("SELECT 1;\n", .schema, writer, encoder)
        try writer.completeSchema()
        try append(rows: "1\n2\n", of: ArchiveTests.target, to: writer, encoder)
        try put("SELECT 2;\n", .finish, writer, encoder)
        _ = try writer.finish(.sample(compression), with: encoder)
        return file.bytes
    }

    private func put(_ text: String, _ kind: UnitEntry.Kind, _ writer: ArchiveWriter, _ encoder: UnitEncoder) throws {
        try Array(text.utf8).withUnsafeBytes {
            try writer.append(ArchiveWriter.Unit(kind: kind, contents: [], parts: [$0]), with: encoder)
        }
    }

    private func readAll(_ bytes: [UInt8], _ compression: Compression) throws -> [String] {
        let reader = try ArchiveReader(MemoryFile(bytes), compression: compression)
        let decoder = UnitDecoder(compression)
        return try reader.index.units.map { String(decoding: try reader.text(of: $0, with: decoder), as: UTF8.self) }
    }

    @Test("An archive is read back: header, tables, units, text", arguments: threeCompressions)
    func roundTrip(compression: Compression) throws {
        let bytes = try archive(compression)
        let reader = try ArchiveReader(MemoryFile(bytes), compression: compression)
        #expect(reader.index.header == .sample(compression))
        #expect(reader.index.tables.map(\.rows) == [2])
        #expect(reader.index.tables[0].rawBytes == 4)
        #expect(reader.index.units.map(\.kind) == [.schema, .rows, .finish])
        #expect(reader.footer.rows == 2 && reader.footer.tables == 1)
        #expect(reader.footer.rawBytes == reader.index.units.reduce(0) { $0 + $1.rawLength })
        #expect(
            try readAll(bytes, compression) == [
                "SELECT 1;\n", "COPY public.orders (a) FROM stdin;\n1\n2\n\\.\n\n", "SELECT 2;\n",
            ])
        #expect(try archive(compression) == bytes)
    }

    @Test("Every changed bit of an archive is found", arguments: threeCompressions)
    func bits(compression: Compression) throws {
        let bytes = try archive(compression)
        // Each bit of the units and the footer; of the index, which one SHA-256 covers, one a byte.
        for place in bytes.indices {
            var flipped = bytes
            flipped[place] ^= 1 << (place % 8)
            #expect(throws: PGKeepError.self, "byte \(place)") { try readAll(flipped, compression) }
        }
    }

    @Test("Every truncated archive is damaged", arguments: threeCompressions)
    func truncations(compression: Compression) throws {
        let bytes = try archive(compression)
        for length in 0..<bytes.count {
            #expect { try ArchiveReader(MemoryFile(Array(bytes[..<length])), compression: compression) } throws: {
                ($0 as? PGKeepError)?.code == .damaged
            }
        }
    }

    @Test("Units that changed places are found")
    func reordered() throws {
        let bytes = try archive(.none)
        let units = try ArchiveReader(MemoryFile(bytes), compression: .none).index.units
        let swapped =
            bytes[10..<(bytes.count)].prefix(Int(units[1].length)) + bytes[..<10]
            + bytes[(10 + Int(units[1].length))...]
        #expect(throws: PGKeepError.self) { try readAll(Array(swapped), .none) }
    }

    /// An archive of 30 bytes of units with any index, both with right checksums.
    private func forged(_ change: (inout ArchiveIndex, inout ArchiveFooter) -> Void) throws -> MemoryFile {
        func unit(_ offset: Int64) -> UnitEntry {
            UnitEntry(kind: .rows, offset: offset, length: 10, rawLength: 10, rows: 1, tables: [0], sha256: "")
        }
        var index = ArchiveIndex(
            header: .sample(.none), tables: [TableSummary(table: "public.t", columns: "a", rows: 3)],
            units: [unit(0), unit(10), unit(20)])
        var footer = ArchiveFooter(
            indexOffset: 30, indexLength: 0, indexSHA256: "", createdAt: index.header.createdAt, tables: 1, rows: 3,
            rawBytes: 30)
        change(&index, &footer)
        let text = try IndexCodec.encode(index)
        footer.indexLength = Int64(text.count)
        footer.indexSHA256 = try sha256(of: text)
        return MemoryFile([UInt8](repeating: 0, count: 30) + text + footer.encoded(.none))
    }

    /// As the writer computes it for a unit.
    private func sha256(of bytes: [UInt8]) throws -> String {
        let writer = ArchiveWriter(sink: MemoryFile(), compression: .none)
        let encoder = try UnitEncoder(.none)
        try put(String(decoding: bytes, as: UTF8.self), .schema, writer, encoder)
        return try writer.finish(.sample(.none), with: encoder).index.units[0].sha256
    }

    @Test("A forged archive that is consistent is read: the changes below are what is found")
    func unforged() throws { _ = try ArchiveReader(forged { _, _ in }, compression: .none) }

    @Test("An index with gaps, overlaps, missing units or other sums than the footer's is damage", arguments: 0..<13)
    func layout(number: Int) throws {
        let file = try forged { index, footer in
            switch number {
            case 0: index.units[1].offset = 11
            case 1: index.units[1].offset = 9
            case 2: index.units.removeLast()
            case 3: index.units.swapAt(0, 1)
            case 4: index.units[2].length = 0
            case 5: index.units[2].length = 11
            case 6: index.units[0].length = .max
            case 7: index.units[0].rawLength = .max
            case 8: index.units[0].rawLength = -1
            case 9: index.units[0].tables = [1]
            case 10: index.tables.append(TableSummary(table: "public.u", columns: "", rows: .max))
            case 11: footer.rows = 4
            default: footer.createdAt += 1
            }
        }
        #expect { try ArchiveReader(file, compression: .none) } throws: { ($0 as? PGKeepError)?.code == .damaged }
    }

    @Test("An index of a newer format is refused with what to do")
    func newerFormat() throws {
        let file = try forged { index, _ in index.header.format = 2 }
        #expect { try ArchiveReader(file, compression: .none) } throws: {
            ($0 as? PGKeepError)?.hint?.contains("newer") == true
        }
    }

    @Test("Rows that come before the schema is complete stand behind it")
    func rowsWait() throws {
        let file = MemoryFile()
        let writer = ArchiveWriter(sink: file, compression: .gzip(1))
        let encoder = try UnitEncoder(.gzip(1))
        try append(rows: "1\n", of: ArchiveTests.target, to: writer, encoder)
        try put("SELECT 1;\n", .schema, writer, encoder)
        try writer.completeSchema()
        let (index, _, _) = try writer.finish(.sample(.gzip(1)), with: encoder)
        #expect(index.units.map(\.kind) == [.schema, .rows])
        #expect(try readAll(file.bytes, .gzip(1)).last?.hasPrefix("COPY") == true)
    }

    @Test("A unit too large to hold twice is streamed, and read back", arguments: threeCompressions)
    func streamed(compression: Compression) throws {
        let file = MemoryFile()
        let writer = ArchiveWriter(sink: file, compression: compression)
        let encoder = try UnitEncoder(compression)
        try writer.completeSchema()
        let row = [UInt8](repeating: UInt8(ascii: "x"), count: 33 << 20) + [.newline]
        var tally = RowTally()
        row.withUnsafeBytes { tally.add(lines: $0) }
        let place = writer.place(of: ArchiveTests.target, throughRoot: false)
        try ArchiveTests.target.statement.withUnsafeBytes { statement in
            try row.withUnsafeBytes { row in
                try Array("\\.\n\n".utf8).withUnsafeBytes { end in
                    let content = ArchiveWriter.Content(table: place, tally: tally)
                    try writer.append(
                        ArchiveWriter.Unit(kind: .rows, contents: [content], parts: [statement, row, end]),
                        with: encoder)
                }
            }
        }
        try put("SELECT 2;\n", .finish, writer, encoder)
        let (index, _, bytes) = try writer.finish(.sample(compression), with: encoder)
        #expect(bytes == file.byteCount)
        #expect(index.units[0].rawLength == Int64(row.count + ArchiveTests.target.statement.count + 4))
        let reader = try ArchiveReader(file, compression: compression)
        let text = try reader.text(of: index.units[0], with: UnitDecoder(compression))
        #expect(text == ArchiveTests.target.statement + row + Array("\\.\n\n".utf8))
        let last = try reader.text(of: index.units[1], with: UnitDecoder(compression))
        #expect(last == Array("SELECT 2;\n".utf8))
    }

    @Test("Many threads put units in at once; the archive has them all")
    func threads() async throws {
        let file = MemoryFile()
        let writer = ArchiveWriter(sink: file, compression: .gzip(1))
        try await withThrowingTaskGroup { group in
            for thread in 0..<8 {
                group.addTask {
                    let encoder = try UnitEncoder(.gzip(1))
                    for number in 0..<50 {
                        try append(rows: "\(thread * 50 + number)\n", of: ArchiveTests.target, to: writer, encoder)
                        if thread == 0, number == 25 { try writer.completeSchema() }
                    }
                }
            }
            try await group.waitForAll()
        }
        _ = try writer.finish(.sample(.gzip(1)), with: UnitEncoder(.gzip(1)))
        let texts = try readAll(file.bytes, .gzip(1))
        #expect(Set(texts).count == 400)
        let all = Array((0..<400).map { "\($0)\n" }.joined().utf8)
        var expected = RowTally()
        all.withUnsafeBytes { expected.add(lines: $0) }
        let table = try ArchiveReader(file, compression: .gzip(1)).index.tables[0]
        #expect(table.hash == expected.hash && table.rows == 400)
    }

    @Test("Nobody waits for ever at a gate that was closed for good")
    func gate() {
        let gate = Gate()
        gate.fail(PGKeepError(.failed, "first"))
        gate.fail(PGKeepError(.failed, "second"))
        #expect { try gate.wait() } throws: { ($0 as? PGKeepError)?.message == "first" }
    }

    @Test("The content hash is the sum of XXH3-64 with seed 0, whatever the order")
    func contentHash() {
        // As `printf abc | xxhsum -H3` and `xxhsum -H3 /dev/null` print them.
        #expect(tally("abc\n").hash.description == "78af5f94892f3950")
        #expect(tally("\n").hash.description == "2d06800538d394c2")
        #expect(tally("abc\n\n").hash.description == "a5b5df99c202ce12")
        #expect(tally("a\nb\nc\n") == tally("c\na\nb\n"))
        #expect(tally("a\nb\n").hash != tally("ab\n\n").hash)
    }

    private func tally(_ rows: String) -> RowTally {
        var tally = RowTally()
        Array(rows.utf8).withUnsafeBytes { tally.add(lines: $0) }
        return tally
    }
}
