import PGKeepModel
import Testing

@testable import PGKeep

@Suite struct ComparisonTests {
    private func index(_ tables: [(name: String, rows: Int64)]) -> [TableSummary] {
        tables.map { TableSummary(table: $0.name, columns: "a", rows: $0.rows) }
    }

    private func name(_ name: String) -> QualifiedName { QualifiedName(schema: "public", name: name) }

    @Test("The rows the server took are those of the index")
    func equal() {
        let index = index([("public.a", 3), ("public.\"B c\"", 1), ("public.empty", 0)])
        #expect(Comparison.rows(index, loaded: [name("a"): 3, name("B c"): 1]).isEmpty)
    }

    @Test("Rows too few, too many or none at all are told, each table by its name")
    func different() {
        let index = index([("public.a", 3), ("public.b", 1), ("public.c", 2), ("public.d", 4)])
        #expect(
            Comparison.rows(index, loaded: [name("a"): 2, name("b"): 2, name("d"): 4]) == [
                "public.a: 3 rows expected, 2 loaded", "public.b: 1 rows expected, 2 loaded",
                "public.c: 2 rows expected, 0 loaded",
            ])
    }
}
