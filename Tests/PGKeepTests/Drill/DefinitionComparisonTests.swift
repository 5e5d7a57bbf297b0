import PGKeepArchive
import PGKeepModel
import Testing

@testable import PGKeep

@Suite struct DefinitionComparisonTests {
    private func definitions(_ entries: (type: String, name: String, owner: String, sql: String)...) throws
        -> DumpDefinitions
    {
        var scanner = DumpScanner(visitor: DumpDefinitions())
        for entry in entries {
            let text =
                "--\n-- Name: \(entry.name); Type: \(entry.type); Schema: public; Owner: \(entry.owner)\n--\n\n"
                + "\(entry.sql)\n\n\n"
            try Array(text.utf8).withUnsafeBytes { try scanner.feed($0) }
        }
        try scanner.finish()
        scanner.visitor.finish()
        return scanner.visitor
    }

    private func compare(
        _ expected: DumpDefinitions, _ found: DumpDefinitions, _ depth: Proof.Definitions = .text
    ) -> [String] { DefinitionComparison.differences(expected, found, depth).map(\.text) }

    @Test("A missing index, one too many, another text and another owner are told")
    func differences() throws {
        let index = ("INDEX", "i", "o", "CREATE INDEX i ON public.t USING btree (a);")
        let view = ("VIEW", "v", "o", "CREATE VIEW public.v AS\n SELECT 1;")
        let both = try definitions(index, view)
        #expect(compare(both, both).isEmpty)
        #expect(try compare(both, definitions(view)) == ["index public.i: expected 1 definition, found nothing"])
        #expect(try compare(definitions(view), both) == ["index public.i: expected nothing, found 1 definition"])
        let other = try definitions(index, ("VIEW", "v", "o", "CREATE VIEW public.v AS\n SELECT 2;"))
        #expect(compare(both, other) == ["view public.v: expected SELECT 1;, found SELECT 2;"])
        let given = try definitions(index, ("VIEW", "v", "p", "CREATE VIEW public.v AS\n SELECT 1;"))
        #expect(compare(both, given) == ["view public.v: expected owner o, found owner p"])
    }

    @Test("Between majors names are compared, of the kinds that both write alike")
    func names() throws {
        let old = try definitions(
            ("VIEW", "v", "o", "CREATE VIEW public.v AS SELECT 1;"), ("ACL", "TABLE t", "o", "GRANT x;"))
        let new = try definitions(("VIEW", "v", "o", "CREATE VIEW public.v AS\n SELECT 1;"))
        #expect(compare(old, new, .names).isEmpty)
        #expect(try compare(old, definitions(), .names) == ["view public.v: expected to be there, found nothing"])
    }

    @Test("Whoever a dump speaks of is known: owners, grantees, members of policies and mappings")
    func roles() throws {
        let found = try definitions(
            ("TABLE", "t", "owner", "CREATE TABLE public.t ();"),
            (
                "ACL", "TABLE t", "owner",
                "GRANT SELECT ON TABLE public.t TO \"Reader One\";\nREVOKE ALL ON TABLE public.t FROM PUBLIC;"
            ),
            ("DEFAULT ACL", "x", "maker", "ALTER DEFAULT PRIVILEGES FOR ROLE maker GRANT ALL ON TABLES TO taker;"),
            ("POLICY", "t p", "owner", "CREATE POLICY p ON public.t FOR SELECT TO one, two USING (true);"),
            ("USER MAPPING", "USER MAPPING m SERVER s", "owner", "CREATE USER MAPPING FOR mapped SERVER s;"))
        let properties = DatabaseProperties(
            name: "d", owner: "boss", encoding: "UTF8", collate: "C", characterType: "C", localeProvider: nil,
            locale: nil, icuRules: nil, connectionLimit: -1, comment: nil,
            grants: [.init(grantee: nil, privilege: "CONNECT", grantable: false)],
            settings: [.init(role: "set", name: "work_mem", value: "1MB")])
        #expect(
            DrillRoles.named(in: found, properties) == [
                "owner", "Reader One", "maker", "taker", "one", "two", "mapped", "boss", "set",
            ])
    }
}
