import PGKeepArchive
import Testing

@testable import PGKeep

@Suite struct FinishPlanTests {
    /// The entries of a finish unit, from `TYPE statement`.
    private func plan(_ entries: [(type: String, sql: String)], sizes: [String: Int64] = [:]) throws -> [[[String]]] {
        let text = entries.map { "--\n-- Name: x; Type: \($0.type); Schema: public; Owner: o\n--\n\n\($0.sql)\n\n" }
            .joined()
        let split = try Array(text.utf8).withUnsafeBytes { try DumpEntries.split($0) }
        return FinishPlan(split, size: { sizes[$0] ?? 0 }).stages.map { stage in
            stage.map { lane in
                lane.map { entry in
                    String(decoding: entry.sql, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("--") }
                        .joined(separator: " ")
                }
            }
        }
    }

    private func index(_ table: String) -> (String, String) {
        ("INDEX", "CREATE INDEX i ON public.\(table) USING btree (a);")
    }
    private func key(_ table: String) -> (String, String) {
        ("CONSTRAINT", "ALTER TABLE ONLY public.\(table)\n    ADD CONSTRAINT p PRIMARY KEY (a);")
    }

    @Test("Indexes and keys of different tables go side by side, those of one table in order, the largest first")
    func lanes() throws {
        let stages = try plan([key("a"), key("b"), index("a"), index("c")], sizes: ["public.b": 9, "public.a": 1])
        #expect(stages.count == 1)
        #expect(
            stages[0].map { $0[0].contains("public.b") ? "b" : $0[0].contains("public.a") ? "a" : "c" } == [
                "b", "a", "c",
            ])
        #expect(stages[0][1].count == 2 && stages[0][1][0].contains("PRIMARY KEY"))
    }

    @Test("A comment stays behind what it comments on")
    func comments() throws {
        let stages = try plan([index("a"), ("COMMENT", "COMMENT ON INDEX i IS 'x';"), index("b")])
        #expect(stages == [[[index("a").1, "COMMENT ON INDEX i IS 'x';"], [index("b").1]]])
    }

    @Test("Everything else is played in pg_dump's order, after what came before it")
    func inOrder() throws {
        let foreign = (
            "FK CONSTRAINT", "ALTER TABLE ONLY public.a ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES public.b(a);"
        )
        let trigger = ("TRIGGER", "CREATE TRIGGER t AFTER INSERT ON public.a EXECUTE FUNCTION f();")
        let comment = ("COMMENT", "COMMENT ON TRIGGER t ON public.a IS 'x';")
        let stages = try plan([
            index("a"), foreign, trigger, comment, index("b"), ("ACL", "GRANT SELECT ON TABLE public.a TO r;"),
        ])
        #expect(
            stages == [
                [[index("a").1]], [[foreign.1, trigger.1, comment.1]], [[index("b").1]],
                [["GRANT SELECT ON TABLE public.a TO r;"]],
            ])
    }

    @Test("Nothing to do is no stage")
    func empty() throws { #expect(try plan([]).isEmpty) }
}
