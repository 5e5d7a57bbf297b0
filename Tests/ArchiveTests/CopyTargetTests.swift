import PGKeepModel
import Testing

@testable import PGKeepArchive

@Suite struct CopyTargetTests {
    @Test(
        "A COPY of pg_dump is read, and written back as it was",
        arguments: [
            ("COPY public.orders (id, \"when\") FROM stdin;", "public", "orders", "id, \"when\""),
            ("COPY public.empty  FROM stdin;", "public", "empty", ""),
            (
                "COPY \"S p\".\"a \"\"b\"\" (c) FROM stdin;\" (\"x)\", y) FROM stdin;", "S p",
                "a \"b\" (c) FROM stdin;", "\"x)\", y"
            ),
            ("COPY \"a.b\".\"c\nd\" (\"e\nf\") FROM stdin;", "a.b", "c\nd", "\"e\nf\""),
            ("COPY public.\"Größe\u{301}\" (\"\u{301}\") FROM stdin;", "public", "Größe\u{301}", "\"\u{301}\""),
        ])
    func read(statement: String, schema: String, name: String, columns: String) throws {
        let target = try #require(CopyTarget(statement: Array(statement.utf8)))
        #expect(target.name == QualifiedName(schema: schema, name: name))
        #expect(target.columns == columns)
        #expect(target.statement == Array((statement + "\n").utf8))
    }

    @Test("Names that are no UTF-8 come through as they are")
    func bytes() throws {
        let statement =
            Array("COPY public.\"caf".utf8) + [0xE9] + Array("\" (\"".utf8) + [0xFF] + Array("\") FROM stdin;".utf8)
        let target = try #require(CopyTarget(statement: statement))
        #expect(target.statement == statement + [.newline])
        #expect(ServerText.encode(target.name.name) == Array("caf".utf8) + [0xE9])
    }

    @Test("A COPY into another table keeps the columns as they are quoted")
    func renamed() throws {
        let statement = "COPY public.\"a.b\" (id, \"x) FROM stdin;\", \"é\u{301}\") FROM stdin;"
        let target = try #require(CopyTarget(statement: Array(statement.utf8)))
        let place = QualifiedName(schema: "new \"one\"", name: target.name.name)
        let moved = CopyTarget(name: place, table: place.quoted, columns: target.columns)
        let expected = "COPY \"new \"\"one\"\"\".\"a.b\" (id, \"x) FROM stdin;\", \"é\u{301}\") FROM stdin;"
        #expect(moved.statement == Array((expected + "\n").utf8))
        #expect(CopyTarget(statement: Array(expected.utf8)) == moved)
    }

    @Test(
        "Any other statement is no COPY from stdin",
        arguments: [
            "COPY public.orders (id) TO stdout;", "COPY (SELECT 1) TO stdout;", "COPY orders to stdin;",
            "COPY public.orders (id FROM stdin;", "COPY public.orders x FROM stdin;",
            "copy public.orders (id) FROM stdin;",
            "COPY public.orders (id) FROM stdin", "COPY  FROM stdin;", "COPY a.b.c (id) FROM stdin;",
        ])
    func refused(statement: String) { #expect(CopyTarget(statement: Array(statement.utf8)) == nil) }
}
