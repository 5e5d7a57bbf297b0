import Testing

@testable import PGKeepArchive

@Suite struct EntryTypeTests {
    @Test(
        "Each type of entry goes to its part of the dump",
        arguments: [
            ("TABLE", EntryType.preData), ("FUNCTION", .preData), ("SEQUENCE OWNED BY", .preData),
            ("DEFAULT", .preData),
            ("TABLE ATTACH", .preData), ("TABLE DATA", .tableData), ("SEQUENCE SET", .sequenceSet), ("BLOB", .blob),
            ("BLOB METADATA", .blob), ("BLOBS", .blobs), ("INDEX", .index), ("CONSTRAINT", .constraint),
            ("COMMENT", .comment), ("SECURITY LABEL", .comment), ("FK CONSTRAINT", .otherPostData),
            ("INDEX ATTACH", .otherPostData), ("TRIGGER", .otherPostData), ("RULE", .otherPostData),
            ("POLICY", .otherPostData), ("ROW SECURITY", .otherPostData), ("STATISTICS", .otherPostData),
            ("PUBLICATION TABLE", .otherPostData), ("SUBSCRIPTION", .otherPostData), ("EVENT TRIGGER", .otherPostData),
            ("MATERIALIZED VIEW DATA", .otherPostData), ("DEFAULT ACL", .otherPostData), ("ACL", .otherPostData),
        ])
    func name(name: String, type: EntryType) {
        #expect(EntryType(name: name) == type)
        #expect(!(type.isData && type.isPostData))
    }

    @Test(
        "Where the header is forged, the statement tells the type",
        arguments: [
            ("COPY public.\"; Type: \" (a) FROM stdin;\n", EntryType.tableData),
            ("SELECT pg_catalog.setval('public.\"; Type: \"', 1, false);\n", .sequenceSet),
            ("CREATE UNIQUE INDEX \"; Type: \" ON public.t USING btree (a);\n", .index),
            ("ALTER TABLE ONLY public.\"; Type: \"\n    ADD CONSTRAINT p PRIMARY KEY (a);\n", .constraint),
            (
                "ALTER TABLE ONLY public.\"; Type: \"\n    ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES b(c);\n",
                .otherPostData
            ),
            ("ALTER TABLE public.\"; Type: \" ENABLE ROW LEVEL SECURITY;\n", .otherPostData),
            ("ALTER TABLE public.\" ADD CONSTRAINT \" ALTER COLUMN \" FOREIGN KEY \" SET DEFAULT 1;\n", .preData),
            (
                "ALTER TABLE public.\"\u{22}\u{22}\u{301} ADD CONSTRAINT ; Type: \" ALTER COLUMN a SET DEFAULT 1;\n",
                .preData
            ),
            ("CREATE TABLE public.\"; Type: \" (\n);\n", .preData), ("COMMENT ON TABLE public.t IS 'x';\n", .comment),
            ("CREATE CONSTRAINT TRIGGER \"; Type: \" AFTER INSERT ON public.t", .otherPostData),
            ("GRANT SELECT ON TABLE public.\"; Type: \" TO r;\n", .otherPostData),
        ])
    func statement(statement: String, type: EntryType) { #expect(EntryType(statement: statement) == type) }
}
