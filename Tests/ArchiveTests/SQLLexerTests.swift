import Testing

@testable import PGKeepArchive

@Suite struct SQLLexerTests {
    private func lexed(_ text: String) -> SQLLexer {
        var lexer = SQLLexer()
        var rest = Substring(text)[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: "\n").map { rest.index(after: $0) } ?? rest.endIndex
            Array(rest[..<end].utf8).withUnsafeBytes { lexer.consume($0) }
            rest = rest[end...]
        }
        return lexer
    }

    @Test(
        "A statement is complete at its semicolon and nowhere else",
        arguments: [
            ("", false), ("\n", false), ("-- comment ;\n", false), ("/* a */\n", false), ("SELECT 1", true),
            ("SELECT 1;\n", false), ("SELECT ';'\n", true), ("SELECT \";\"", true), ("SELECT $$;$$", true),
            ("SELECT 1 -- ;\n", true), ("SELECT 1 /* ; */", true), ("SELECT 1; x", true), (";", false),
        ])
    func open(text: String, isOpen: Bool) { #expect(lexed(text).statementIsOpen == isOpen) }

    @Test(
        "Each state is entered and left where PostgreSQL enters and leaves it",
        arguments: [
            ("SELECT 'a", SQLLexer.State.string(escapes: false)), ("SELECT 'it''s'", .plain), ("SELECT 'a\\'", .plain),
            ("SELECT E'a\\'", .string(escapes: true)), ("SELECT e'a\\\\'", .plain), ("SELECT 'a\n--\n' --'", .plain),
            ("SELECT type'a\\'", .plain), ("SELECT \"e\"'\\'", .plain), ("SELECT é'\\'", .plain),
            ("SELECT \"a\"e'\\'", .string(escapes: true)), ("SELECT U&'\\'", .plain), ("SELECT \"a", .identifier),
            ("SELECT \"a\"\"", .identifier), ("SELECT \"'\"", .plain), ("AS $$ a", .dollar(Array("$$".utf8))),
            ("AS $f$ $$ $g$", .dollar(Array("$f$".utf8))), ("AS $f$ $$ $f$", .plain), ("AS $f$ $$f$", .plain),
            ("AS $f$ $f$f$", .plain), ("AS $é$ ' $é$", .plain), ("SELECT a$b$", .plain), ("SELECT $1 + $2", .plain),
            ("SELECT $1$", .plain), ("AS $$a$$$$b", .dollar(Array("$$".utf8))), ("AS $a", .plain),
            ("/* a", .comment(depth: 1)), ("/* /* */", .comment(depth: 1)), ("/* /* */ */", .plain),
            ("/*/", .comment(depth: 1)), ("/* ' \" $$ -- */", .plain), ("-- /* ' \"", .plain),
            ("/* -- */ '", .string(escapes: false)),
            ("SELECT a-b", .plain), ("SELECT 1/2", .plain), ("/**/'", .string(escapes: false)),
        ])
    func state(text: String, state: SQLLexer.State) { #expect(lexed(text).state == state) }

    @Test("A dollar quote may end in the middle of a line, and another may begin")
    func severalDollars() {
        #expect(lexed("$a$ x\n$b$ $a$ || $b$ y\n$a$").state == .dollar(Array("$b$".utf8)))
    }
}
