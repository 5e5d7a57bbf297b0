import Foundation
import Testing

/// What `restore --table` prints, as far as the tests read it.
struct TablesReport: Decodable {
    struct Table: Decodable {
        var table: String
        var restoredAs: String
        var rows: Int64
        var rowsInUse: Int64?
        var missing: Int64?
        var added: Int64?
        var changed: Int64?
        var merge: [Merge]
        var note: String?
    }

    struct Merge: Decodable {
        var rows: String
        var count: Int64
        var sql: String
    }

    var schema: String?
    var tables: [Table]
    var putBack: [String]
    var cleanUp: String?
    var proven: Bool
}

/// The SQL that the program printed for people, found by its headings.
struct PrintedSQL {
    var output: String

    static let headings = [
        "To put back what is gone:", "To insert the rows that are missing:",
        "To set the changed rows back to what they were:", "To delete the rows that were added since:",
        "To drop what is then left:",
    ]

    /// What stands below a heading; nothing if it is not there.
    func section(_ heading: String) -> String {
        guard let start = output.range(of: "\n\(heading)\n\n")?.upperBound else { return "" }
        let ends = PrintedSQL.headings.compactMap { output.range(of: "\n\n\($0)\n\n", range: start..<output.endIndex) }
        return String(output[start..<(ends.map(\.lowerBound).min() ?? output.endIndex)])
    }

    /// All of it, in the order in which it is printed.
    var all: String { PrintedSQL.headings.map(section).joined(separator: "\n") }
}

/// Single tables, out of an archive and back to where they were.
@Suite("Restoring single tables", .server, .serverLog)
struct RestoreTablesTests {
    @Test(
        "A table that was dropped is equal to what it was after the SQL that is printed",
        arguments: [
            (drop: ["public.orders"], restore: ["orders"]),
            (drop: ["public.customers"], restore: ["customers"]),
            (drop: ["public.customers", "public.orders", "public.items"], restore: ["customers", "orders", "items"]),
            // What is in use is restored beside it too, and must not stay tied to it.
            (drop: ["public.orders"], restore: ["orders", "items", "customers"]),
            (drop: ["public.items"], restore: ["public.*"]),
            (drop: ["parts.events"], restore: ["events"]), (drop: ["parts.events_2"], restore: ["events_2"]),
            (drop: ["parts.events_2", "parts.events_3_b"], restore: ["parts.events"]),
            (drop: ["parts.moods"], restore: ["moods"]),
            (drop: ["parts.parent"], restore: ["parent", "child"]),
            (
                drop: ["public.log", "public.booked", "public.nothing", "public.volatile"],
                restore: ["log", "booked", "nothing", "volatile"]
            ),
            (drop: ["\"We; ird\".\"Od\"\"d --\n't\""], restore: ["\"We; ird\".*"]),
            (drop: ["public.\"a.b\""], restore: ["public.\"a.b\""]),
        ])
    func dropped(drop: [String], restore: [String]) async throws {
        try await TestDatabase.with(.fixture("tables")) { database in
            let program = Program(database)
            let source = try await Oracle.read(database)
            try await program.run("backup")
            try await database.execute(drop.map { "DROP TABLE \($0) CASCADE;" }.joined())
            let output = try await program.run(
                ["restore", "latest", "--prove"] + restore.flatMap { ["--table", $0] })
            let printed = PrintedSQL(output: output)
            #expect(!printed.section("To put back what is gone:").isEmpty)
            try await database.execute(printed.all)
            try await expectEqual(database, source, "\(drop) put back")
        }
    }

    @Test("An heir that was dropped is one again, and its copy's parent can be dropped")
    func heir() async throws {
        try await TestDatabase.with(.fixture("tables")) { database in
            let program = Program(database)
            let before = try await RestoreTablesTests.rows("parts.parent", in: database)
            try await program.run("backup")
            try await database.execute("DROP TABLE parts.child")
            try await database.execute(
                PrintedSQL(output: try await program.run("restore", "latest", "--table", "child")).all)
            #expect(try await RestoreTablesTests.rows("parts.parent", in: database) == before)
            #expect(try await database.execute("SELECT min(id) FROM ONLY parts.child") == "11")
        }
    }

    @Test("A schema that was dropped comes back with its tables, where their types are still there")
    func droppedSchema() async throws {
        try await TestDatabase.with(.fixture("tables")) { database in
            let program = Program(database)
            let before = try await RestoreTablesTests.rows("\"We; ird\".\"Od\"\"d --\n't\"", in: database)
            try await program.run("backup")
            try await database.execute("DROP SCHEMA \"We; ird\" CASCADE")
            let output = try await program.run("restore", "latest", "--table", "\"We; ird\".*")
            try await database.execute(PrintedSQL(output: output).all)
            #expect(try await RestoreTablesTests.rows("\"We; ird\".\"Od\"\"d --\n't\"", in: database) == before)
        }
    }

    @Test("Rows that were deleted, changed and added are told, and come right by the SQL that is printed")
    func damagedRows() async throws {
        try await TestDatabase.with(.fixture("tables")) { database in
            let program = Program(database)
            let source = try await Oracle.read(database)
            try await program.run("backup")
            try await database.execute(RestoreTablesTests.damage)
            let tables = ["customers", "orders", "items", "log", "late", "parts.events", "moods", "identified"]
            let arguments = ["restore", "latest", "--schema", "lost"] + tables.flatMap { ["--table", $0] }
            let report: TablesReport = try await program.json(arguments)
            let figures = Dictionary(
                uniqueKeysWithValues: report.tables.map { ($0.table, [$0.missing, $0.added, $0.changed]) })
            #expect(figures["public.customers"] == [0, 1, 20])
            #expect(figures["public.orders"] == [100, 2, 50])
            #expect(figures["public.items"] == [200, 0, 0])
            #expect(figures["public.log"] == [11, 2, nil])
            #expect(figures["public.late"] == [5, 1, 5])
            #expect(figures["parts.events_2"] == [7, 0, 3])
            #expect(figures["parts.moods"] == [4, 0, 0])
            #expect(figures["public.identified"] == [1, 0, 2])
            #expect(report.putBack.isEmpty && report.tables.allSatisfy { $0.note == nil })
            try await database.execute("DROP SCHEMA lost CASCADE")
            let printed = PrintedSQL(output: try await program.run(arguments))
            for table in report.tables {
                for merge in table.merge { #expect(printed.output.contains(merge.sql), "\(table.table)") }
            }
            try await database.execute(printed.all)
            try await expectEqual(database, source, "merged")
        }
    }

    @Test("The rows that are missing alone come back without touching what was changed since")
    func missingOnly() async throws {
        try await TestDatabase.with(.fixture("tables")) { database in
            let program = Program(database)
            try await program.run("backup")
            try await database.execute(
                "DELETE FROM public.identified WHERE k = 7; UPDATE public.identified SET v = 'new' WHERE k = 8")
            let output = try await program.run("restore", "latest", "--table", "identified")
            try await database.execute(PrintedSQL(output: output).section("To insert the rows that are missing:"))
            let names = try await database.execute("SELECT v FROM public.identified WHERE k IN (7, 8) ORDER BY k")
            #expect(names == "v\nnew")
        }
    }

    @Test("A table that is as it was prints nothing to merge, and its copy is proven")
    func unchanged() async throws {
        try await TestDatabase.with(.fixture("tables")) { database in
            let program = Program(database)
            try await program.run("backup")
            let source = try await Oracle.read(database)
            let report: TablesReport = try await program.json(["restore", "latest", "--prove", "--table", "*"])
            #expect(report.proven && report.putBack.isEmpty)
            #expect(report.tables.allSatisfy { $0.merge.isEmpty && $0.rows == $0.rowsInUse && $0.note == nil })
            let schema = try #require(report.schema)
            #expect(try #require(schema.wholeMatch(of: /restored_\d{8}_\d{6}/)).0 == schema)
            // The definitions are those in use.
            let different = try await database.execute(
                """
                SELECT conrelid::regclass, conname FROM pg_constraint a WHERE connamespace = '\(schema)'::regnamespace
                   AND NOT EXISTS (SELECT FROM pg_constraint b WHERE b.conname = a.conname AND b.oid <> a.oid AND b.contype = a.contype
                                   AND replace(pg_get_constraintdef(b.oid), 'public.', '\(schema).') = replace(pg_get_constraintdef(a.oid), 'public.', '\(schema).'))
                """)
            #expect(different.isEmpty)
            try await database.execute(try #require(report.cleanUp))
            try await expectEqual(database, source, "cleaned up")
        }
    }

    @Test(
        "Every table of a database of everything can be brought back beside itself, proven and equal",
        arguments: [
            ("everything", TestDatabase.Encoding.utf8), ("latin1", .latin1), ("sqlascii", .sqlASCII),
            ("oldquotes", .utf8),
        ])
    func everything(fixture: String, encoding: TestDatabase.Encoding) async throws {
        try await TestDatabase.with(.fixture(fixture, ["big": "20000"]), encoding: encoding) { database in
            let program = Program(database)
            let source = try await Oracle.read(database)
            try await program.run("backup")
            // Names in other encodings can't be given on every terminal; a pattern can.
            let schemas =
                encoding != .utf8
                ? "*"
                : try await database.execute(
                    """
                    SELECT DISTINCT quote_ident(nspname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
                     WHERE relkind IN ('r', 'p') AND nspname !~ '^pg_' AND nspname <> 'information_schema'
                       AND nspname !~ E'\\n' ORDER BY 1
                    """)
            for schema in schemas.split(separator: "\n") {
                let report: TablesReport = try await program.json(
                    ["restore", "latest", "--prove", "--schema", "copy", "--table", "\(schema).*"])
                #expect(report.proven && !report.tables.isEmpty && report.putBack.isEmpty)
                for table in report.tables {
                    #expect(
                        table.merge.isEmpty && table.rows == table.rowsInUse && table.note == nil, "\(table)")
                }
                try await database.execute(try #require(report.cleanUp))
            }
            try await expectEqual(database, source, "only copies were made")
        }
    }

    @Test("--at takes the backup of then, --to another database")
    func elsewhere() async throws {
        try await TestDatabase.with(.sql("CREATE TABLE public.t (id int PRIMARY KEY); INSERT INTO public.t VALUES (1)"))
        {
            database in
            let program = Program(database)
            let first = try await program.run("backup")
            try await database.execute("INSERT INTO public.t VALUES (2)")
            try await program.run("backup")
            let taken = try #require(first.firstMatch(of: /(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)/))
            let moment = "\(taken.1)T\(taken.2):\(taken.3):\(taken.4)Z"
            let other = try await database.sibling("other")
            let report: TablesReport = try await program.json(
                ["restore", "--at", moment, "--to", other.name, "--table", "t", "--schema", "Then"])
            #expect(report.tables.map(\.rows) == [1])
            #expect(report.tables.map(\.restoredAs) == ["\"Then\".t"])
            #expect(
                report.putBack == [
                    "ALTER TABLE \"Then\".\"t\" SET SCHEMA \"public\";", "ALTER TABLE public.t OWNER TO postgres;",
                ])
            #expect(try await other.execute("SELECT count(*) FROM \"Then\".t") == "1")
            #expect(try await database.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'Then'") == "0")
        }
    }

    @Test("A table in use that has other columns, or other types, by now is told, not merged")
    func otherShape() async throws {
        try await TestDatabase.with(
            .sql(
                """
                CREATE TABLE public.narrow (id int PRIMARY KEY, gone text); INSERT INTO public.narrow VALUES (1, 'x');
                CREATE TABLE public.typed (id int PRIMARY KEY, v text); INSERT INTO public.typed VALUES (1, 'x'), (2, 'y');
                """)
        ) { database in
            let program = Program(database)
            try await program.run("backup")
            try await database.execute(
                "ALTER TABLE public.narrow DROP COLUMN gone; DELETE FROM public.typed; "
                    + "ALTER TABLE public.typed ALTER v TYPE point USING NULL")
            let report: TablesReport = try await program.json(["restore", "latest", "--table", "*"])
            #expect(report.tables[0].note == "the table in use has other columns by now")
            #expect(report.tables[1].note?.contains("no SQL to merge it") == true, "\(report.tables[1])")
            #expect(report.tables.allSatisfy { $0.merge.isEmpty })
        }
    }

    // MARK: Rows alone

    @Test("--rows-only fills emptied tables, and appends nothing where a row is there already")
    func rowsOnly() async throws {
        try await TestDatabase.with(.fixture("tables")) { database in
            let program = Program(database)
            let source = try await Oracle.read(database)
            try await program.run("backup")
            try await database.execute(
                "TRUNCATE public.customers, public.orders, public.items, parts.events, public.log")
            let tables = ["customers", "orders", "items", "events", "log"].flatMap { ["--table", $0] }
            let arguments = ["restore", "latest", "--rows-only", "--yes"] + tables
            let report: TablesReport = try await program.json(arguments)
            #expect(report.schema == nil && report.cleanUp == nil)
            try await expectEqual(database, source, "filled")
            let again = try await program.attempt(arguments)
            #expect(again.status == 1 && again.talk.contains("nothing was appended"), "\(again)")
            #expect(again.talk.contains("pgkeep: hint: pgkeep restore"))
            try await expectEqual(database, source, "not filled twice")
        }
    }

    @Test("--rows-only asks, and without a terminal wants --yes")
    func rowsOnlyAsks() async throws {
        try await TestDatabase.with(.sql("CREATE TABLE public.t (id int)")) { database in
            let program = Program(database)
            try await program.run("backup")
            let run = try await program.attempt("restore", "latest", "--rows-only", "--table", "t")
            #expect(run.status == 64 && run.talk.contains("--yes"), "\(run)")
        }
    }

    private static func rows(_ table: String, in database: TestDatabase) async throws -> String {
        try await database.execute(
            "SELECT count(*), sum(hashtextextended(t::text, 0)::numeric) FROM \(table) t")
    }

    private static let damage = """
        UPDATE public.customers SET note = '{"changed": true}' WHERE id <= 20;
        INSERT INTO public.customers (id, name) VALUES (5000, 'added');
        DELETE FROM public.orders WHERE id > 1000 AND id <= 1100;
        UPDATE public.orders SET total = total + 1 WHERE id <= 50;
        INSERT INTO public.orders (id, customer, total) OVERRIDING SYSTEM VALUE VALUES (900001, 5000, 1), (900002, 1, 2);
        DELETE FROM public.log WHERE ctid IN (SELECT min(ctid) FROM public.log GROUP BY at ORDER BY at LIMIT 11);
        INSERT INTO public.log VALUES ('2020-01-01', '{}'), ('2020-01-01', '{}');
        DELETE FROM public.late WHERE id <= 5; UPDATE public.late SET v = 'x' WHERE id BETWEEN 6 AND 10;
        INSERT INTO public.late VALUES (1000, 'added');
        DELETE FROM parts.events WHERE id BETWEEN 151 AND 157; UPDATE parts.events SET v = 'x' WHERE id BETWEEN 160 AND 162;
        DELETE FROM parts.moods WHERE id <= 4;
        DELETE FROM public.identified WHERE k = 1; UPDATE public.identified SET v = 'x' WHERE k IN (2, 3);
        """
}
