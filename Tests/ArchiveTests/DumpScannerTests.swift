import PGKeepModel
import Testing

@testable import PGKeepArchive

@Suite struct DumpScannerTests {
    private static let header = "--\n-- Name: x; Type: INDEX; Schema: public; Owner: o\n--\n\n"
    /// Everything the scanner looks for, forged.
    private static let forged =
        header + "COPY public.t (a) FROM stdin;\n1\n\\.\n\\restrict x\nSET default_tablespace = x;\n"
        + "-- PostgreSQL database dump complete\n"

    @Test("Each line at the top level has its role")
    func roles() throws {
        let dump = """
            \\restrict abc
            SET row_security = off;
            SET default_tablespace = '';
            SET default_table_access_method = heap;
            --
            -- Name: a; Type: TABLE; Schema: public; Owner: o
            --
            CREATE TABLE public.a ();
            -- Name: b; Type: TABLE; Schema: public; Owner: o
            --
            -- Data for Name: a; Type: TABLE DATA; Schema: public; Owner: o
            --
            -- PostgreSQL database dump complete
            \\unrestrict abc

            """
        let roles: [LineRole] = [
            .restrict("abc"), .text, .sessionState("default_tablespace"), .sessionState("default_table_access_method"),
            .rule, .header(.known(.preData)), .rule, .text, .text, .rule, .header(.known(.tableData)), .rule, .complete,
            .unrestrict("abc"),
        ]
        #expect(
            try scan(dump).compactMap { event -> LineRole? in
                guard case .line(_, let role) = event else { return nil }
                return role
            } == roles)
    }

    @Test(
        "Forgeries in quotes, dollar quotes and comments are text",
        arguments: [
            "SELECT '\(forged)';\n", "COMMENT ON TABLE t IS E'\\'\n\(forged)';\n", "CREATE TABLE \"\(forged)\" ();\n",
            "CREATE FUNCTION f() AS $$\n\(forged)$$;\n", "CREATE FUNCTION f() AS $_$\n$$\n\(forged)$$\n\(forged)$_$;\n",
            "SELECT 1 /* /* */\n\(forged) */;\n", "SELECT\n\(header)1;\n",
        ])
    func forgeries(dump: String) throws {
        let events = try scan(dump)
        let allText = events.allSatisfy { event in
            if case .line(_, .text) = event { true } else { false }
        }
        #expect(allText)
    }

    @Test("A header counts only after a rule and outside rows")
    func headerInRows() throws {
        let rows = DumpScannerTests.header + "\\\\.\n\\.x\nx\\.\n \\.\n\n"
        #expect(
            try scan("COPY public.t (a) FROM stdin;\n\(rows)\\.\n") == [
                .line("COPY public.t (a) FROM stdin;\n", .text), .copy(table: "public.t", columns: "a"), .rows(rows),
                .copyEnd,
            ])
    }

    @Test("A COPY without rows, and one right after another")
    func emptyCopies() throws {
        let copy = "COPY public.t  FROM stdin;\n"
        let events: [ScannerEvent] = [.line(copy, .text), .copy(table: "public.t", columns: ""), .rows(""), .copyEnd]
        #expect(try scan("\(copy)\\.\n\(copy)\\.\n") == events + events)
    }

    @Test("The names in a COPY may hold newlines and the end of a COPY line")
    func newlinesInNames() throws {
        let copy = "COPY public.\"a\n FROM stdin;\nb\" (\"c\n\\.\n\", d) FROM stdin;\n"
        let events = try scan("\(copy)1\t2\n\\.\n")
        #expect(
            events.suffix(3) == [
                .copy(table: "public.\"a\n FROM stdin;\nb\"", columns: "\"c\n\\.\n\", d"), .rows("1\t2\n"), .copyEnd,
            ])
    }

    @Test("A session setting of several lines is given whole")
    func settingOfSeveralLines() throws {
        let setting = "SET default_tablespace = \"a\n--\nb\";\n"
        #expect(
            try scan(setting + "SELECT 1;\n") == [
                .line(setting, .sessionState("default_tablespace")), .line("SELECT 1;\n", .text),
            ])
    }

    @Test("A header whose name holds a forged type is ambiguous")
    func ambiguous() throws {
        let events = try scan("--\n-- Name: a; Type: INDEX; Schema: x; Type: TABLE; Schema: public; Owner: o\n--\n")
        #expect(
            events[1]
                == .line(
                    "-- Name: a; Type: INDEX; Schema: x; Type: TABLE; Schema: public; Owner: o\n", .header(.ambiguous)))
    }

    @Test(
        "A dump that ends inside something is damaged",
        arguments: [
            "COPY public.t (a) FROM stdin;\n1\n", "COPY public.t (a) FROM stdin;\n1",
            "COPY public.t (a) FROM stdin;\n\\.",
            "COPY public.t (a) FROM stdin;", "SELECT 'a\n", "AS $$\n", "SELECT \"", "/* a",
            "SET default_tablespace = \"a\n",
        ])
    func truncated(dump: String) {
        #expect { try scan(dump) } throws: { ($0 as? PGKeepError)?.code == .damaged }
    }

    @Test("Fed byte by byte, or in pieces of any size, a dump gives the same events", arguments: 1...17)
    func chunks(size: Int) throws {
        let dump =
            DumpScannerTests.forged
            + "SELECT '\(DumpScannerTests.forged)';\nCOPY public.\"é\n\" (a) FROM stdin;\n\n\\\\.\n\\.\n"
            + "SET default_tablespace = \"a\nb\";\n" + DumpScannerTests.header + "SELECT 1;"
        #expect(try scan(dump, by: size) == scan(dump))
        #expect(try scan(Array(dump.utf8)) { size }.bytes == Array(dump.utf8))
    }
}
