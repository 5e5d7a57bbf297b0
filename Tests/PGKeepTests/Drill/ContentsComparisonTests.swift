import PGKeepArchive
import PGKeepModel
import PGKeepPostgres
import Testing

@testable import PGKeep

@Suite struct ContentsComparisonTests {
    private func table(_ name: String, _ rows: Int64, _ hash: UInt64, columns: String = "a") -> TableSummary {
        TableSummary(table: name, columns: columns, rows: rows, hash: ContentHash(hash))
    }

    private func compare(
        _ expected: [TableSummary], _ found: [TableSummary], contents: Bool = true, hasUncountedRows: Bool = false
    ) -> [String] {
        ContentsComparison.tables(expected, found, contents: contents, hasUncountedRows: hasUncountedRows)
            .differences.map(\.text)
    }

    @Test("A table with another row, one that is gone and one too many are told with what was expected and found")
    func tables() {
        let expected = [table("public.a", 2, 7), table("public.b", 2, 7), table("public.c", 0, 0)]
        #expect(compare(expected, expected).isEmpty)
        #expect(
            compare(expected, [table("public.a", 2, 8), table("public.d", 1, 1)]) == [
                "table public.a: expected 2 rows with hash 0000000000000007, found 2 rows with hash 0000000000000008",
                "table public.b: expected 2 rows with hash 0000000000000007, found no such table",
                "table public.d: expected no such table, found 1 rows with hash 0000000000000001",
            ])
        // Quoted by two programs, and as empty as it was.
        #expect(compare([table("public.a", 2, 7)], [table("public.a", 2, 7, columns: "\"a\"")]).isEmpty)
        #expect(compare([table("public.c", 0, 0)], []).isEmpty)
    }

    @Test("Of another tool's dump rows are counted, and those that came as INSERT are not")
    func dumps() {
        #expect(compare([table("public.a", 2, 7)], [table("public.a", 2, 8)], contents: false).isEmpty)
        #expect(compare([table("public.a", 2, 7)], [table("public.a", 3, 7)], contents: false).count == 1)
        let found = [table("public.a", 2, 7), table("public.b", 9, 9)]
        #expect(compare([table("public.a", 2, 7)], found, contents: false, hasUncountedRows: true).isEmpty)
    }

    @Test("A sequence's value and whether it was used are compared; those of extensions may be there")
    func sequences() {
        let name = QualifiedName(schema: "public", name: "s")
        let other = QualifiedName(schema: "public", name: "x")
        func compare(_ sql: String, _ found: [QualifiedName: (state: Sequences.State, dumped: Bool)]) -> [String] {
            ContentsComparison.sequences(DumpStatement.split(Array(sql.utf8)), found).differences.map(\.text)
        }
        let set = "SELECT pg_catalog.setval('public.s', 42, true);"
        #expect(compare(set, [name: (.init(value: 42, isCalled: true), true)]).isEmpty)
        #expect(
            compare(set, [name: (.init(value: 43, isCalled: true), true)]) == [
                "sequence public.s: expected 42, found 43"
            ])
        #expect(
            compare(set, [name: (.init(value: 42, isCalled: false), true)]) == [
                "sequence public.s: expected 42, found 42, not used yet"
            ])
        #expect(compare(set, [:]) == ["sequence public.s: expected 42, found no such sequence"])
        #expect(
            compare(
                "SELECT pg_catalog.setval('public.s', -5, false);", [name: (.init(value: -5, isCalled: false), true)]
            )
            .isEmpty)
        let extra: [QualifiedName: (state: Sequences.State, dumped: Bool)] = [
            name: (.init(value: 42, isCalled: true), true), other: (.init(value: 1, isCalled: false), false),
        ]
        #expect(compare(set, extra).isEmpty)
    }

    @Test("A large object that is missing or holds something else is told")
    func largeObjects() {
        let content = LargeObjectHashes.Content(bytes: 3, sha256: String(repeating: "a", count: 64))
        let changed = LargeObjectHashes.Content(bytes: 3, sha256: String(repeating: "b", count: 64))
        #expect(ContentsComparison.largeObjects([1: content], [1: content]).isEmpty)
        #expect(ContentsComparison.largeObjects([1: content], [1: changed]).map(\.what) == ["large object 1"])
        #expect(ContentsComparison.largeObjects([1: content], [:]).map(\.found) == ["no such object"])
    }
}
