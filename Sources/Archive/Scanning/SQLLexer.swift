/// Where in SQL text a line ends: in plain text, or inside quotes, dollar quotes or a comment.
///
/// Follows the lexical rules of the PostgreSQL manual, 4.1; expects `standard_conforming_strings = on`.
struct SQLLexer {
    enum State: Equatable {
        case plain
        /// `'…'`; with backslash escapes when it began with E.
        case string(escapes: Bool)
        /// `"…"`.
        case identifier
        /// `$tag$ … $tag$`; holds the whole delimiter.
        case dollar([UInt8])
        /// `/* … */`, nested so deep.
        case comment(depth: Int)
    }

    private(set) var state = State.plain
    /// Something that is neither blank nor comment came after the last semicolon.
    private(set) var statementIsOpen = false

    /// Takes one line, with its newline if it has one.
    mutating func consume(_ line: UnsafeRawBufferPointer) {
        var at = 0
        while at < line.count {
            switch state {
            case .plain: at = plain(line, at)
            case .string(let escapes): at = string(line, at, escapes: escapes)
            case .identifier: at = identifier(line, at)
            case .dollar(let delimiter): at = dollar(line, at, delimiter)
            case .comment(let depth): at = comment(line, at, depth: depth)
            }
        }
    }

    private mutating func plain(_ line: UnsafeRawBufferPointer, _ start: Int) -> Int {
        var at = start
        while at < line.count {
            let byte = line[at]
            switch byte {
            case .quote:
                let previous = at > start ? line[at - 1] : .space
                let beforeThat = at > start + 1 ? line[at - 2] : .space
                statementIsOpen = true
                state = .string(escapes: (previous | 0x20) == UInt8(ascii: "e") && !beforeThat.continuesIdentifier)
                return at + 1
            case .doubleQuote:
                statementIsOpen = true
                state = .identifier
                return at + 1
            case .dollar where !(at > start && line[at - 1].continuesIdentifier):
                statementIsOpen = true
                if let delimiter = dollarDelimiter(line, at) {
                    state = .dollar(delimiter)
                    return at + delimiter.count
                }
                at += 1
            case .dash where at + 1 < line.count && line[at + 1] == .dash:
                return line.count
            case .slash where at + 1 < line.count && line[at + 1] == .star:
                state = .comment(depth: 1)
                return at + 2
            case .semicolon:
                statementIsOpen = false
                at += 1
            case .space, .tab, .newline, .carriageReturn:
                at += 1
            default:
                statementIsOpen = true
                at += 1
            }
        }
        return at
    }

    private mutating func string(_ line: UnsafeRawBufferPointer, _ start: Int, escapes: Bool) -> Int {
        var at = start
        while at < line.count {
            if escapes, line[at] == .backslash {
                at += 2
            } else if line[at] == .quote {
                if at + 1 < line.count, line[at + 1] == .quote {
                    at += 2
                } else {
                    state = .plain
                    return at + 1
                }
            } else {
                at += 1
            }
        }
        return at
    }

    private mutating func identifier(_ line: UnsafeRawBufferPointer, _ start: Int) -> Int {
        // A doubled quote closes and opens again at once: the same state either way.
        for at in start..<line.count where line[at] == .doubleQuote {
            state = .plain
            return at + 1
        }
        return line.count
    }

    private mutating func dollar(_ line: UnsafeRawBufferPointer, _ start: Int, _ delimiter: [UInt8]) -> Int {
        var at = start
        while at + delimiter.count <= line.count {
            if line[at] == .dollar, line[at..<(at + delimiter.count)].elementsEqual(delimiter) {
                state = .plain
                return at + delimiter.count
            }
            at += 1
        }
        return line.count
    }

    private mutating func comment(_ line: UnsafeRawBufferPointer, _ start: Int, depth: Int) -> Int {
        var at = start
        while at + 1 < line.count {
            if line[at] == .star, line[at + 1] == .slash {
                state = depth == 1 ? .plain : .comment(depth: depth - 1)
                return at + 2
            }
            if line[at] == .slash, line[at + 1] == .star {
                state = .comment(depth: depth + 1)
                return at + 2
            }
            at += 1
        }
        return line.count
    }

    private func dollarDelimiter(_ line: UnsafeRawBufferPointer, _ start: Int) -> [UInt8]? {
        var at = start + 1
        if at < line.count, line[at].isDigit { return nil }
        while at < line.count, line[at].continuesIdentifier, line[at] != .dollar { at += 1 }
        guard at < line.count, line[at] == .dollar else { return nil }
        return Array(line[start...at])
    }
}

extension UInt8 {
    static let newline = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let tab = UInt8(ascii: "\t")
    static let space = UInt8(ascii: " ")
    static let quote = UInt8(ascii: "'")
    static let doubleQuote = UInt8(ascii: "\"")
    static let dollar = UInt8(ascii: "$")
    static let dash = UInt8(ascii: "-")
    static let slash = UInt8(ascii: "/")
    static let star = UInt8(ascii: "*")
    static let semicolon = UInt8(ascii: ";")
    static let backslash = UInt8(ascii: "\\")

    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    /// May stand in an identifier after its first character.
    var continuesIdentifier: Bool {
        isDigit || self == UInt8(ascii: "_") || self == .dollar || self >= 0x80
            || ((self | 0x20) >= UInt8(ascii: "a") && (self | 0x20) <= UInt8(ascii: "z"))
    }
}
