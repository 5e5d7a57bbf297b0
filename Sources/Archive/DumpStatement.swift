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

    /// Without the comments and blanks before it.
    package var bare: ArraySlice<UInt8> { sql[(words.first?.range.lowerBound ?? sql.count)...] }

    /// The key word at a place in `words`; nil if something else stands there, or nothing.
    package func key(at place: Int) -> String? {
        words.indices.contains(place) && words[place].kind == .key ? words[place].text : nil
    }

    /// Whether it begins so; words in capitals, separated by blanks.
    package func begins(with text: String) -> Bool {
        let wanted = text.split(separator: " ")
        return words.count >= wanted.count && zip(words, wanted).allSatisfy { $0.kind == .key && $0.text == $1 }
    }

    /// Whether these key words follow one another outside quotes and parentheses.
    package func contains(_ text: String) -> Bool { place(of: text) != nil }

    /// The place in `words` after the first occurrence of these key words outside quotes and parentheses.
    package func place(of text: String) -> Int? {
        let wanted = text.split(separator: " ").map(String.init)
        var depth = 0
        for start in words.indices where start + wanted.count <= words.count {
            if words[start].kind == .symbol {
                depth += words[start].text == "(" ? 1 : words[start].text == ")" ? -1 : 0
            } else if depth == 0, zip(words[start...], wanted).allSatisfy({ $0.kind == .key && $0.text == $1 }) {
                return start + wanted.count
            }
        }
        return nil
    }

    /// The name `schema.name` that stands at a place in `words`; nil if none does.
    package func name(at place: Int) -> QualifiedName? {
        guard place >= 0, place + 2 < words.count, let schema = words[place].identifier,
            isSymbol(".", at: place + 1), let name = words[place + 2].identifier
        else { return nil }
        return QualifiedName(schema: schema, name: name)
    }

    /// The names that begin each part of the list in parentheses at a place in `words`, quoted as they are there.
    package func list(at place: Int) -> [String] {
        guard isSymbol("(", at: place) else { return [] }
        return words.indices[(place + 1)...].prefix { !isSymbol(")", at: $0) }
            .filter { words[$0].identifier != nil && (isSymbol("(", at: $0 - 1) || isSymbol(",", at: $0 - 1)) }
            .map { ServerText.decode(sql[words[$0].range]) }
    }

    /// Whether this character stands there, outside quotes.
    package func isSymbol(_ text: String, at place: Int) -> Bool {
        words.indices.contains(place) && words[place].kind == .symbol && words[place].text == text
    }

    /// The identifier that stands at a place in `words`; nil if none does.
    package func identifier(at place: Int) -> String? {
        words.indices.contains(place) ? words[place].identifier : nil
    }

    /// The first line after the comments, for messages; of an ALTER that goes on, the second one too. A role's password
    /// is not in it.
    package var title: String {
        let end = place(of: "PASSWORD").map { words[$0 - 1].range.lowerBound } ?? sql.count
        let lines = bare.prefix(upTo: max(end, bare.startIndex)).split(separator: .newline, maxSplits: 2)
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
        var depth = 0
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
            depth = 0
        }
        for token in SQLToken.all(in: text) {
            tokens.append(token)
            switch (token.kind, text[token.range.lowerBound]) {
            case (.word, _): body.take(text[token.range])
            // The actions of a rule stand in parentheses, with semicolons between them.
            case (.symbol, UInt8(ascii: "(")): depth += 1
            case (.symbol, UInt8(ascii: ")")): depth -= 1
            case (.symbol, .semicolon) where depth <= 0 && !body.isOpen: close()
            default: break
            }
        }
        close()
        return statements
    }

    /// The text of a string or of a quoted identifier: what stands between the quotes, each doubled one once.
    package static func unquoted(_ token: ArraySlice<UInt8>) -> [UInt8] {
        guard let quote = token.first else { return [] }
        var inner: [UInt8] = []
        var doubled = false
        for byte in token.dropFirst().dropLast() {
            doubled = byte == quote && !doubled
            if !doubled { inner.append(byte) }
        }
        return inner
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
        case .identifier: (kind, text) = (.name, ServerText.decode(DumpStatement.unquoted(sql[token.range])))
        }
    }

    /// As an identifier: pg_dump writes those without quotes in small letters.
    package var identifier: String? {
        switch kind {
        case .name: text
        case .key: text.utf8.first?.isDigit == true ? nil : text.lowercased()
        case .string, .symbol: nil
        }
    }
}

/// Tells the semicolons inside `BEGIN ATOMIC … END` from the one that ends the statement, as psql does.
private struct RoutineBody {
    private var count = 0
    private var isRoutine = false
    private var depth = 0
    private var previous = ""

    var isOpen: Bool { depth > 0 }

    mutating func take(_ bytes: ArraySlice<UInt8>) {
        count += 1
        // Most statements are no routine; their words need no look.
        guard count == 1 || isRoutine || (previous != "" && count <= 4) else { return }
        let word = String(decoding: bytes, as: UTF8.self).uppercased()
        if count == 1, word != "CREATE" { return }
        defer { previous = word }
        if count <= 4, word == "FUNCTION" || word == "PROCEDURE" { isRoutine = true }
        switch word {
        case "ATOMIC" where previous == "BEGIN" && depth == 0 && isRoutine: depth = 1
        case "BEGIN", "CASE": if depth > 0 { depth += 1 }
        case "END": if depth > 0 { depth -= 1 }
        default: break
        }
    }
}
