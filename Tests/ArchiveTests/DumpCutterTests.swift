import PGKeepModel
import Testing

@testable import PGKeepArchive

@Suite struct DumpCutterTests {
    private static func entry(_ name: String, _ type: String, _ sql: String) -> String {
        "--\n-- Name: \(name); Type: \(type); Schema: public; Owner: o\n--\n\n\(sql)\n\n"
    }

    private static func copy(_ name: String, _ rows: String) -> String {
        entry(name, "TABLE DATA", "COPY public.\(name) (a) FROM stdin;\n\(rows)\\.\n")
    }

    private static let opening =
        "--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\nSET statement_timeout = 0;\n"
        + "SET transaction_timeout = 0;\nSELECT pg_catalog.set_config('search_path', '', false);\n\n"
    private static let closing = "--\n-- PostgreSQL database dump complete\n--\n\n\\unrestrict abc\n\n"
    private static let orders = QualifiedName(schema: "public", name: "orders")

    private func text(_ dump: CutDump, _ kind: UnitEntry.Kind) -> String {
        dump.units.filter { $0.entry.kind == kind }.map(\.text).joined()
    }

    @Test("A dump is cut into schema, data, objects and finish; both tokens stand alone", arguments: threeCompressions)
    func phases(compression: Compression) throws {
        let dump =
            DumpCutterTests.opening + DumpCutterTests.entry("t", "TABLE", "CREATE TABLE public.t (a text);")
            + DumpCutterTests.copy("t", "1\n2\n")
            + DumpCutterTests.entry("s", "SEQUENCE SET", "SELECT pg_catalog.setval('s', 1);")
            + DumpCutterTests.entry("BLOBS", "BLOBS", "BEGIN;\n\nCOMMIT;")
            + DumpCutterTests.entry("i", "INDEX", "CREATE INDEX i ON public.t USING btree (a);")
            + DumpCutterTests.closing
        let cut = try cut(Array(dump.utf8), compression)
        #expect(
            cut.units.map(\.entry.kind)
                == [.schema, .token, .schema, .data, .objects, .finish, .token, .finish])
        #expect(text(cut, .token) == "\\restrict abc\n\\unrestrict abc\n")
        #expect(cut.calls == ["schema", "finish"])
        #expect(cut.isComplete)
        #expect(cut.index.tables.map(\.table) == ["public.t"])
        #expect(cut.index.tables[0].rows == 2 && cut.index.tables[0].rawBytes == 4)
        #expect(cut.units[3].entry.tables == [0] && cut.units[3].entry.rows == 2)
        // Nothing is lost or moved but the one line that older servers refuse.
        let whole = cut.units.map(\.text).joined()
        #expect(whole == dump.replacing("SET transaction_timeout = 0;\n", with: DumpCutterTests.portable))
        #expect(
            cut.preamble == "SET statement_timeout = 0;\n\(DumpCutterTests.portable)"
                + "SELECT pg_catalog.set_config('search_path', '', false);\n")
    }

    private static let portable =
        "SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings "
        + "WHERE name = 'transaction_timeout';\n"

    @Test("A dump without rows or finish passes both gates all the same")
    func onlySchema() throws {
        let dump =
            DumpCutterTests.opening + DumpCutterTests.entry("t", "TABLE", "CREATE TABLE public.t ();")
            + DumpCutterTests.closing
        let cut = try cut(Array(dump.utf8))
        #expect(cut.calls == ["schema", "finish"])
        #expect(cut.isComplete)
    }

    @Test("Rows of taken-over tables come between the dump's rows and its finish")
    func rowsBeforeFinish() throws {
        let dump =
            DumpCutterTests.copy("t", "1\n") + DumpCutterTests.entry("i", "INDEX", "CREATE INDEX i ON public.t (a);")
        let target = CopyTarget(name: DumpCutterTests.orders, table: "public.orders", columns: "a")
        let cut = try cut(Array(dump.utf8), takenOver: [DumpCutterTests.orders], rows: [(target, "1\n2\n3\n")])
        #expect(cut.units.map(\.entry.kind) == [.data, .rows, .finish])
        #expect(cut.units[1].text == "COPY public.orders (a) FROM stdin;\n1\n2\n3\n\\.\n\n")
        #expect(cut.index.tables.map(\.rows) == [1, 3])
    }

    @Test("Rows of a taken-over table in the dump fail the backup")
    func takenOver() {
        #expect {
            try cut(Array(DumpCutterTests.copy("orders", "1\n").utf8), takenOver: [DumpCutterTests.orders])
        } throws: {
            ($0 as? PGKeepError)?.message.contains("public.orders") == true
        }
    }

    @Test("Rows behind the first index fail the backup: no restore could load them")
    func lateRows() {
        let dump =
            DumpCutterTests.entry("i", "INDEX", "CREATE INDEX i ON public.t (a);")
            + DumpCutterTests.copy("orders", "1\n")
        #expect(throws: PGKeepError.self) { try cut(Array(dump.utf8)) }
    }

    @Test("Rows loaded through a partition's root are marked")
    func throughRoot() throws {
        let cut = try cut(Array(DumpCutterTests.copy("orders", "1\n").utf8), partitioned: [DumpCutterTests.orders])
        #expect(cut.index.tables[0].throughRoot)
    }

    @Test("A wrong or missing closing token fails the backup", arguments: ["\\unrestrict abd\n", ""])
    func tokens(closing: String) {
        #expect(throws: PGKeepError.self) { try cut(Array((DumpCutterTests.opening + closing).utf8)) }
    }

    @Test("A dump cut short is not complete")
    func incomplete() throws {
        #expect(try !cut(Array(DumpCutterTests.copy("t", "1\n").utf8)).isComplete)
        let forged = "SELECT '\n-- PostgreSQL database dump complete\n';\n"
        #expect(try !cut(Array(forged.utf8)).isComplete)
    }

    @Test("What earlier entries set stands again at the head of each later unit")
    func sessionState() throws {
        let filler = String(repeating: "-", count: 300 << 10)
        let dump =
            "SET default_tablespace = \"a\nb\";\n\n"
            + DumpCutterTests.entry("t", "TABLE", "CREATE TABLE public.t ();\n\(filler)")
            + "SET default_tablespace = '';\n\nSET default_table_access_method = heap;\n\n"
            + DumpCutterTests.entry("u", "TABLE", "CREATE TABLE public.u ();") + DumpCutterTests.copy("t", "1\n")
            + "SET default_tablespace = fast;\n\n"
            + DumpCutterTests.entry("i", "INDEX", "CREATE INDEX i ON public.t (a);")
        let cut = try cut(Array(dump.utf8))
        let heads = cut.units.filter { $0.entry.kind != .data }.map { String($0.text.prefix { $0 != "-" }) }
        #expect(
            heads == [
                "SET default_tablespace = \"a\nb\";\n\n",
                "SET default_tablespace = '';\nSET default_table_access_method = heap;\n",
                "SET default_table_access_method = heap;\nSET default_tablespace = fast;\n",
            ])
    }

    @Test("A large COPY is cut at rows into units of eight mebibytes, each a whole COPY")
    func splitCopy() throws {
        let row = String(repeating: "x", count: 99_999) + "\n"
        let dump = DumpCutterTests.copy("t", String(repeating: row, count: 200)) + DumpCutterTests.copy("u", "1\n")
        let cut = try cut(Array(dump.utf8), .gzip(1))
        #expect(cut.units.count == 3)
        #expect(cut.index.units.map(\.rows).reduce(0, +) == 201)
        #expect(cut.index.tables.map(\.rows) == [200, 1])
        #expect(cut.index.tables[0].rawBytes == 200 * 100_000)
        for (number, unit) in cut.units.enumerated() {
            #expect(unit.text.utf8.count <= (8 << 20) + 4)
            let events = try scan(unit.text)
            #expect(events.count { $0 == .copy(table: "public.t", columns: "a") } == 1)
            #expect(number == 0 || unit.text.hasPrefix("COPY public.t (a) FROM stdin;\nx"))
        }
        #expect(cut.units[2].entry.tables == [0, 1])
    }

    @Test("A row larger than a unit makes a unit of its own")
    func largeRow() throws {
        let rows = "1\n" + String(repeating: "x", count: 9 << 20) + "\n2\n"
        let cut = try cut(Array(DumpCutterTests.copy("t", rows).utf8), .zstd(1))
        #expect(cut.index.units.map(\.rows) == [1, 1, 1])
    }

    @Test("A large object is cut between its writes and goes on where it was")
    func splitLargeObject() throws {
        let write = "SELECT pg_catalog.lowrite(0, '\\x\(String(repeating: "00", count: 1 << 20))');\n"
        let open = "SELECT pg_catalog.lo_open('16400', 131072);\n"
        let close = "SELECT pg_catalog.lo_close(0);\n\n"
        let objects =
            open + String(repeating: write, count: 5) + close + open + "SELECT pg_catalog.lowrite(0, '\\x00');\n"
            + close
        let dump = DumpCutterTests.entry("BLOBS", "BLOBS", "BEGIN;\n\n\(objects)COMMIT;")
        let cut = try cut(Array(dump.utf8), .gzip(1))
        #expect(cut.units.count == 2)
        #expect(cut.units[0].text.hasSuffix("');\n\(close)COMMIT;\n\n"))
        #expect(
            cut.units[1].text.hasPrefix(
                "BEGIN;\n\n\(open)SELECT pg_catalog.lo_lseek64(0, 0, 2);\nSELECT pg_catalog.lowrite("))
        #expect(cut.units.map(\.text).joined().split(separator: "lowrite").count == 7)
    }

    @Test(
        "An entry whose name forges a type goes where its whole statement belongs",
        arguments: [
            (
                "ALTER TABLE ONLY public.\"a; Type: TABLE\"\n    ADD CONSTRAINT p PRIMARY KEY (a);",
                UnitEntry.Kind.finish
            ),
            ("CREATE OR REPLACE VIEW public.\"a; Type: TABLE\" AS\n SELECT 1;", .finish),
            ("CREATE INDEX \"a; Type: TABLE\" ON public.t USING btree (a);", .finish),
            ("COPY public.\"a; Type: TABLE\" (a) FROM stdin;\n1\n\\.\n", .data),
            ("SELECT pg_catalog.setval('public.\"a; Type: TABLE\"', 1);", .data),
            ("COMMENT ON LARGE OBJECT 1 IS '; Type: ';", .objects),
        ])
    func ambiguous(sql: String, kind: UnitEntry.Kind) throws {
        let dump = DumpCutterTests.copy("t", "1\n") + DumpCutterTests.entry("a; Type: TABLE", "X", sql)
        let cut = try cut(Array(dump.utf8))
        #expect(cut.units.last?.entry.kind == kind)
        #expect(cut.units.last?.text.contains(sql) == true)
        #expect(cut.units.map(\.text).joined() == dump)
    }

    @Test("An ambiguous entry without a statement loses nothing")
    func ambiguousWithoutStatement() throws {
        let dump =
            DumpCutterTests.entry("a; Type: X", "TABLE", "") + DumpCutterTests.entry("b; Type: X", "TABLE", "")
            + DumpCutterTests.entry("t", "TABLE", "CREATE TABLE public.t ();")
            + DumpCutterTests.entry("c; Type: X", "TABLE", "")
            + DumpCutterTests.closing.prefix(45)
        let cut = try cut(Array(dump.utf8))
        #expect(cut.isComplete)
        let lines = cut.units.map(\.text).joined().split(separator: "\n").filter { $0 != "--" }
        #expect(lines == dump.split(separator: "\n").filter { $0 != "--" })
    }

    @Test("The same dump gives the same bytes, in whatever pieces it comes", arguments: threeCompressions)
    func deterministic(compression: Compression) throws {
        let dump = Array((DumpCutterTests.opening + DumpCutterTests.copy("t", "1\n2\n") + DumpCutterTests.closing).utf8)
        #expect(try cut(dump, compression).file.bytes == cut(dump, compression, by: { 1 }).file.bytes)
    }
}
