import Foundation
import PGKeepModel
import Testing

@testable import PGKeepArchive

/// The reader of `docs/format.md`, in another language and of nothing but that page, reads what we write.
@Suite struct FormatReaderTests {
    private static let orders = CopyTarget(
        name: QualifiedName(schema: "public", name: "orders"), table: "public.orders", columns: "a")
    private static let odd = "public.\"it's\n a \"\"COPY\""
    private static let dump = """
        SET row_security = off;

        --
        -- Data for Name: t; Type: TABLE DATA; Schema: public; Owner: o
        --

        COPY public.t (a) FROM stdin;
        COPY public.orders (a) FROM stdin;
        -- '
        \\\\.
        \\.


        COPY \(odd) ("x
        y") FROM stdin;
        it's
        \\.


        SELECT pg_catalog.setval('public."
        COPY public.orders (a) FROM stdin;
        "', 1);

        """

    private func withArchive(_ compression: Compression, damaging place: Int? = nil, _ body: (String) throws -> Void)
        throws
    {
        var bytes = try cut(
            Array(FormatReaderTests.dump.utf8), compression,
            rows: [(FormatReaderTests.orders, "1\n2\n"), (FormatReaderTests.orders, "3\n")]
        ).file.bytes
        if let place { bytes[place] ^= 1 }
        let path = NSTemporaryDirectory() + "pgkeep-\(UUID().uuidString)\(compression.fileExtension)"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { unlink(path) }
        try body(path)
    }

    private func run(_ arguments: String...) throws -> (output: String, status: Int32) {
        let reader = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
            path: "../../docs/format-reader.py")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", reader.path] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = Pipe()
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (String(decoding: bytes, as: UTF8.self), process.terminationStatus)
    }

    @Test("It lists tables and units, and finds every unit right", arguments: threeCompressions)
    func list(compression: Compression) throws {
        try withArchive(compression) { path in
            let index = try cut(
                Array(FormatReaderTests.dump.utf8), compression,
                rows: [(FormatReaderTests.orders, "1\n2\n"), (FormatReaderTests.orders, "3\n")]
            ).index
            let units = index.units.map {
                "unit \($0.kind.rawValue) \($0.offset) \($0.length) \($0.rawLength) \($0.rows)\n"
            }.joined()
            let list = try run(path).output
            #expect(list.hasSuffix(units))
            #expect(list.contains("table \"public.orders\" 3 \(index.tables[2].hash)\n"))
            #expect(try run(path, "--verify") == ("\(index.units.count) units are as they were written\n", 0))
        }
    }

    @Test("It writes out one table's SQL and nothing else", arguments: threeCompressions)
    func table(compression: Compression) throws {
        try withArchive(compression) { path in
            let preamble = "SET row_security = off;\n"
            let orders = try run(path, "--table", "public.orders").output
            #expect(
                orders == preamble + "COPY public.orders (a) FROM stdin;\n1\n2\n\\.\n\n"
                    + "COPY public.orders (a) FROM stdin;\n3\n\\.\n\n")
            let odd = try run(path, "--table", FormatReaderTests.odd).output
            #expect(odd == preamble + "COPY \(FormatReaderTests.odd) (\"x\ny\") FROM stdin;\nit's\n\\.\n\n")
            let forged = try run(path, "--table", "public.t").output
            #expect(
                forged == preamble + "COPY public.t (a) FROM stdin;\nCOPY public.orders (a) FROM stdin;\n-- '\n"
                    + "\\\\.\n\\.\n\n")
            let status = try run(path, "--table", "public.none").status
            #expect(status == 1)
        }
    }

    @Test("It finds damage in a unit", arguments: threeCompressions)
    func damage(compression: Compression) throws {
        try withArchive(compression, damaging: 20) { path in
            let status = try run(path, "--verify").status
            #expect(status == 1)
        }
    }

    @Test("The usual tools read the whole archive as one script", arguments: [Compression.gzip(1), .gzip(6), .zstd(3)])
    func usualTools(compression: Compression) throws {
        try withArchive(compression) { path in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments =
                compression.fileExtension == ".sql.gz" ? ["gzip", "-dc", path] : ["zstd", "-dcq", path]
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            #expect(text.hasPrefix(FormatReaderTests.dump.prefix(60)))
            #expect(text.split(separator: "\n").last?.hasPrefix("-- pgkeep footer 1 ") == true)
        }
    }
}
