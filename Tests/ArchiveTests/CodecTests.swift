import PGKeepModel
import Testing

@testable import PGKeepArchive

@Suite struct CodecTests {
    private static func noise(_ count: Int, seed: Int = 1) -> [UInt8] {
        var generator = SeededGenerator(seed)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count { withUnsafeBytes(of: generator.next()) { bytes += $0 } }
        return Array(bytes.prefix(count))
    }

    private static let samples: [[UInt8]] = [
        [], [0], Array("SELECT 1;\n".utf8), [UInt8](repeating: 0, count: (1 << 20) + 1), noise(65_535), noise(65_536),
        noise((1 << 20) + 100),
        Array(repeatElement(Array("17\tEUROPE\tlorem ipsum\n".utf8), count: 40_000).joined()) + noise(100_000),
    ]

    private func encoded(_ raw: [UInt8], _ compression: Compression) throws -> [UInt8] {
        let encoder = try UnitEncoder(compression)
        return try raw.withUnsafeBytes { Array(try encoder.encode($0)) }
    }

    private func streamed(_ parts: [[UInt8]], _ compression: Compression) throws -> [UInt8] {
        let encoder = try UnitEncoder(compression)
        let buffers = parts.map { part in
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: part.count, alignment: 1)
            buffer.copyBytes(from: part)
            return buffer
        }
        defer { for buffer in buffers { buffer.deallocate() } }
        return try gather { take in
            try encoder.encode(buffers.map { UnsafeRawBufferPointer($0) }) {
                #expect($0.count <= 64 << 20)
                take($0)
            }
        }
    }

    private func decoded(_ stored: [UInt8], _ rawLength: Int, _ compression: Compression) throws -> [UInt8] {
        let decoder = UnitDecoder(compression)
        return try gather { take in
            try stored.withUnsafeBytes { try decoder.decode($0, rawLength: rawLength, piece: take) }
        }
    }

    @Test(
        "What every codec and level writes comes back, and the same text gives the same bytes",
        arguments: everyCompression)
    func roundTrip(compression: Compression) throws {
        let encoder = try UnitEncoder(compression)
        let decoder = UnitDecoder(compression)
        for raw in CodecTests.samples {
            let stored = try raw.withUnsafeBytes { Array(try encoder.encode($0)) }
            #expect(try encoded(raw, compression) == stored)
            let whole = try gather { take in
                try stored.withUnsafeBytes { try decoder.decode($0, rawLength: raw.count, piece: take) }
            }
            #expect(whole == raw)
            let pieces = try gather { take in
                try stored.withUnsafeBytes { try decoder.decodeUnmeasured($0, piece: take) }
            }
            #expect(pieces == raw)
        }
    }

    @Test("What is streamed comes back", arguments: threeCompressions + [.gzip(9), .zstd(1)])
    func streams(compression: Compression) throws {
        for raw in CodecTests.samples {
            for cuts in [[0], [0, raw.count / 3, raw.count / 3, raw.count - raw.count / 7]] {
                let parts = zip(cuts, cuts.dropFirst() + [raw.count]).map { Array(raw[$0..<$1]) }
                #expect(try decoded(streamed(parts, compression), raw.count, compression) == raw)
            }
        }
    }

    @Test("A stream whose output fills the buffer to the byte ends all the same")
    func fullBuffer() throws {
        // Noise is stored: its output is a little longer than its input.
        for count in (1 << 20) - 120...(1 << 20) - 60 {
            let raw = Array(CodecTests.samples[6].prefix(count))
            #expect(try decoded(streamed([raw], .gzip(1)), count, .gzip(1)) == raw)
        }
    }

    @Test("A unit above the limit of whole decoding is decoded in pieces", arguments: [Compression.gzip(1), .zstd(1)])
    func large(compression: Compression) throws {
        let part = [UInt8](repeating: 7, count: 33 << 20)
        let stored = try streamed([part, part], compression)
        let decoder = UnitDecoder(compression)
        var total = 0
        try stored.withUnsafeBytes { bytes in
            try decoder.decode(bytes, rawLength: 66 << 20) { piece in
                #expect(piece.count <= 1 << 20)
                total += piece.count
            }
        }
        #expect(total == 66 << 20)
    }

    @Test("A changed, cut or lengthened unit is damage", arguments: [Compression.gzip(1), .gzip(6), .zstd(3)])
    func damage(compression: Compression) throws {
        let raw = Array("1\tEUROPE\n2\tASIA\n2\tASIA\n".utf8)
        let stored = try encoded(raw, compression)
        func isDamage(_ stored: [UInt8]) -> Bool {
            do {
                return try decoded(stored, raw.count, compression) == raw
                    && stored.count == self.encoded(raw, compression).count
            } catch let error as PGKeepError { return error.code == .damaged } catch { return false }
        }
        for length in 0..<stored.count {
            #expect(throws: PGKeepError.self) { try decoded(Array(stored[..<length]), raw.count, compression) }
        }
        for extra in [[0], stored, [UInt8]("\u{1F}\u{8B}".utf8)] {
            #expect(throws: PGKeepError.self) { try decoded(stored + extra, raw.count, compression) }
        }
        for wrong in [0, raw.count - 1, raw.count + 1, 65 << 20] {
            #expect(throws: PGKeepError.self) { try decoded(stored, wrong, compression) }
        }
        // A bit of a header that means nothing may change; the text never does unnoticed.
        for bit in 0..<(stored.count * 8) {
            var flipped = stored
            flipped[bit / 8] ^= 1 << (bit % 8)
            #expect(isDamage(flipped), "bit \(bit)")
        }
    }

    @Test("An uncompressed unit of another length is damage")
    func plainLength() {
        #expect(throws: PGKeepError.self) { try decoded([1, 2, 3], 2, .none) }
    }
}
