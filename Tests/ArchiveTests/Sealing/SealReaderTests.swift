import Foundation
import PGKeepModel
import Testing

@testable import PGKeepArchive

/// The reader of `docs/format.md` opens seals too, with nothing but that page and Python's `cryptography`.
@Suite(.pythonTools) struct SealReaderTests {
    private static let reader = "docs/format-reader.py"
    private static let orders = CopyTarget(
        name: QualifiedName(schema: "public", name: "orders"), table: "public.orders", columns: "a")

    /// A sealed archive of several segments, its key's file, and the same archive in the plain.
    private func withArchive(
        _ compression: Compression, damaging place: Int? = nil, _ body: (String, String, CutDump) throws -> Void
    ) throws {
        let folder = NSTemporaryDirectory() + "pgkeep-seal-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let rows = noise(1_500_000).hexadecimal
        let dump = try cut(
            Array("SET row_security = off;\n\n".utf8), compression,
            rows: [
                (SealReaderTests.orders, "1\n2\n"), (SealReaderTests.orders, "\(rows)\n"),
                (SealReaderTests.orders, "3\n"),
            ])
        let key = try PrivateKey()
        var bytes = try sealed(dump.file.bytes, for: [PrivateKey().recipient, key.recipient]).file.bytes
        if let place { bytes[place] ^= 1 }
        let path = "\(folder)/archive\(compression.fileExtension).enc"
        try Data(bytes).write(to: URL(filePath: path))
        try KeyFile.text(of: key, madeAt: Date()).write(
            toFile: "\(folder)/key", atomically: false, encoding: .utf8)
        try body(path, "\(folder)/key", dump)
    }

    @Test("It lists, verifies and picks out a table", arguments: threeCompressions)
    func reads(compression: Compression) throws {
        try withArchive(compression) { path, key, dump in
            let verified = try PythonTools.run(SealReaderTests.reader, ["--key", key, path, "--verify"])
            #expect(verified.text == "\(dump.index.units.count) units are as they were written\n")
            let list = try PythonTools.run(SealReaderTests.reader, ["--key", key, path])
            #expect(list.text.hasPrefix("table \"public.orders\" 4 \(dump.index.tables[0].hash)\n"))
            let table = try PythonTools.run(SealReaderTests.reader, ["--key", key, path, "--table", "public.orders"])
            #expect(table.text.hasPrefix("SET row_security = off;\nCOPY public.orders (a) FROM stdin;\n1\n2\n"))
            #expect(table.text.hasSuffix("COPY public.orders (a) FROM stdin;\n3\n\\.\n\n"))
        }
    }

    @Test("It writes the plain file")
    func decrypts() throws {
        try withArchive(.gzip(1)) { path, key, dump in
            let plain = try PythonTools.run(SealReaderTests.reader, ["--key", key, path, "--decrypt"])
            #expect(plain.status == 0)
            #expect(plain.output == dump.file.bytes)
        }
    }

    @Test("It opens nothing that was changed, and nothing without the key", arguments: [30, 400, 1_200_000])
    func refuses(place: Int) throws {
        try withArchive(.none, damaging: place) { path, key, _ in
            let opened = try PythonTools.run(SealReaderTests.reader, ["--key", key, path, "--verify"])
            let locked = try PythonTools.run(SealReaderTests.reader, [path, "--verify"])
            #expect(opened.status == 1 && locked.status == 1)
        }
    }
}
