import PGKeepModel
import Testing

@testable import PGKeepArchive

@Suite struct DumpStatementTests {
    private func split(_ text: String) -> [DumpStatement] { DumpStatement.split(Array(text.utf8)) }

    private func one(_ text: String) throws -> DumpStatement {
        let statements = split(text)
        try #require(statements.count == 1)
        return statements[0]
    }

    private func text(_ statement: DumpStatement) -> String { String(decoding: statement.sql, as: UTF8.self) }

    @Test("A text falls into its statements, each with the comments before it, and nothing is lost")
    func splits() {
        let text = "-- one;\nSELECT 1; /* two; */ SELECT ';', \";\", $$;$$;\n\n-- three\nSELECT 3\n;"
        let statements = split(text)
        #expect(statements.map(\.title) == ["SELECT 1", "SELECT ';', \";\", $$;$$", "SELECT 3"])
        #expect(statements.map { self.text($0) }.joined() == text)
    }

    @Test("Comments and lone semicolons are no statements", arguments: ["", "\n", "-- a;\n", "/* a; */", " \n -- b"])
    func nothing(text: String) { #expect(split(text).isEmpty) }

    @Test("A statement without its semicolon counts at the end of the text")
    func unfinished() { #expect(split("SELECT 1; SELECT 2").map(\.title) == ["SELECT 1", "SELECT 2"]) }

    @Test("A routine's body is part of its statement, whatever is in it")
    func bodies() {
        let atomic = """
            CREATE OR REPLACE FUNCTION a.f(x integer) RETURNS text
                LANGUAGE sql
                BEGIN ATOMIC
             SELECT 1;
             SELECT CASE WHEN (x > 1) THEN 'END;' ELSE CASE x WHEN 2 THEN 'a' END END;
            END;
            """
        let procedure = "CREATE PROCEDURE a.p() LANGUAGE sql BEGIN ATOMIC SELECT 1; END;"
        let quoted = "CREATE FUNCTION a.g() RETURNS int LANGUAGE plpgsql AS $_$ BEGIN ATOMIC; SELECT 1; END $_$;"
        #expect(split(atomic + procedure + quoted + "SELECT 2;").count == 4)
    }

    @Test("A rule's actions are part of its statement")
    func rules() {
        let rule =
            "CREATE RULE r AS\n    ON INSERT TO a.b DO INSTEAD ( INSERT INTO a.c VALUES (1);\n DELETE FROM a.d;\n);"
        #expect(split(rule + "\nSELECT 1;").map(\.title) == ["CREATE RULE r AS", "SELECT 1"])
    }

    @Test("Words named begin, atomic or case hold no other statement open")
    func innocent() {
        #expect(split("CREATE TABLE a.b (begin integer, atomic integer, \"case\" integer); SELECT 1;").count == 2)
        #expect(split("BEGIN; SELECT 1; COMMIT;").count == 3)
        #expect(split("CREATE VIEW a.v AS SELECT CASE WHEN true THEN 1 END; SELECT 1;").count == 2)
    }

    @Test("Key words are found outside quotes and parentheses only")
    func keyWords() throws {
        let statement = try one("ALTER TABLE ONLY a.b ADD CONSTRAINT \"owner to\" CHECK ((owner = 'x') AND (to_ > 1));")
        #expect(statement.begins(with: "ALTER TABLE"))
        #expect(!statement.begins(with: "ALTER TABLE ONLY a"))
        #expect(statement.contains("ADD CONSTRAINT"))
        #expect(!statement.contains("OWNER TO") && !statement.contains("OWNER"))
        let index = try one("CREATE INDEX \"ON\" ON ONLY a.b USING btree (\"ON\");")
        #expect(index.place(of: "ON").flatMap { index.key(at: $0) } == "ONLY")
    }

    @Test(
        "A name is read whatever is in its quotes",
        arguments: [
            ("public.orders", "public", "orders"), ("\"a.b\".\"c\"\"d\"", "a.b", "c\"d"), ("\"\n\".\"--\"", "\n", "--"),
            ("\"'\".\";\"", "'", ";"), ("\"SELECT\".\"select\"", "SELECT", "select"),
            ("\"q\"\"\u{301}\".\"é\u{301}\"", "q\"\u{301}", "é\u{301}"), ("\"\"\"\".\"\"\"\"\"\"", "\"", "\"\""),
        ])
    func names(sql: String, schema: String, name: String) throws {
        let statement = try one("CREATE TABLE \(sql) (a integer);")
        #expect(statement.name(at: 2) == QualifiedName(schema: schema, name: name))
    }

    @Test("A number is no name, and neither is a word alone", arguments: ["1.5", "a", "a.'b'", "'a'.b", "a.(b)"])
    func noNames(sql: String) throws { #expect(try one("SELECT \(sql);").name(at: 1) == nil) }

    @Test("A list's names come as they are quoted there")
    func lists() throws {
        let key = try one("ALTER TABLE ONLY a.b ADD CONSTRAINT k PRIMARY KEY (id, \"a,)b\", \"c\"\"d\") INCLUDE (x);")
        #expect(key.place(of: "PRIMARY KEY").map { key.list(at: $0) } == ["id", "\"a,)b\"", "\"c\"\"d\""])
        let temporal = try one("ALTER TABLE a.b ADD CONSTRAINT k PRIMARY KEY (id, valid WITHOUT OVERLAPS);")
        #expect(temporal.place(of: "PRIMARY KEY").map { temporal.list(at: $0) } == ["id", "valid"])
    }

    @Test("The text between quotes has each doubled quote once, and any byte as it is")
    func unquoted() {
        #expect(DumpStatement.unquoted(Array("'it''s'''".utf8)[...]) == Array("it's'".utf8))
        #expect(DumpStatement.unquoted([0x22, 0xFF, 0x22, 0x22, 0x22][...]) == [0xFF, 0x22])
    }

    @Test(
        "The title of a statement names what it is about, and what an ALTER does",
        arguments: [
            ("-- Name: a\n\nCREATE TABLE public.a (\n    b integer\n);", "CREATE TABLE public.a"),
            ("CREATE INDEX i ON public.a USING btree (b);", "CREATE INDEX i ON public.a USING btree (b)"),
            (
                "ALTER TABLE ONLY public.a\n    ADD CONSTRAINT k UNIQUE NULLS NOT DISTINCT (b);",
                "ALTER TABLE ONLY public.a ADD CONSTRAINT k UNIQUE NULLS NOT DISTINCT (b)"
            ),
            ("ALTER TABLE public.a OWNER TO o;", "ALTER TABLE public.a OWNER TO o"),
            (
                "CREATE FUNCTION public.f() RETURNS int\n    LANGUAGE sql\n    AS 'SELECT 1';",
                "CREATE FUNCTION public.f() RETURNS int"
            ),
        ])
    func title(sql: String, title: String) {
        #expect(split(sql).map(\.title) == [title])
    }

    @Test("A long title is cut")
    func longTitle() {
        let sql = "CREATE INDEX i ON public.a USING btree (\(String(repeating: "b", count: 200)));"
        let title = DumpStatement.split(Array(sql.utf8)).first?.title
        #expect(title?.count == 120 && title?.hasSuffix("...") == true)
    }
}
