import PGKeepArchive

/// Makes dumps out of everything that is hard to tell apart, and tells what a scanner must find in them.
struct DumpGenerator {
    private(set) var text = ""
    /// What is more than text, in order.
    private(set) var expected: [ScannerEvent] = []
    /// The rows of each table, in the order in which the tables come.
    private(set) var tables: [(table: String, rows: String)] = []
    private var random: SeededGenerator

    private static let forgeries = [
        "--\n-- Name: x; Type: INDEX; Schema: public; Owner: o\n--\n\n", "COPY public.t (a) FROM stdin;\n1\n\\.\n",
        "\n\\.\n",
        "\\restrict abc\n", "\\unrestrict seed\n", "SET default_tablespace = x;\n",
        "\n-- PostgreSQL database dump complete\n",
        "'", "''", "\"", "\"\"", "$$", "$f$", "$", "$1", "/*", "*/", "--", ";", ";\n", "\\'", "\\", "E'", "e'\\", "\n",
        " ", "x", "é",
        " FROM stdin;", "; Type: ", "\t", "\r\n", "\u{301}",
    ]
    private static let words = [
        "SELECT", "1", "foo$bar", "a$1", "$1", "::text", "-", "/", "*", "e", "E", "(x)", "=>", "Größe", "- -", "N",
        "\\",
    ]
    private static let types: [(name: String, type: EntryType, sql: String)] = [
        ("TABLE", .preData, "CREATE TABLE"), ("FUNCTION", .preData, "CREATE FUNCTION"),
        ("COMMENT", .comment, "COMMENT ON"),
        ("INDEX", .index, "CREATE INDEX"), ("FK CONSTRAINT", .otherPostData, "ALTER TABLE ONLY"),
        ("ACL", .otherPostData, "GRANT"),
    ]

    init(seed: Int) { random = SeededGenerator(seed) }

    /// A whole dump: opening, schema, rows, finish, closing.
    mutating func dump() {
        let hasToken = random.chance(50)
        text = "--\n-- PostgreSQL database dump\n--\n\n"
        if hasToken { line("\\restrict seed\n", .restrict("seed")) }
        text += "SET row_security = off;\n\n"
        for _ in 0..<random.below(4) { entry(DumpGenerator.types[random.below(3)]) }
        for _ in 0..<random.below(3) { rows() }
        for _ in 0..<random.below(4) { entry(DumpGenerator.types[2 + random.below(4)]) }
        text += "--\n"
        line("-- PostgreSQL database dump complete\n", .complete)
        text += "--\n\n"
        if hasToken { line("\\unrestrict seed\n", .unrestrict("seed")) }
    }

    private mutating func line(_ line: String, _ role: LineRole) {
        text += line
        expected.append(.line(line, role))
    }

    private mutating func header(_ prefix: String, _ name: String, _ type: String, _ known: EntryType) {
        // pg_dump puts a blank in place of each newline.
        let name = String(decoding: name.utf8.map { $0 == 10 || $0 == 13 ? 32 : $0 }, as: UTF8.self)
        let line = "-- \(prefix)Name: \(name); Type: \(type); Schema: public; Owner: o\n"
        text += "--\n"
        // By bytes: an accent after the blank makes another character of it.
        self.line(line, .header(name.utf8.contains("; Type: ".utf8) ? .ambiguous : .known(known)))
        text += "--\n\n"
    }

    private mutating func entry(_ kind: (name: String, type: EntryType, sql: String)) {
        if random.chance(20) {
            let name = random.pick(["default_tablespace", "default_table_access_method"])
            line("SET \(name) = \(random.chance(50) ? "heap" : identifier());\n", .sessionState(name))
            text += "\n"
        }
        header("", soup(2), kind.name, kind.type)
        for _ in 0...random.below(2) { statement(kind.sql) }
        text += "\n\n"
    }

    private mutating func statement(_ opening: String) {
        text += opening
        for _ in 0..<random.below(5) {
            text += random.pick([" ", "\n", "\n    ", "\t"])
            switch random.below(7) {
            case 0: text += "'" + doubled(soup(), 0x27) + "'"
            case 1: text += random.pick(["E'", "e'"]) + escaped(soup()) + "'"
            case 2: text += identifier()
            case 3: text += dollarQuoted(soup(6))
            case 4: text += comment(soup(), depth: random.below(3))
            case 5: text += "--" + String(decoding: soup().utf8.filter { $0 != 10 }, as: UTF8.self) + "\n"
            default: text += random.pick(DumpGenerator.words)
            }
        }
        text += random.chance(5) ? "\nBEGIN ATOMIC\n SELECT 1;\n SELECT ';\n\\.\n';\nEND;\n" : ";\n"
    }

    private mutating func rows() {
        let table = "public.\(identifier(tables.count))"
        let columns = random.chance(10) ? "" : identifier()
        header("Data for ", soup(1), "TABLE DATA", .tableData)
        text += "COPY \(table) \(columns.isEmpty ? "" : "(\(columns))") FROM stdin;\n"
        var rows = ""
        for _ in 0..<random.below(6) {
            let row = String(decoding: soup().utf8.map { $0 == 10 ? 9 : $0 }, as: UTF8.self)
            rows += (row == "\\." ? "\\\\." : row) + "\n"
        }
        text += rows + "\\.\n\n\n"
        expected += [.copy(table: table, columns: columns), .rows(rows), .copyEnd]
        tables.append((table, rows))
    }

    private mutating func soup(_ most: Int = 4) -> String {
        (0..<random.below(most + 1)).map { _ in random.pick(DumpGenerator.forgeries) }.joined()
    }

    /// Names begin with a number, so that no two tables share one.
    private mutating func identifier(_ number: Int = 0) -> String { "\"\(number)" + doubled(soup(2), 0x22) + "\"" }

    private func doubled(_ text: String, _ quote: UInt8) -> String {
        String(decoding: text.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] }, as: UTF8.self)
    }

    private mutating func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if byte == 0x5C || (byte == 0x27 && random.chance(50)) {
                bytes.append(0x5C)
            } else if byte == 0x27 {
                bytes.append(0x27)
            }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// In the first of some delimiters that ends it where it ends.
    private func dollarQuoted(_ text: String) -> String {
        for delimiter in ["$$", "$f$", "$_$", "$é1$"] {
            let end = Array((text + delimiter).utf8)
            let length = delimiter.utf8.count
            let first = (0...(end.count - length)).first { end[$0..<($0 + length)].elementsEqual(delimiter.utf8) }
            if first == end.count - length { return delimiter + text + delimiter }
        }
        return "$unused$" + text + "$unused$"
    }

    private func comment(_ text: String, depth: Int) -> String {
        let inner = String(decoding: text.utf8.filter { $0 != 0x2A && $0 != 0x2F }, as: UTF8.self)
        let nested = depth == 0 ? "" : comment(text, depth: depth - 1)
        return "/*" + inner + nested + inner + "*/"
    }
}
