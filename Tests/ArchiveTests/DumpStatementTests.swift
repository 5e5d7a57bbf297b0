import Testing

@testable import PGKeepArchive

@Suite struct DumpStatementTests {
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
        let statements = DumpStatement.split(Array(sql.utf8))
        #expect(statements.map(\.title) == [title])
    }

    @Test("A long title is cut")
    func longTitle() {
        let sql = "CREATE INDEX i ON public.a USING btree (\(String(repeating: "b", count: 200)));"
        let title = DumpStatement.split(Array(sql.utf8)).first?.title
        #expect(title?.count == 120 && title?.hasSuffix("...") == true)
    }
}
