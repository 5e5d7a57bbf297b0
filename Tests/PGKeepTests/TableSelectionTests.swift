import PGKeepModel
import Testing

@testable import PGKeep

@Suite struct TableSelectionTests {
    private let tables = [
        QualifiedName(schema: "public", name: "orders"), QualifiedName(schema: "archive", name: "orders"),
        QualifiedName(schema: "public", name: "order_items"), QualifiedName(schema: "billing", name: "invoices"),
        QualifiedName(schema: "billing", name: "a.b"), QualifiedName(schema: "billing", name: "*"),
        QualifiedName(schema: "My Schema", name: "Or\"der"), QualifiedName(schema: "x.y", name: "z"),
    ]

    private func chosen(_ patterns: String...) throws -> [String] {
        try TableSelection.choose(patterns, of: tables, in: "a.sql.gz").map(\.description)
    }

    @Test(
        "A pattern names tables by name, or by schema and name",
        arguments: [
            ("orders", ["public.orders", "archive.orders"]), ("public.orders", ["public.orders"]),
            ("order*", ["public.orders", "archive.orders", "public.order_items"]),
            ("order_ite?s", ["public.order_items"]),
            ("billing.*", ["billing.invoices", "billing.a.b", "billing.*"]),
            ("*.orders", ["public.orders", "archive.orders"]),
            ("\"My Schema\".\"Or\"\"der\"", ["My Schema.Or\"der"]), ("\"Or\"\"der\"", ["My Schema.Or\"der"]),
            ("billing.\"a.b\"", ["billing.a.b"]), ("billing.\"*\"", ["billing.*"]), ("\"x.y\".*", ["x.y.z"]),
            ("\"x.y\".z", ["x.y.z"]), ("*y*.z", ["x.y.z"]),
        ])
    func patterns(pattern: String, expected: [String]) throws { #expect(try chosen(pattern) == expected) }

    @Test("Several patterns give each table once, in the archive's order")
    func several() throws {
        #expect(
            try chosen("billing.invoices", "orders", "public.*")
                == ["public.orders", "archive.orders", "public.order_items", "billing.invoices"])
    }

    @Test("What names no table is refused, one among others too, with the nearest names and the next thing to type")
    func unknown() throws {
        let error = try #require(throws: PGKeepError.self) { try chosen("orders", "public.odrers") }
        #expect(error.code == .failed)
        #expect(error.message == "a.sql.gz holds no table public.odrers")
        #expect(error.cause == "the nearest of its 8 tables: public.orders, archive.orders")
        #expect(error.hint == "pgkeep restore a.sql.gz --table public.orders")
        let far = try #require(throws: PGKeepError.self) { try chosen("nothing_like_it") }
        #expect(far.cause == "it holds 8 tables" && far.hint == "pgkeep show a.sql.gz")
    }

    @Test(
        "Nothing else matches",
        arguments: ["Orders", "order", "public", "public.", ".orders", "a.b.c", "", "\"order*\"", "\"public.orders\""])
    func noMatch(pattern: String) {
        #expect(tables.allSatisfy { !TableSelection.matches($0, pattern) })
    }

    @Test("The word for exactly one table is safe in a shell, and names that table and no other")
    func words() {
        #expect(TableSelection.pattern(for: tables[0]) == "public.orders")
        #expect(TableSelection.pattern(for: tables[4]) == "'\"billing\".\"a.b\"'")
        #expect(TableSelection.pattern(for: QualifiedName(schema: "it's", name: "x")) == "'it'\\''s.x'")
        for table in tables {
            let word = TableSelection.pattern(for: table).filter { $0 != "'" }
            #expect(tables.filter { TableSelection.matches($0, word) } == [table])
        }
    }
}
