import PGKeepModel
import Testing

@testable import PGKeepArchive

@Suite struct DumpEntriesTests {
    private func split(_ text: String) throws -> [DumpEntry] {
        try Array(text.utf8).withUnsafeBytes { try DumpEntries.split($0) }
    }

    private func header(_ type: String, name: String = "x") -> String {
        "--\n-- Name: \(name); Type: \(type); Schema: public; Owner: o\n--\n\n"
    }

    @Test("Each entry has its type, and before its statement what must be set")
    func entries() throws {
        let entries = try split(
            "\\restrict x\nSET row_security = off;\nSET default_tablespace = a;\n\n" + header("TABLE")
                + "CREATE TABLE t ();\n\n"
                + "SET default_tablespace = '';\n\n" + header("INDEX") + "CREATE INDEX i ON public.t USING btree (a);\n"
                + header("ACL", name: "a; Type: b") + "GRANT x;\n\\unrestrict x\n")
        #expect(entries.map(\.type) == [.preData, .preData, .index, .otherPostData])
        let statements = entries.map { entry in
            String(decoding: entry.sql, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("--") }
        }
        #expect(
            statements == [
                ["SET row_security = off;", "SET default_tablespace = a;"],
                ["SET default_tablespace = a;", "CREATE TABLE t ();", "SET default_tablespace = '';"],
                ["SET default_tablespace = '';", "CREATE INDEX i ON public.t USING btree (a);"],
                ["SET default_tablespace = '';", "GRANT x;"],
            ])
    }

    @Test(
        "The table is known whose locks an index or a constraint takes",
        arguments: [
            ("CREATE INDEX i ON public.t USING btree (a);", "public.t"),
            ("CREATE UNIQUE INDEX \" ON \" ON ONLY public.\"a b\" USING btree (a);", "public.\"a b\""),
            ("SET default_tablespace = '';\nCREATE INDEX i ON \"S p\".\"t\"\"\" USING btree (a);", "\"S p\".\"t\"\"\""),
            ("ALTER TABLE ONLY public.t\n    ADD CONSTRAINT p PRIMARY KEY (a);", "public.t"),
            ("CREATE INDEX \"i\nj\" ON public.t USING btree (a);", nil),
        ])
    func table(sql: String, table: String?) {
        #expect(DumpEntry(type: .index, sql: Array((sql + "\n").utf8)).table == table)
        #expect(DumpEntry(type: .otherPostData, sql: Array(sql.utf8)).table == nil)
    }

    @Test("Rows where none belong are damage")
    func rows() {
        #expect { try split("COPY public.t (a) FROM stdin;\n\\.\n") } throws: { ($0 as? PGKeepError)?.code == .damaged }
    }

    @Test("An empty text has no entries")
    func empty() throws { #expect(try split("").isEmpty) }
}
