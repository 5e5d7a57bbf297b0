import PGKeepModel
import Testing

@testable import PGKeep

@Suite struct DifferenceTests {
    private func table(_ name: String, _ rows: Int64, _ hash: UInt64, columns: String = "a") -> TableSummary {
        TableSummary(table: name, columns: columns, rows: rows, hash: ContentHash(hash))
    }

    @Test("Tables are the same by rows, hash and columns, whatever their order")
    func same() {
        let tables = [table("public.a", 2, 7), table("public.\"B\"", 1, 9)]
        #expect(Difference.of(tables, tables.reversed()).map(\.state) == [.same, .same])
    }

    @Test("A changed row, another column, a table gone and a new one are told by name")
    func changes() {
        let before = [
            table("public.a", 2, 7), table("public.b", 2, 7), table("public.c", 2, 7), table("public.d", 0, 0),
            table("public.e", 1, 1),
        ]
        let after = [
            table("public.a", 2, 8), table("public.b", 2, 9, columns: "a, b"), table("public.f", 1, 1),
            table("public.d", 0, 0, columns: "a, b"), table("\"public\".\"e\"", 1, 1),
        ]
        let found = Difference.of(before, after)
        #expect(found.map(\.table) == ["public.a", "public.b", "public.c", "public.d", "public.e", "public.f"])
        #expect(found.map(\.state) == [.changed, .otherColumns, .missing, .same, .same, .added])
    }
}

@Suite struct RestoreTimingTests {
    @Test("Without a restore that was timed the estimate is a guess, and grows with size")
    func guess() {
        let small = RestoreTiming.estimate(rawBytes: 1_000_000, jobs: 2, [])
        let large = RestoreTiming.estimate(rawBytes: 1_000_000_000, jobs: 2, [])
        #expect(!small.isMeasured && !large.isMeasured && small.seconds >= 1)
        #expect(large.seconds > 10 * small.seconds)
        #expect(RestoreTiming.estimate(rawBytes: 1_000_000_000, jobs: 4, []).seconds < large.seconds)
    }

    @Test("Restores that were timed make the estimate, the short ones among them don't")
    func measured() {
        let samples: [RestoreTiming.Sample] = [
            .init(rawBytes: 100, seconds: 1), .init(rawBytes: 1_000_000_000, seconds: 11),
        ]
        let estimate = RestoreTiming.estimate(rawBytes: 2_000_000_000, jobs: 2, samples)
        #expect(estimate.isMeasured && estimate.seconds == 21)
    }
}
