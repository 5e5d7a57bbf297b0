import Testing

@testable import PGKeepArchive

@Suite struct SQLTokensTests {
    /// The pieces that are not blank, each after its kind: `w:select`.
    private func pieces(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return SQLToken.all(in: bytes).compactMap { token in
            let piece = String(decoding: bytes[token.range], as: UTF8.self)
            switch token.kind {
            case .blank: return nil
            case .comment: return "c:\(piece)"
            case .word: return "w:\(piece)"
            case .identifier: return "i:\(piece)"
            case .string: return "s:\(piece)"
            case .symbol: return "y:\(piece)"
            }
        }
    }

    @Test(
        "Each piece ends where PostgreSQL's own lexer ends it",
        arguments: [
            ("SELECT a.b", ["w:SELECT", "w:a", "y:.", "w:b"]),
            ("'it''s; --'x", ["s:'it''s; --'", "w:x"]), ("'a\\'b", ["s:'a\\'", "w:b"]),
            ("E'a\\'b' c", ["s:E'a\\'b'", "w:c"]), ("e'\\\\'d", ["s:e'\\\\'", "w:d"]), ("n'x'", ["s:n'x'"]),
            ("type'a\\'", ["w:type", "s:'a\\'"]), ("\"a\"\"b\"\"\" c", ["i:\"a\"\"b\"\"\"", "w:c"]),
            ("\"--\" \";\" \"\n\"", ["i:\"--\"", "i:\";\"", "i:\"\n\""]), ("\"\"", ["i:\"\""]),
            ("a -- b ' \"\nc", ["w:a", "c:-- b ' \"", "w:c"]),
            ("a/* /* ' */ \" */b", ["w:a", "c:/* /* ' */ \" */", "w:b"]),
            ("$$;'\"$$a", ["s:$$;'\"$$", "w:a"]), ("$f$ $$ $g$ $f$", ["s:$f$ $$ $g$ $f$"]),
            ("a$b$c", ["w:a$b$c"]), ("$1 + $2", ["y:$", "w:1", "y:+", "y:$", "w:2"]), ("1.5", ["w:1", "y:.", "w:5"]),
            ("größe.Ä", ["w:größe", "y:.", "w:Ä"]), ("a-b/c", ["w:a", "y:-", "w:b", "y:/", "w:c"]),
            ("U&'\\0041'", ["w:U", "y:&", "s:'\\0041'"]),
        ])
    func kinds(text: String, expected: [String]) { #expect(pieces(text) == expected) }

    @Test(
        "What is never closed goes to the end, and nothing is read beyond it",
        arguments: ["'a", "E'a\\", "\"a\"\"", "/* a /* b */", "$x$ a $x", "$$a$", "--", "/", "$", "E'"])
    func unclosed(text: String) {
        let tokens = SQLToken.all(in: Array("a \(text)".utf8))
        #expect(tokens.last?.range.upperBound == text.utf8.count + 2)
    }

    @Test("The pieces of any bytes join without gaps", arguments: 0..<200)
    func complete(seed: Int) {
        var random = SeededGenerator(seed)
        let alphabet = Array("ab1 \n'\"$\\-/*.;Ee\u{E9}".utf8) + [0xFF]
        let text = (0..<60).map { _ in alphabet.randomElement(using: &random) ?? 0 }
        let tokens = SQLToken.all(in: text)
        #expect(tokens.flatMap { text[$0.range] } == text)
        #expect(tokens.allSatisfy { !$0.range.isEmpty })
    }
}
