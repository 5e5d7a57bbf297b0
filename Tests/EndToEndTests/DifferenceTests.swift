import Foundation
import Testing

/// What changed since a backup.
@Suite(.server, .serverLog)
struct DifferenceTests {
    private struct Report: Decodable {
        struct Table: Decodable, Equatable {
            var table: String
            var state: String
            var rowsBefore: Int64?
            var rowsAfter: Int64?
        }
        var tables: [Table]
    }

    /// What is not the same, by `pgkeep diff`, whose status must agree.
    private func differences(_ database: TestDatabase, _ arguments: String...) async throws -> [Report.Table] {
        let outcome = try await Program(database).attempt(["diff"] + arguments + ["--json"])
        try #require([0, 3].contains(outcome.status), "\(outcome)")
        let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
        let different = report.tables.filter { $0.state != "same" }
        #expect(outcome.status == (different.isEmpty ? 0 : 3))
        return different
    }

    @Test("A database of everything differs in nothing from its backup", arguments: ["300", "100000"])
    func nothing(big: String) async throws {
        try await TestDatabase.with(.fixture("everything", ["big": big])) { database in
            let archive = try await Program(database).run("backup")
            #expect(try await differences(database, archive) == [])
            #expect(try await differences(database, "latest", database.name) == [])
            #expect(try await differences(database, "latest", database.url) == [])
            let copy = try await database.sibling("copy", created: false)
            try await Program(database).run("restore", archive, "--into", copy.name, "--yes")
            #expect(try await differences(database, archive, copy.name) == [])
        }
    }

    @Test("Each change is told: rows gone, new, other ones, tables gone, new, with other columns")
    func everyChange() async throws {
        let sql = """
            CREATE TABLE public.deleted AS SELECT g AS n, repeat(md5(g::text), 9) AS t FROM generate_series(1, 40000) g;
            CREATE TABLE public.updated AS TABLE public.deleted; CREATE TABLE public.inserted AS SELECT 1 AS n;
            CREATE TABLE public.dropped AS SELECT 1 AS n; CREATE TABLE public.altered AS SELECT 1 AS n;
            CREATE TABLE public.untouched AS TABLE public.deleted; CREATE TABLE public."O'dd ""name" AS SELECT 1 AS n;
            """
        try await TestDatabase.with(.sql(sql)) { database in
            try await Program(database).run("backup", "manual")
            let dump = "\(database.folder)/dump.sql.gz"
            try await Shell.run("pg_dump -d \"$1\" | gzip > \"$2\"", database.url, dump)
            try await database.execute(
                """
                DELETE FROM public.deleted WHERE n = 77; UPDATE public.updated SET t = 'x' WHERE n = 39999;
                INSERT INTO public.inserted VALUES (2); DROP TABLE public.dropped;
                ALTER TABLE public.altered ADD COLUMN m int; CREATE TABLE public.created AS SELECT 1 AS n;
                UPDATE public."O'dd ""name" SET n = 2;
                """)
            let expected: [Report.Table] = [
                .init(table: #"public."O'dd ""name""#, state: "changed", rowsBefore: 1, rowsAfter: 1),
                .init(table: "public.altered", state: "otherColumns", rowsBefore: 1, rowsAfter: 1),
                .init(table: "public.created", state: "added", rowsBefore: nil, rowsAfter: 1),
                .init(table: "public.deleted", state: "changed", rowsBefore: 40000, rowsAfter: 39999),
                .init(table: "public.dropped", state: "missing", rowsBefore: 1, rowsAfter: nil),
                .init(table: "public.inserted", state: "changed", rowsBefore: 1, rowsAfter: 2),
                .init(table: "public.updated", state: "changed", rowsBefore: 40000, rowsAfter: 40000),
            ]
            #expect(try await differences(database, "latest") == expected)
            // Of another tool's dump only the numbers of rows can be compared.
            let byRows = expected.filter { $0.rowsBefore != $0.rowsAfter }
            #expect(try await differences(database, dump) == byRows)
            let before = try await Program(database).json("list", as: [Archive].self)[0].name
            try await Program(database).run("backup", "daily")
            let after = try await Program(database).json("list", as: [Archive].self).first { $0.name != before }
            #expect(try await differences(database, before, #require(after?.name)) == expected)
            #expect(try await differences(database, #require(after?.name)) == [])
            let text = try await Program(database).attempt("diff", before)
            #expect(text.output.contains("public.dropped") && !text.output.contains("public.untouched"), "\(text)")
        }
    }

    private struct Archive: Decodable { var name: String }

    @Test("What can't be compared is told: no such archive, no such database, rows that come as INSERT")
    func refused() async throws {
        try await TestDatabase.with(.sql("CREATE TABLE public.t AS SELECT 1 AS n")) { database in
            try await Program(database).run("backup")
            let dump = "\(database.folder)/inserts.sql"
            try await Shell.run("pg_dump --inserts -d \"$1\" > \"$2\"", database.url, dump)
            for (arguments, status) in [
                (["nothing.sql.gz"], Int32(5)), (["latest", "no_such_database"], 7), ([dump], 1),
            ] {
                let outcome = try await Program(database).attempt(["diff"] + arguments)
                #expect(outcome.status == status && outcome.talk.contains("hint"), "\(arguments): \(outcome)")
            }
        }
    }
}
