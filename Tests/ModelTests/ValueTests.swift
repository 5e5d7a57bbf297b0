import Foundation
import PGKeepModel
import Testing

@Suite struct ByteCountTests {
    @Test(
        "A number of bytes reads with one decimal and a unit",
        arguments: [
            (0, "0 B"), (1, "1 B"), (1023, "1023 B"), (1024, "1.0 KB"), (1536, "1.5 KB"), (1_048_524, "1023.9 KB"),
            (1_048_525, "1.0 MB"), (47_395_635, "45.2 MB"), (245_891_072, "234.5 MB"), (1 << 30, "1.0 GB"),
            (1 << 40, "1.0 TB"), (1 << 50, "1.0 PB"), (Int64.max, "8192.0 PB"),
        ] as [(Int64, String)])
    func text(bytes: Int64, text: String) {
        #expect("\(ByteCount(bytes))" == text)
    }

    @Test("It adds up, compares and is a plain number in JSON")
    func value() throws {
        var sum = ByteCount.zero
        sum += .mebibytes(2)
        sum += ByteCount(Int64(1))
        #expect(sum == ByteCount(2_097_153 as Int64))
        #expect(sum > .mebibytes(2) && sum + .zero == sum)
        #expect(String(decoding: try JSONEncoder().encode([sum]), as: UTF8.self) == "[2097153]")
        #expect(try JSONDecoder().decode([ByteCount].self, from: Data("[2097153]".utf8)) == [sum])
    }
}

@Suite struct CompressionTests {
    @Test(
        "A compression is read as people write it",
        arguments: [
            ("true", .gzip(1)), ("YES", .gzip(1)), ("on", .gzip(1)), ("1", .gzip(1)), ("false", .none), ("0", .none),
            ("none", .none), ("gzip", .gzip(1)), ("gzip:6", .gzip(6)), ("Gzip:12", .gzip(12)), ("zstd", .zstd(3)),
            ("zstd:1", .zstd(1)), ("zstd:19", .zstd(19)),
        ] as [(String, Compression)])
    func read(text: String, compression: Compression) throws {
        #expect(Compression(text) == compression)
        #expect(Compression("\(compression)") == compression)
        let json = try JSONEncoder().encode([compression])
        #expect(try JSONDecoder().decode([Compression].self, from: json) == [compression])
    }

    @Test(
        "What is no compression is refused",
        arguments: [
            "", "lzma", "gzip:", "gzip:0", "gzip:13", "gzip:x", "gzip:1:2", "zstd:0", "zstd:20", "none:1", "true:1",
            ":1", "gzip 6", "false:",
        ])
    func refused(text: String) {
        #expect(Compression(text) == nil)
    }

    @Test("The extension tells it")
    func fileExtension() {
        #expect([Compression.gzip(6), .zstd(3), .none].map(\.fileExtension) == [".sql.gz", ".sql.zst", ".sql"])
    }
}

@Suite struct RetentionPolicyTests {
    @Test("The limits are 30, 84 and 365 days, and none for manual backups")
    func standard() {
        #expect(Tier.allCases.map { RetentionPolicy.standard.days(for: $0) } == [30, 84, 365, nil])
    }
}
