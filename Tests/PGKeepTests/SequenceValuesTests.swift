import PGKeepArchive
import PGKeepModel
import Testing

@testable import PGKeep

@Suite struct SequenceValuesTests {
    private func value(_ sql: String) throws -> (sequence: QualifiedName, arguments: String)? {
        SequenceValues.value(try #require(DumpStatement.split(Array(sql.utf8)).first))
    }

    @Test(
        "A sequence is read from the statement that sets it, whatever its name",
        arguments: [
            ("SELECT pg_catalog.setval('public.s', 42, true);", "public", "s", ", 42, true);"),
            (
                "--\n-- x\n--\nSELECT pg_catalog.setval('\"It''s; --\".\"a\n\"\"b\"\"\"', -1, false);", "It's; --",
                "a\n\"b\"", ", -1, false);"
            ),
        ])
    func read(sql: String, schema: String, name: String, arguments: String) throws {
        let found = try #require(try value(sql))
        #expect(found.sequence == QualifiedName(schema: schema, name: name))
        #expect(found.arguments == arguments)
    }

    @Test(
        "Nothing else sets a sequence",
        arguments: [
            "SELECT pg_catalog.setval(s, 42, true);", "SELECT pg_catalog.lo_create('1');", "SELECT 1;",
            "INSERT INTO a.b VALUES ('SELECT pg_catalog.setval(''public.s'', 42, true);');",
        ])
    func others(sql: String) throws { #expect(try value(sql) == nil) }
}
