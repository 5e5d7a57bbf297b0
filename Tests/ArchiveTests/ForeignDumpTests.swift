import PGKeepModel
import Testing

@testable import PGKeepArchive

@Suite struct ForeignDumpTests {
    private static let head = """
        --
        -- PostgreSQL database dump
        --

        -- Dumped from database version 15.20 (Debian 15.20-0+deb12u1)
        -- Dumped by pg_dump version 16.1

        SET statement_timeout = 0;
        SET client_encoding = 'UTF8';
        SELECT pg_catalog.set_config('search_path', '', false);


        """
    private static let tables = """
        --
        -- Name: orders; Type: TABLE; Schema: public; Owner: shop
        --

        CREATE TABLE public.orders (id integer, what text);

        --
        -- Data for Name: orders; Type: TABLE DATA; Schema: public; Owner: shop
        --

        COPY public.orders (id, what) FROM stdin;
        1\tone
        2\ttwo
        \\.


        """
    private static let end = "--\n-- PostgreSQL database dump complete\n--\n\n"

    private func survey(_ text: String) throws -> ForeignDump { try survey(Array(text.utf8)) }

    private func survey(_ bytes: [UInt8]) throws -> ForeignDump {
        try ForeignDump(surveying: MemoryFile(bytes), check: {})
    }

    @Test("A plain dump tells its server, its tables and its rows")
    func plain() throws {
        let dump = try survey(Self.head + Self.tables + Self.end)
        let section = try #require(dump.sections.first)
        #expect(dump.problems.isEmpty && dump.format == .plain && dump.sections.count == 1)
        #expect(section.serverVersion == "15.20 (Debian 15.20-0+deb12u1)" && section.dumpVersion == "16.1")
        #expect(section.database == nil && section.clientEncoding == "UTF8" && !section.hasInserts)
        var tally = RowTally()
        Array("1\tone\n2\ttwo\n".utf8).withUnsafeBytes { tally.add(lines: $0) }
        #expect(
            section.tables == [
                TableSummary(
                    table: "public.orders", columns: "id, what", rows: 2, hash: tally.hash, rawBytes: tally.bytes)
            ])
    }

    @Test("A dump without its closing line, cut inside rows, a string or a function is not whole")
    func cutShort() throws {
        let whole = Self.head + Self.tables + "CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT ';' $$;\n"
        for text in [
            whole, Self.head, Self.head + String(Self.tables.dropLast(4)),
            whole + "COMMENT ON TABLE public.orders IS 'a\n", whole + "CREATE FUNCTION g() AS $_$\n;\n",
            Self.head + Self.tables + Self.end + "SELECT 1;\n",
        ] {
            #expect(try !survey(text).problems.isEmpty, "\(text.suffix(60))")
        }
    }

    @Test("A closing line inside a function's body, a comment or rows closes nothing")
    func forgedEnd() throws {
        let line = "-- PostgreSQL database dump complete\n"
        for text in [
            "CREATE FUNCTION f() AS $$\n\(line)$$;\n", "/*\n\(line)*/ SELECT 1;\n",
            "COPY public.t (a) FROM stdin;\n\(line)\\.\nSELECT 1;\n",
        ] {
            #expect(try !survey(Self.head + text).problems.isEmpty, "\(text)")
        }
    }

    @Test("Tokens that don't match, or are not closed, are told")
    func tokens() throws {
        func dump(_ first: String, _ last: String) -> String { first + Self.head + Self.tables + Self.end + last }
        #expect(try survey(dump("\\restrict abc\n", "\\unrestrict abc\n")).problems.isEmpty)
        #expect(try !survey(dump("\\restrict abc\n", "\\unrestrict abd\n")).problems.isEmpty)
        #expect(try !survey(dump("\\restrict abc\n", "")).problems.isEmpty)
        #expect(try !survey(dump("", "\\unrestrict abc\n")).problems.isEmpty)
    }

    @Test("--create names the database, its encoding and its locale")
    func create() throws {
        let dump = try survey(
            Self.head + """
                --
                -- Name: Shop; Type: DATABASE; Schema: -; Owner: shop
                --

                CREATE DATABASE "Shop" WITH TEMPLATE = template0 ENCODING = 'LATIN1' LOCALE_PROVIDER = icu LOCALE = 'C' ICU_LOCALE = 'de';


                ALTER DATABASE "Shop" OWNER TO shop;

                \\connect "Shop"

                SET client_encoding = 'UTF8';

                """ + Self.tables + Self.end)
        #expect(dump.problems.isEmpty && dump.sections.map(\.database) == ["Shop"])
        let creation = try #require(dump.sections.first?.creation)
        #expect(creation.encoding == "LATIN1" && creation.collate == "C" && creation.characterType == "C")
        #expect(creation.localeProvider == "icu" && creation.locale == "de")
        #expect(dump.sections.first?.rows == 2)
    }

    @Test("The databases of a pg_dumpall are told apart, and it is whole only with its own closing line")
    func cluster() throws {
        let head =
            "--\n-- PostgreSQL database cluster dump\n--\n\nSET client_encoding = 'UTF8';\n\nCREATE ROLE shop;\n\n"
        let text =
            head + "\\connect template1\n\n" + Self.head + Self.end + Self.head
            + "CREATE DATABASE shop WITH TEMPLATE = template0 ENCODING = 'UTF8';\n\n\\connect shop\n\n" + Self.tables
            + Self.end
        #expect(try !survey(text).problems.isEmpty)
        let dump = try survey(text + "--\n-- PostgreSQL database cluster dump complete\n--\n\n")
        #expect(dump.problems.isEmpty)
        #expect(dump.sections.map(\.database) == ["template1", "shop"] && dump.sections.map(\.rows) == [0, 2])
        #expect(dump.sections.map(\.serverVersion).allSatisfy { $0?.hasPrefix("15.20") ?? false })
        #expect(dump.sections[1].creation?.encoding == "UTF8" && dump.sections[0].creation == nil)
    }

    @Test("Rows that come as INSERT are noticed, those in a string or a function are not")
    func inserts() throws {
        let insert = "INSERT INTO public.orders VALUES (1, 'one');\n"
        #expect(try survey(Self.head + insert + Self.end).sections[0].hasInserts)
        for text in ["SELECT '\n\(insert.replacing("'", with: "''"))';\n", "DO $$\n\(insert)$$;\n"] {
            #expect(try !survey(Self.head + text + Self.end).sections[0].hasInserts, "\(text)")
        }
    }

    @Test("A COPY of before 2018 belongs to the search path's first schema")
    func searchPath() throws {
        let dump = try survey(
            Self.head + "SET search_path = \"My Shop\", pg_catalog;\n\nCOPY orders (id) FROM stdin;\n1\n\\.\n\n"
                + "SET search_path = public, pg_catalog;\n\nCOPY orders (id) FROM stdin;\n1\n2\n\\.\n\n" + Self.end)
        #expect(dump.sections[0].tables.map(\.table) == [#""My Shop"."orders""#, #""public"."orders""#])
        #expect(dump.sections[0].tables.map(\.rows) == [1, 2])
    }

    @Test(
        "The database of \\connect is read as psql reads it",
        arguments: [
            ("\\connect shop\n", "shop"), ("\\connect \"My \"\"Shop\"\"\"\n", "My \"Shop\""),
            (#"\connect -reuse-previous=on "dbname='it\'s'""# + "\n", "it's"),
            ("\\connect -reuse-previous=on \"dbname='a \"\"b\"\" c'\"\n", "a \"b\" c"),
        ])
    func connectLine(line: String, database: String) { #expect(ConnectLine.database(in: line) == database) }

    // MARK: The stream

    private func member(_ bytes: some Sequence<UInt8>, _ compression: Compression = .gzip(6)) throws -> [UInt8] {
        let encoder = try UnitEncoder(compression)
        return try Array(bytes).withUnsafeBytes { bytes in
            try withExtendedLifetime(encoder) { Array(try encoder.encode(bytes)) }
        }
    }

    @Test("A compressed dump is read whatever its members are, and whatever it is called", arguments: [1, 7, 1000])
    func members(size: Int) throws {
        let text = Array((Self.head + Self.tables + Self.end).utf8)
        let pieces = stride(from: 0, to: text.count, by: size).map { text[$0..<min($0 + size, text.count)] }
        let expected = try survey(text).sections
        for compression in [Compression.gzip(1), .gzip(6), .zstd(3)] {
            let dump = try survey(try pieces.flatMap { try member($0, compression) })
            #expect(dump.problems == [] && dump.sections == expected, "\(compression) \(dump.problems)")
        }
    }

    @Test("A compressed dump that is cut anywhere, or has any bit changed, is not whole")
    func damage() throws {
        let whole = try survey(Self.head + Self.tables + Self.end).sections
        for compression in [Compression.gzip(6), .zstd(3)] {
            let stored = try member(Array((Self.head + Self.tables + Self.end).utf8), compression)
            for length in 1..<stored.count where length > 4 {
                #expect(try !survey(Array(stored[..<length])).problems.isEmpty, "\(compression) cut at \(length)")
            }
            for place in 10..<stored.count {
                var bytes = stored
                bytes[place] ^= 1 << (place % 8)
                let dump = try survey(bytes)
                // Some bits of zstd say the same either way; the text then is the same too.
                #expect(!dump.problems.isEmpty || dump.sections == whole, "\(compression) changed at \(place)")
            }
            #expect(try !survey(stored + [0x20]).problems.isEmpty, "\(compression) with a byte too many")
        }
    }

    @Test("What is no SQL text is refused with the way to make it some")
    func otherFormats() throws {
        let error = #expect(throws: PGKeepError.self) { try survey(Array("PGDMP\u{1}".utf8)) }
        #expect(error?.hint?.contains("pg_restore -f -") ?? false)
        #expect(throws: PGKeepError.self) { try survey([]) }
    }
}
