import Testing

@testable import PGKeep

@Suite struct MergeStatementsTests {
    private func statements(
        columns: [String] = ["id", "\"Na;me\"", "note"], key: [String] = ["id"], fixed: Set<String> = [],
        throughRoot: Bool = false
    ) -> MergeStatements {
        MergeStatements(
            restored: "side.\"T\"", table: "public.\"T\"", columns: columns, key: key, fixed: fixed,
            throughRoot: throughRoot)
    }

    @Test("With a key the missing rows are inserted, the changed set, the added deleted")
    func keyed() {
        let merge = statements()
        #expect(
            merge.missing[0] == """
                INSERT INTO public."T" (id, "Na;me", note)
                  SELECT id, "Na;me", note FROM ONLY side."T"
                  ON CONFLICT (id) DO NOTHING;
                """)
        #expect(
            merge.changed[0] == """
                INSERT INTO public."T" AS t (id, "Na;me", note)
                  SELECT id, "Na;me", note FROM ONLY side."T"
                  ON CONFLICT (id) DO UPDATE SET "Na;me" = EXCLUDED."Na;me", note = EXCLUDED.note
                  WHERE ROW(t."Na;me", t.note) IS DISTINCT FROM ROW(EXCLUDED."Na;me", EXCLUDED.note);
                """)
        #expect(
            merge.added == [
                """
                DELETE FROM ONLY public."T" t
                  WHERE NOT EXISTS (SELECT FROM ONLY side."T" r WHERE r.id = t.id);
                """
            ])
    }

    @Test("Where the key is deferrable, ON CONFLICT is not an option")
    func deferrable() {
        var merge = statements()
        merge.isDeferrable = true
        #expect((merge.missing + merge.changed).count == 2)
        #expect((merge.missing + merge.changed).allSatisfy { !$0.contains("ON CONFLICT") })
    }

    @Test("Every column of a key counts")
    func twoColumns() {
        let merge = statements(key: ["id", "\"Na;me\""])
        #expect(merge.missing[0].contains("ON CONFLICT (id, \"Na;me\") DO NOTHING"))
        #expect(merge.missing[1].contains("r.id = t.id AND r.\"Na;me\" = t.\"Na;me\""))
        #expect(merge.changed[0].contains("DO UPDATE SET note = EXCLUDED.note\n"))
        #expect(merge.difference.hasSuffix("ON r.id = t.id AND r.\"Na;me\" = t.\"Na;me\""))
    }

    @Test("Where all columns are the key nothing can have changed")
    func keyOnly() { #expect(statements(columns: ["id"], key: ["id"]).changed.isEmpty) }

    @Test("What an identity always gives is inserted as it was, and never set")
    func identity() {
        let merge = statements(fixed: ["note"])
        #expect(merge.missing.allSatisfy { $0.contains(") OVERRIDING SYSTEM VALUE\n") })
        #expect(merge.changed.allSatisfy { !$0.contains("note = ") })
        #expect(!statements().missing[0].contains("OVERRIDING"))
    }

    @Test("Without a key whole rows are compared, and each of several same ones counts")
    func keyless() {
        let merge = statements(key: [])
        #expect(merge.missing[0].contains("EXCEPT ALL SELECT id, \"Na;me\", note FROM ONLY public.\"T\";"))
        #expect(merge.changed.isEmpty)
        #expect(merge.added[0].contains("(tableoid, ctid) IN"))
        #expect(merge.difference.hasSuffix(", NULL"))
    }

    @Test("Rows of heirs are left alone, those of partitions loaded through their root are not")
    func only() {
        #expect(statements().difference.contains("FROM ONLY side.\"T\" r FULL JOIN ONLY public.\"T\" t"))
        let root = statements(throughRoot: true)
        for sql in root.missing + root.changed + root.added + [root.difference] { #expect(!sql.contains("ONLY")) }
    }
}
