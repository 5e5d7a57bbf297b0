import PGKeepModel
import Testing

@testable import PGKeepArchive

@Suite struct DumpDefinitionsTests {
    private func header(_ type: String, _ name: String, owner: String = "shop") -> String {
        "--\n-- Name: \(name); Type: \(type); Schema: public; Owner: \(owner)\n--\n\n"
    }

    private func definitions(_ pieces: String..., of database: String? = nil) throws -> DumpDefinitions {
        var definitions = DumpDefinitions(of: database)
        for piece in pieces {
            var scanner = DumpScanner(visitor: definitions)
            try Array(piece.utf8).withUnsafeBytes { try scanner.feed($0) }
            try scanner.finish()
            definitions = scanner.visitor
        }
        definitions.finish()
        return definitions
    }

    @Test(
        "Entries are the same whatever their order and wherever they were cut; rows and what is set before don't count")
    func entries() throws {
        let table = header("TABLE", "t") + "CREATE TABLE public.t (a integer);\n\n\n"
        let index = header("INDEX", "i") + "CREATE INDEX i ON public.t USING btree (a);\n\n\n"
        let rows =
            "--\n-- Data for Name: t; Type: TABLE DATA; Schema: public; Owner: shop\n--\n\n"
            + "COPY public.t (a) FROM stdin;\n1\n\\.\n\n\n"
        let one = try definitions("SET row_security = off;\n\n" + table + rows + index)
        let other = try definitions("SET row_security = off;\n\n" + index, rows, "\n" + table)
        #expect(one.entries.map(\.header.identity) == ["table public.t", "index public.i"])
        #expect(Set(one.entries) == Set(other.entries))
        #expect(one.entries[0].header.owner == "shop" && one.entries[0].header.type == "TABLE")
    }

    @Test("Privileges are the same in any order, definitions are not")
    func privileges() throws {
        let (a, b) = ("GRANT SELECT ON TABLE public.t TO a;\n", "GRANT SELECT ON TABLE public.t TO b;\n")
        let one = try definitions(header("ACL", "TABLE t") + a + b)
        #expect(try one.entries == definitions(header("ACL", "TABLE t") + b + a).entries)
        let view = try definitions(header("VIEW", "v") + a + b)
        #expect(try view.entries != definitions(header("VIEW", "v") + b + a).entries)
    }

    @Test("Of sequences and materialized views it is known what they are set to, and which are filled")
    func settings() throws {
        let found = try definitions(
            header("SEQUENCE SET", "s") + "SELECT pg_catalog.setval('public.s', 42, true);\n\n\n",
            header("MATERIALIZED VIEW DATA", "m") + "REFRESH MATERIALIZED VIEW public.m;\n\n\n")
        #expect(found.sequenceSettings.count == 1 && found.entries.isEmpty)
        #expect(found.refreshed == [QualifiedName(schema: "public", name: "m")])
    }

    @Test("A large object's content is the same however it was cut, and differs in one digit")
    func largeObjects() throws {
        let head = "--\n-- Data for Name: BLOBS; Type: BLOBS; Schema: -; Owner: -\n--\n\nBEGIN;\n\n"
        let open = "SELECT pg_catalog.lo_open('90000', 131072);\n"
        func write(_ digits: String) -> String { "SELECT pg_catalog.lowrite(0, '\\x\(digits)');\n" }
        let close = "SELECT pg_catalog.lo_close(0);\n\nCOMMIT;\n\n"
        let whole = try definitions(head + open + write("616263") + close)
        let cut = try definitions(
            head + open + write("61") + close,
            "BEGIN;\n\n" + open + "SELECT pg_catalog.lo_lseek64(0, 0, 2);\n" + write("6263") + close)
        #expect(whole.largeObjects[90000]?.bytes == 3)
        #expect(whole.largeObjects == cut.largeObjects)
        #expect(try whole.largeObjects != definitions(head + open + write("616264") + close).largeObjects)
        #expect(try definitions(head + open + close).largeObjects[90000]?.bytes == 0)
    }

    @Test("Of a dump of several databases only one counts")
    func oneOfSeveral() throws {
        let text =
            "\\connect a\n\n" + header("VIEW", "v") + "CREATE VIEW v;\n\\connect b\n\n" + header("VIEW", "w")
            + "CREATE VIEW w;\n"
        #expect(try definitions(text, of: "b").entries.map(\.header.identity) == ["view public.w"])
        #expect(try definitions(text).entries.count == 2)
    }

    @Test(
        "Casts and parentheses that move with a restore are no difference, a value is",
        arguments: [
            (
                "CHECK (((s)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])))",
                "CHECK (((s)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text])))",
                true
            ),
            ("CHECK ((s)::numeric(10,2) > 1)", "CHECK (s > 1)", true),
            ("CHECK ((s)::timestamp without time zone > 1)", "CHECK (s > 1)", true),
            ("CHECK (s = 'a')", "CHECK (s = 'b')", false), ("CHECK (s > 1)", "CHECK (s > 2)", false),
            ("CHECK (s::text = 'a')", "CHECK (t::text = 'a')", false),
        ])
    func essence(one: String, other: String, isSame: Bool) throws {
        func entry(_ check: String) throws -> DefinitionEntry {
            let text = header("CHECK CONSTRAINT", "t c") + "ALTER TABLE public.t ADD CONSTRAINT c \(check);\n"
            return try #require(try definitions(text).entries.first)
        }
        #expect(try (entry(one).essence == entry(other).essence) == isSame)
        #expect(try entry(one) != entry(other))
    }
}
