import PGKeepModel
import PGKeepPostgres
import Testing

@testable import PGKeep

@Suite struct BackupPlanTests {
    private func table(
        _ name: String, megabytes: Int64, pages: Int64? = nil, kind: TableFacts.Kind = .ordinary, takenOver: Bool = true
    ) -> TableFacts {
        TableFacts(
            oid: 1, name: QualifiedName(schema: "public", name: name), sql: "public.\(name)", kind: kind,
            pages: pages ?? megabytes * 128, bytes: megabytes << 20, columns: ["a"], canBeTakenOver: takenOver)
    }

    @Test("Nothing is taken over of a database of small tables")
    func small() {
        let plan = BackupPlan(tables: [table("a", megabytes: 1, takenOver: false)], jobs: 2)
        #expect(plan.parts.isEmpty && plan.takenOver.isEmpty && plan.partitioned.isEmpty)
    }

    @Test(
        "The parts of a table cover each of its pages once, and the last is open",
        arguments: [1, 7, 8, 64, 65, 1000, 100_000] as [Int64])
    func coverage(megabytes: Int64) {
        for pages in [1, 2, 3, 1000, megabytes * 128] {
            let plan = BackupPlan(tables: [table("a", megabytes: megabytes, pages: pages)], jobs: 2)
            var next: Int64 = 0
            for part in plan.parts.dropLast() {
                #expect(part.pages.start == next)
                #expect((part.pages.end ?? -1) > next)
                next = part.pages.end ?? 0
            }
            #expect(plan.parts.last?.pages == PageRange(start: next, end: nil))
            #expect(next < pages)
            #expect(
                plan.parts.count == 1 || plan.parts.allSatisfy { $0.bytes <= 64 << 20 }
                    || Int64(plan.parts.count) == pages)
        }
    }

    @Test("A few large tables are cut finely enough for every session to have work")
    func fine() {
        let plan = BackupPlan(tables: [table("a", megabytes: 100)], jobs: 4)
        #expect(plan.parts.count == 13)
        let large = BackupPlan(tables: [table("a", megabytes: 10_000)], jobs: 4)
        #expect(large.parts.count == 157)
    }

    @Test("The largest tables begin, and tables that can't be taken over stay with pg_dump")
    func order() {
        let plan = BackupPlan(
            tables: [
                table("a", megabytes: 10), table("b", megabytes: 30), table("c", megabytes: 90, takenOver: false),
                table("p", megabytes: 0, kind: .partitioned, takenOver: false), table("d", megabytes: 30),
            ], jobs: 1)
        #expect(plan.takenOver.map(\.name.name) == ["b", "d", "a"])
        #expect(plan.parts.first?.table.name.name == "b" && plan.parts.last?.table.name.name == "a")
        #expect(plan.partitioned == [QualifiedName(schema: "public", name: "p")])
    }

    @Test("Of very many tables the largest 2,000 are taken over")
    func many() {
        let plan = BackupPlan(tables: (0..<2500).map { table("t\($0)", megabytes: 8 + Int64($0)) }, jobs: 2)
        #expect(plan.takenOver.count == 2000)
        #expect(plan.takenOver.last?.name.name == "t500")
    }

    @Test("The same tables in another order give the same plan")
    func deterministic() {
        let tables = (0..<50).map { table("t\($0)", megabytes: 8 + Int64($0 % 5)) }
        #expect(BackupPlan(tables: tables, jobs: 3) == BackupPlan(tables: tables.reversed(), jobs: 3))
    }
}
