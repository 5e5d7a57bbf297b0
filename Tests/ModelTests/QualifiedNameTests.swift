import PGKeepModel
import Testing

@Suite struct QualifiedNameTests {
    @Test(
        "Two identifiers are read, quoted or not",
        arguments: [
            ("public.orders", "public", "orders"), (#""My Schema"."a ""b""""#, "My Schema", #"a "b""#),
            (#""a.b".c"#, "a.b", "c"), (#"a."b.c""#, "a", "b.c"), (#""x y"."""""#, "x y", "\""),
            ("zürich.straße", "zürich", "straße"), (#""a\b"."c'd""#, #"a\b"#, "c'd"), ("\"a\r\nb\".c", "a\r\nb", "c"),
        ])
    func read(sql: String, schema: String, name: String) throws {
        let read = try #require(QualifiedName(sql: sql))
        #expect(read == QualifiedName(schema: schema, name: name))
        #expect(QualifiedName(sql: read.quoted) == read)
        #expect("\(read)" == "\(schema).\(name)")
    }

    @Test(
        "What isn't two identifiers and nothing else is refused",
        arguments: [
            "", "orders", "a.b.c", "a.", ".b", "a..b", #""a.b"#, #"a."b"#, "a.b ", "a b.c", "a.b(c)", #""a"b.c"#,
            #"a"b".c"#,
        ])
    func refused(sql: String) {
        #expect(QualifiedName(sql: sql) == nil)
    }

    @Test("Quoting doubles the quotes and touches nothing else")
    func quoting() {
        #expect(QualifiedName.quote("orders") == #""orders""#)
        #expect(QualifiedName.quote(#"a"b"#) == #""a""b""#)
        #expect(QualifiedName.quote(#"""#) == #""""""#)
        #expect(QualifiedName.quote("a\\b\nc") == "\"a\\b\nc\"")
        #expect(QualifiedName(schema: "My Schema", name: "t").quoted == #""My Schema"."t""#)
    }

    @Test("A quote before a combining accent is doubled all the same")
    func combiningQuote() {
        #expect(Array(QualifiedName.quote("a\"\u{301}b").utf8) == Array("\"a\"\"\u{301}b\"".utf8))
        let name = QualifiedName(schema: "a\"\u{301}", name: "b")
        #expect(QualifiedName(sql: name.quoted) == name)
    }

    @Test("A dot before a combining accent parts the names all the same")
    func combiningDot() {
        #expect(QualifiedName(sql: "a.\u{301}b") == QualifiedName(schema: "a", name: "\u{301}b"))
    }
}
