package import PGKeepModel

/// One statement of a dump, with the comments and blanks before it.
package struct DumpStatement: Sendable {
    package let sql: [UInt8]
    /// Its pieces without blanks and comments: key words in capitals, names unquoted, each string as `'`.
    package let words: [Word]

    package struct Word: Sendable, Equatable {
        package enum Kind: Sendable, Equatable { case key, name, string, symbol }

        package var kind: Kind
        package var text: String
        /// Where it stands in `sql`.
        package var range: Range<Int>
    }

    package init(_ sql: [UInt8], _ tokens: [SQLToken]) {
        self.sql = sql
        words = tokens.compactMap { Word($0, in: sql) }
    }

    /// Whether it begins so; words in capitals, separated by blanks.
    package func begins(with text: String) -> Bool {
        let wanted = text.split(separator: " ")
        return words.count >= wanted.count && zip(words, wanted).allSatisfy { $0.kind == .key && $0.text == $1 }
    }

    /// Whether these key words follow one another anywhere outside quotes.
    package func contains(_ text: String) -> Bool { place(of: text) != nil }

    /// The place in `words` after the first occurrence of these key words.
    package func place(of text: String) -> Int? {
        let wanted = text.split(separator: " ").map(String.init)
        guard words.count >= wanted.count else { return nil }
        return (0...(words.count - wanted.count)).first { start in
            zip(words[start...], wanted).allSatisfy { $0.kind == .key && $0.text == $1 }
        }.map { $0 + wanted.count }
    }

    /// The name `schema.name` that stands at a place in `words`; nil if none does.
    package func name(at place: Int) -> QualifiedName? {
        guard place >= 0, place + 2 < words.count, let schema = words[place].identifier,
            words[place + 1].text == ".", let name = words[place + 2].identifier
        else { return nil }
        return QualifiedName(schema: schema, name: name)
    }

    /// The first line after the comments, for messages; of an ALTER that goes on, the second one too.
    package var title: String {
        guard let first = words.first else { return "" }
        let lines = sql[first.range.lowerBound...].split(separator: .newline, maxSplits: 2)
        let shown = begins(with: "ALTER") ? lines.prefix(2) : lines.prefix(1)
        var line = shown.map { ServerText.decode($0.drop { $0 == .space }) }.joined(separator: " ")
        if line.hasSuffix(";") { line.removeLast() }
        if line.hasSuffix(" (") { return String(line.dropLast(2)) }
        return line.count > 120 ? "\(line.prefix(117))..." : line
    }

    /// The statements of a text, in order; what follows the last semicolon counts only if it is no comment.
    package static func split(_ text: [UInt8]) -> [DumpStatement] {
        var statements: [DumpStatement] = []
        var tokens: [SQLToken] = []
        var body = RoutineBody()
        func close() {
            guard let first = tokens.first, let last = tokens.last else { return }
            let start = first.range.lowerBound
            let moved = tokens.map {
                SQLToken(kind: $0.kind, range: ($0.range.lowerBound - start)..<($0.range.upperBound - start))
            }
            let statement = DumpStatement(Array(text[start..<last.range.upperBound]), moved)
            if !statement.words.isEmpty { statements.append(statement) }
            tokens = []
            body = RoutineBody()
        }
        for token in SQLToken.all(in: text) {
            tokens.append(token)
            if token.kind == .word { body.take(text[token.range]) }
            if token.kind == .symbol, text[token.range.lowerBound] == .semicolon, !body.isOpen { close() }
        }
        close()
        return statements
    }
}

extension DumpStatement.Word {
    fileprivate init?(_ token: SQLToken, in sql: [UInt8]) {
        range = token.range
        switch token.kind {
        case .blank, .comment: return nil
        case .string: (kind, text) = (.string, "'")
        case .symbol: (kind, text) = (.symbol, ServerText.decode(sql[token.range]))
        case .word: (kind, text) = (.key, ServerText.decode(sql[token.range]).uppercased())
        case .identifier:
            let inner = ServerText.decode(sql[token.range].dropFirst().dropLast())
            (kind, text) = (.name, inner.replacing("\"\"", with: "\""))
        }
    }

    /// As an identifier: pg_dump writes those without quotes in small letters.
    package var identifier: String? {
        switch kind {
        case .name: text
        case .key: text.lowercased()
        case .string, .symbol: nil
        }
    }
}

/// Tells the semicolons inside `BEGIN ATOMIC … END` from the one that ends the statement, as psql does.
private struct RoutineBody {
    private var first: [String] = []
    private var depth = 0
    private var previous = ""

    var isOpen: Bool { depth > 0 }

    mutating func take(_ bytes: ArraySlice<UInt8>) {
        let word = String(decoding: bytes, as: UTF8.self).uppercased()
        defer { previous = word }
        if first.count < 4 { first.append(word) }
        guard first.first == "CREATE", first.contains("FUNCTION") || first.contains("PROCEDURE") else { return }
        switch word {
        case "ATOMIC" where previous == "BEGIN" && depth == 0: depth = 1
        case "BEGIN", "CASE": if depth > 0 { depth += 1 }
        case "END": if depth > 0 { depth -= 1 }
        default: break
        }
    }
}
