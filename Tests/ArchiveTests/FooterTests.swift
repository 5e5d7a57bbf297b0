import Foundation
import PGKeepModel
import Testing

@testable import PGKeepArchive

@Suite struct FooterTests {
    private static let footer = ArchiveFooter(
        indexOffset: 40, indexLength: 2, indexSHA256: String(repeating: "0f", count: 32),
        createdAt: Date(timeIntervalSince1970: 1_769_479_200), tables: 3, rows: 1_000, rawBytes: 123_456)

    private func archive(_ compression: Compression) -> [UInt8] {
        [UInt8](repeating: 1, count: 42) + FooterTests.footer.encoded(compression)
    }

    @Test("A footer is read back, and has its fixed length", arguments: threeCompressions)
    func roundTrip(compression: Compression) throws {
        let bytes = archive(compression)
        #expect(bytes.count == 42 + ArchiveFooter.storedLength(compression))
        #expect(try ArchiveFooter.read(from: MemoryFile(bytes), compression: compression) == FooterTests.footer)
    }

    @Test("It is a member or frame of its own that any decoder reads", arguments: [Compression.gzip(1), .zstd(3)])
    func member(compression: Compression) throws {
        let stored = FooterTests.footer.encoded(compression)
        let text = try gather { take in
            try stored.withUnsafeBytes { try UnitDecoder(compression).decodeUnmeasured($0, piece: take) }
        }
        #expect(text == FooterTests.footer.encoded(.none))
        #expect(text.starts(with: "-- pgkeep footer 1 ".utf8) && text.last == .newline && text.count == 256)
        #expect(text.dropLast().allSatisfy { $0 != .newline })
    }

    @Test("Every single changed bit of the footer is found", arguments: threeCompressions)
    func bits(compression: Compression) {
        let bytes = archive(compression)
        for bit in (42 * 8)..<(bytes.count * 8) {
            var flipped = bytes
            flipped[bit / 8] ^= 1 << (bit % 8)
            #expect(isDamage(flipped, compression), "bit \(bit)")
        }
    }

    @Test("Every truncation, and any byte more, is found", arguments: threeCompressions)
    func truncations(compression: Compression) {
        let bytes = archive(compression)
        for length in 0..<bytes.count { #expect(isDamage(Array(bytes[..<length]), compression), "\(length)") }
        #expect(isDamage(bytes + [0], compression))
        #expect(isDamage([0] + bytes, compression))
        #expect(isDamage(Array(bytes.dropFirst()), compression))
    }

    @Test(
        "Numbers too large or not numbers are damage, not a crash",
        arguments: ["9999999999999999999", "-000000000000001", "+000000000000001"])
    func numbers(text: String) {
        for key in ["rows=", "rawBytes=", "index="] {
            let line = String(decoding: FooterTests.footer.encoded(.none), as: UTF8.self)
            guard let place = line.range(of: key) else { return }
            let end = line.index(place.upperBound, offsetBy: 16)
            let forged = line.replacingCharacters(in: place.upperBound..<end, with: text)
            #expect(isDamage(Array(forged.utf8), .none))
        }
    }

    private func isDamage(_ bytes: [UInt8], _ compression: Compression) -> Bool {
        do {
            _ = try ArchiveFooter.read(from: MemoryFile(bytes), compression: compression)
            return false
        } catch { return (error as? PGKeepError)?.code == .damaged }
    }
}
