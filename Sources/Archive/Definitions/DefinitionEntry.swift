import PGKeepModel

/// One entry of a dump that defines something.
package struct DefinitionEntry: Sendable, Hashable {
    package var header: DefinitionHeader
    /// Its SQL without blank lines at the end; of privileges the lines in an order of their own, since pg_dump writes
    /// them in the order in which they were granted.
    package var text: [UInt8]

    init(_ header: DefinitionHeader, _ text: [UInt8]) {
        self.header = header
        var text = text
        while let last = text.last, last == .newline || last == .space { text.removeLast() }
        let first = text.firstIndex { $0 != .newline } ?? text.endIndex
        text.removeSubrange(..<first)
        if header.type.hasSuffix("ACL") {
            let lines = text.split(separator: .newline).sorted { $0.lexicographicallyPrecedes($1) }
            text = Array(lines.joined(separator: [.newline]))
        }
        self.text = text
    }

    package static func == (left: DefinitionEntry, right: DefinitionEntry) -> Bool {
        left.text == right.text && left.header == right.header
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(header.identity) }

    /// The first statement's text, for whoever judges an entry by it.
    static func statement(of text: [UInt8]) -> String {
        DumpStatement.split(text).first.map { ServerText.decode($0.bare) } ?? ""
    }

    /// Its pieces without casts, parentheses, brackets and key words of arrays.
    ///
    /// PostgreSQL writes some expressions otherwise after they were loaded than before: `x IN ('a', 'b')` on a varchar
    /// comes back with its casts in other places. What is left is the same, in the same order.
    package var essence: [String] {
        var pieces: [String] = []
        for statement in DumpStatement.split(text) {
            var words = statement.words[...]
            while let word = words.popFirst() {
                if word.kind == .symbol, word.text == ":", words.first?.text == ":" {
                    words.removeFirst()
                    DefinitionEntry.skipType(&words)
                } else if word.kind == .symbol, "()[]".contains(word.text) {
                    continue
                } else if word.kind == .key, word.text == "ARRAY" {
                    continue
                } else {
                    pieces.append(ServerText.decode(statement.sql[word.range]))
                }
            }
        }
        return pieces
    }

    private static let furtherWords: Set<String> = ["VARYING", "PRECISION", "WITHOUT", "WITH", "TIME", "ZONE"]

    /// Takes `character varying(20)[]`, `pg_catalog.text`, `timestamp with time zone` away.
    private static func skipType(_ words: inout ArraySlice<DumpStatement.Word>) {
        guard let first = words.popFirst(), first.identifier != nil else { return }
        while words.first?.kind == .symbol, words.first?.text == "." {
            words.removeFirst()
            _ = words.popFirst()
        }
        while let word = words.first, word.kind == .key, furtherWords.contains(word.text) { words.removeFirst() }
        // A modifier is `(20)` or `(10,2)`: numbers alone.
        if words.first?.text == "(", words.first?.kind == .symbol {
            let inner = words.dropFirst().prefix { $0.text != ")" }
            if inner.allSatisfy({ $0.text == "," || $0.text.allSatisfy(\.isNumber) }) {
                words = words.dropFirst(inner.count + 2)
            }
        }
        while let word = words.first, word.kind == .key, furtherWords.contains(word.text) { words.removeFirst() }
    }
}
