import PGKeepArchive
import PGKeepModel
import Testing

@testable import PGKeep

@Suite struct LeavingOutTests {
    private func statement(_ sql: String) throws -> DumpStatement {
        try #require(DumpStatement.split(Array(sql.utf8)).first)
    }

    private func refusal(_ state: String?) -> PGKeepError {
        var error = PGKeepError(.failed, "refused", cause: "because")
        error.sqlState = state
        return error
    }

    @Test(
        "--no-owner leaves out who owns what, and nothing else",
        arguments: [
            ("ALTER TABLE public.t OWNER TO o;", true), ("ALTER FUNCTION f(a integer, b text) OWNER TO \"o;\";", true),
            ("ALTER LARGE OBJECT 1 OWNER TO o;", true),
            ("ALTER TABLE public.t ADD COLUMN \"OWNER TO\" integer;", false),
            ("COMMENT ON TABLE public.t IS 'ALTER TABLE x OWNER TO y';", false), ("GRANT ALL ON TABLE t TO o;", false),
            ("ALTER DEFAULT PRIVILEGES FOR ROLE o GRANT SELECT ON TABLES TO p;", false),
        ])
    func owners(sql: String, isLeftOut: Bool) throws {
        #expect(try LeavingOut(owners: true).isUnwanted(statement(sql)) == isLeftOut)
        #expect(try !LeavingOut(forbidden: true).isUnwanted(statement(sql)))
    }

    @Test(
        "--no-privileges leaves out who may do what, and nothing else",
        arguments: [
            ("GRANT ALL ON TABLE t TO o;", true), ("REVOKE ALL ON SCHEMA public FROM PUBLIC;", true),
            ("ALTER DEFAULT PRIVILEGES FOR ROLE o GRANT SELECT ON TABLES TO p;", true),
            ("SET SESSION AUTHORIZATION o;", true), ("RESET SESSION AUTHORIZATION;", true),
            ("SET default_tablespace = '';", false), ("ALTER TABLE public.t OWNER TO o;", false),
            ("CREATE TABLE public.\"GRANT\" (a integer);", false),
        ])
    func privileges(sql: String, isLeftOut: Bool) throws {
        #expect(try LeavingOut(privileges: true).isUnwanted(statement(sql)) == isLeftOut)
    }

    @Test(
        "What an ordinary role is refused is left out where no row depends on it",
        arguments: [
            ("COMMENT ON EXTENSION hstore IS 'x';", "42501"),
            ("CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION f();", "42501"),
            ("CREATE PUBLICATION p FOR ALL TABLES;", "42501"),
            ("CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'x';", "42501"),
            ("CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS '';", "42704"),
            ("CREATE EXTENSION IF NOT EXISTS file_fdw WITH SCHEMA public;", "42501"),
            ("CREATE TRIGGER t BEFORE INSERT ON a.b EXECUTE FUNCTION f();", "42883"),
            ("ALTER TABLE a.b ENABLE ALWAYS TRIGGER t;", "42704"), ("CREATE VIEW v AS SELECT f();", "42883"),
            ("CREATE FOREIGN TABLE f (a integer) SERVER s;", "42704"),
            ("COMMENT ON FOREIGN TABLE a.f IS 'x';", "42P01"),
            ("GRANT ALL ON FUNCTION f() TO o;", "42883"), ("ALTER TABLE a.f OWNER TO o;", "42P01"),
            ("CREATE POLICY p ON a.b TO missing;", "42704"), ("CREATE INDEX i ON a.b USING gin (x a.ops);", "42704"),
        ])
    func dispensable(sql: String, state: String) throws {
        #expect(try LeavingOut(forbidden: true).mayMiss(statement(sql), refusal(state)))
        #expect(try !LeavingOut(owners: true).mayMiss(statement(sql), refusal(state)))
    }

    @Test("A policy for a role that is missing is left out with the privileges, by a superuser too")
    func policies() throws {
        let policy = try statement("CREATE POLICY p ON a.b TO missing;")
        #expect(LeavingOut(privileges: true).mayMiss(policy, refusal("42704")))
        #expect(!LeavingOut(owners: true).mayMiss(policy, refusal("42704")))
        #expect(!LeavingOut(privileges: true).mayMiss(policy, refusal("42P01")))
    }

    @Test(
        "What rows depend on, what a person must decide and what fails for another reason is never left out",
        arguments: [
            ("CREATE TABLE a.b (x a.missing);", "42704"), ("CREATE SCHEMA a;", "42501"),
            ("CREATE SEQUENCE a.s;", "42501"),
            ("ALTER TABLE a.b OWNER TO o;", "42501"), ("ALTER TABLE a.b OWNER TO o;", "42704"),
            ("GRANT ALL ON TABLE a.b TO missing;", "42704"), ("SET SESSION AUTHORIZATION o;", "42501"),
            ("ALTER TABLE a.b ADD CONSTRAINT k PRIMARY KEY (x);", "42501"),
            ("SELECT pg_catalog.setval('a.s', 1);", "42501"),
            ("COPY a.b (x) FROM stdin;", "42501"), ("COMMENT ON TABLE a.b IS 'x';", "53100"),
            ("CREATE VIEW v AS SELECT 1;", "57014"), ("CREATE INDEX i ON a.b (x);", nil),
        ] as [(String, String?)])
    func indispensable(sql: String, state: String?) throws {
        #expect(
            try !LeavingOut(owners: true, privileges: true, forbidden: true).mayMiss(statement(sql), refusal(state)))
    }

    @Test("What hides rows from an ordinary owner waits for the end; from a superuser it hides nothing")
    func waits() throws {
        let force = try statement("ALTER TABLE ONLY a.b FORCE ROW LEVEL SECURITY;")
        let enable = try statement("ALTER TABLE a.b ENABLE ROW LEVEL SECURITY;")
        #expect(LeavingOut(forbidden: true).mustWait(force) && !LeavingOut(owners: true).mustWait(force))
        #expect(!LeavingOut(forbidden: true).mustWait(enable))
    }

    @Test("What was left out is told by its first line and the server's reason")
    func told() throws {
        let leftOut = LeftOut()
        leftOut.add(
            try statement("\n--\n-- a\n--\nCREATE FUNCTION f() RETURNS int\n    LANGUAGE c AS 'x';"), refusal("42501"))
        leftOut.add(["a warning"])
        #expect(leftOut.all == ["CREATE FUNCTION f() RETURNS int: because", "a warning"])
    }
}
