/// A piece of SQL text that PostgreSQL's lexer sees as one (manual, 4.1), blanks and comments among them.
///
/// `SQLLexer` tells of a stream where its statements end, line by line; this names every piece of a text held whole.
package struct SQLToken: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case blank, comment
        /// An identifier or key word without quotes, or a number.
        case word
        /// `"…"`.
        case identifier
        /// `'…'` with its prefix, `$tag$…$tag$`.
        case string
        /// Any other character.
        case symbol
    }

    package var kind: Kind
    package var range: Range<Int>

    /// Every piece of the text, in order and without gaps.
    package static func all(in text: [UInt8]) -> [SQLToken] {
        var tokens: [SQLToken] = []
        var at = 0
        while at < text.count {
            let (kind, end) = next(text, at)
            tokens.append(SQLToken(kind: kind, range: at..<end))
            at = end
        }
        return tokens
    }

    private static func next(_ text: [UInt8], _ at: Int) -> (Kind, Int) {
        func byte(_ place: Int) -> UInt8 { place < text.count ? text[place] : 0 }
        switch text[at] {
        case .space, .tab, .newline, .carriageReturn:
            return (.blank, end(text, at) { $0 == .space || $0 == .tab || $0 == .newline || $0 == .carriageReturn })
        case .dash where byte(at + 1) == .dash: return (.comment, end(text, at) { $0 != .newline })
        case .slash where byte(at + 1) == .star: return (.comment, endOfComment(text, at))
        case .doubleQuote: return (.identifier, endOfQuotes(text, at + 1, .doubleQuote, escapes: false))
        case .quote: return (.string, endOfQuotes(text, at + 1, .quote, escapes: false))
        case .dollar:
            if let end = endOfDollarQuotes(text, at) { return (.string, end) }
            return (.symbol, at + 1)
        case let first where first.continuesIdentifier:
            let end = end(text, at) { $0.continuesIdentifier }
            // E'…' alone knows backslashes; B'…', N'…' and X'…' end as any other.
            if end == at + 1, byte(end) == .quote, "eEbBnNxX".utf8.contains(first) {
                return (.string, endOfQuotes(text, end + 1, .quote, escapes: first | 0x20 == UInt8(ascii: "e")))
            }
            return (.word, end)
        default: return (.symbol, at + 1)
        }
    }

    private static func end(_ text: [UInt8], _ start: Int, while belongs: (UInt8) -> Bool) -> Int {
        text[start...].firstIndex { !belongs($0) } ?? text.count
    }

    private static func endOfQuotes(_ text: [UInt8], _ start: Int, _ quote: UInt8, escapes: Bool) -> Int {
        var at = start
        while at < text.count {
            if escapes, text[at] == .backslash {
                at += 2
            } else if text[at] != quote {
                at += 1
            } else if at + 1 < text.count, text[at + 1] == quote {
                at += 2
            } else {
                return at + 1
            }
        }
        return text.count
    }

    private static func endOfDollarQuotes(_ text: [UInt8], _ start: Int) -> Int? {
        guard start + 1 < text.count, !text[start + 1].isDigit else { return nil }
        let close = end(text, start + 1) { $0.continuesIdentifier && $0 != .dollar }
        guard close < text.count, text[close] == .dollar else { return nil }
        let delimiter = text[start...close]
        var at = close + 1
        while at + delimiter.count <= text.count {
            if text[at] == .dollar, text[at..<(at + delimiter.count)].elementsEqual(delimiter) {
                return at + delimiter.count
            }
            at += 1
        }
        return text.count
    }

    private static func endOfComment(_ text: [UInt8], _ start: Int) -> Int {
        var depth = 0
        var at = start
        while at + 1 < text.count {
            switch (text[at], text[at + 1]) {
            case (.slash, .star): depth += 1
            case (.star, .slash):
                depth -= 1
                if depth == 0 { return at + 2 }
            default:
                at += 1
                continue
            }
            at += 2
        }
        return text.count
    }
}
