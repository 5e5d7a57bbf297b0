import CGNU
import Foundation
import PGKeepModel

/// What a line at the top level of a dump is.
package enum LineRole: Sendable, Equatable {
    /// SQL text, blank lines, comments: belongs to the entry it stands in.
    case text
    /// A lone `--`: opens an entry's header, if one follows.
    case rule
    /// An entry's header, `-- Name: …; Type: …`.
    case header(HeaderType)
    /// `\restrict TOKEN`, `\unrestrict TOKEN`.
    case restrict(String)
    case unrestrict(String)
    /// `SET default_tablespace = …;` and its like: stands before the header of the entry it is for, and holds on.
    case sessionState(String)
    /// `\connect name`: what follows is another database's.
    case connect(String)
    /// `-- PostgreSQL database dump complete`, and pg_dumpall's `-- PostgreSQL database cluster dump complete`.
    case complete
}

/// The type in an entry's header.
package enum HeaderType: Sendable, Equatable {
    case known(EntryType)
    /// The name holds `; Type: ` too: the entry's statement must tell.
    case ambiguous
}

/// What takes the pieces of a dump in their order.
package protocol DumpVisitor {
    /// A line of SQL, with its newline; a session setting whole, if it has several.
    mutating func line(_ line: UnsafeRawBufferPointer, _ role: LineRole) throws
    /// The line just given completes a `COPY … FROM stdin;`.
    mutating func copyBegan(_ target: CopyTarget) throws
    /// Whole rows with their newlines.
    mutating func rows(_ block: UnsafeRawBufferPointer) throws
    /// The line `\.`, which `line` doesn't get.
    mutating func copyEnded() throws
    /// No statement is open after the line just given.
    mutating func statementClosed() throws
}

extension DumpVisitor {
    /// Most visitors go by entries.
    package mutating func statementClosed() throws {}
}

/// Reads a plain dump as it comes and tells its visitor what each line is.
///
/// An entry's header counts only at the top level: outside quotes, dollar quotes, comments and COPY data, after a
/// complete statement. A function's body can hold perfect forgeries of headers, of COPY lines and of `\.`.
package struct DumpScanner<Visitor: DumpVisitor> {
    package var visitor: Visitor
    private var lexer = SQLLexer()
    private var inCopy = false
    /// A line, or a row, whose end has not come yet.
    private var carry: [UInt8] = []
    /// The open statement, while it can still be a COPY.
    private var statement: [UInt8] = []
    private var ruleBefore = false
    /// A session setting whose statement goes on: the name of a tablespace can hold a newline.
    private var setting: (name: String, lines: [UInt8])?

    package init(visitor: Visitor) { self.visitor = visitor }

    /// Takes the next bytes of the dump; lines may be cut anywhere between two calls.
    package mutating func feed(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        if !carry.isEmpty {
            guard let newline = rest.firstNewline else {
                carry.append(contentsOf: rest)
                return
            }
            carry.append(contentsOf: rest[...newline])
            rest = UnsafeRawBufferPointer(rebasing: rest[(newline + 1)...])
            let line = carry
            carry = []
            try line.withUnsafeBytes { try take(wholeLines: $0) }
        }
        guard let last = rest.lastNewline else {
            carry.append(contentsOf: rest)
            return
        }
        try take(wholeLines: UnsafeRawBufferPointer(rebasing: rest[...last]))
        carry.append(contentsOf: rest[(last + 1)...])
    }

    /// Says that the dump ends here; a last line without newline is given as it is.
    package mutating func finish() throws {
        if !inCopy, !carry.isEmpty {
            let line = carry
            carry = []
            try line.withUnsafeBytes { try take(line: $0) }
        }
        guard !inCopy else { throw PGKeepError(.damaged, "the dump ends inside the rows of a table") }
        guard lexer.state == .plain, setting == nil else {
            throw PGKeepError(.damaged, "the dump ends inside a statement")
        }
    }

    private mutating func take(wholeLines bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            if inCopy {
                let end = rest.endOfCopy
                let rows = end ?? rest.count
                if rows > 0 { try visitor.rows(UnsafeRawBufferPointer(rebasing: rest[..<rows])) }
                guard end != nil else { return }
                inCopy = false
                try visitor.copyEnded()
                rest = UnsafeRawBufferPointer(rebasing: rest[(rows + 3)...])
            } else {
                let newline = rest.firstNewline ?? rest.count - 1
                try take(line: UnsafeRawBufferPointer(rebasing: rest[...newline]))
                rest = UnsafeRawBufferPointer(rebasing: rest[(newline + 1)...])
            }
        }
    }

    private mutating func take(line: UnsafeRawBufferPointer) throws {
        if let open = setting { return try take(line: line, of: open.name, after: open.lines) }
        let atTop = lexer.state == .plain && !lexer.statementIsOpen
        let role = atTop ? self.role(of: line) : .text
        switch role {
        // These are psql's, not SQL.
        case .restrict, .unrestrict, .connect: return try visitor.line(line, role)
        case .sessionState(let name):
            ruleBefore = false
            return try take(line: line, of: name, after: [])
        case .text, .rule, .header, .complete: break
        }
        let mayBeCopy = atTop ? line.starts(with: CopyTarget.prefix.utf8) : !statement.isEmpty
        if mayBeCopy { statement.append(contentsOf: line) }
        lexer.consume(line)
        let isComplete = lexer.state == .plain && !lexer.statementIsOpen
        ruleBefore = role == .rule
        try visitor.line(line, role)
        if mayBeCopy, isComplete {
            let whole = statement.last == .newline ? statement.dropLast() : statement[...]
            statement = []
            if let target = CopyTarget(statement: Array(whole)) {
                inCopy = true
                try visitor.copyBegan(target)
            }
        } else if isComplete {
            statement = []
            try visitor.statementClosed()
        }
    }

    /// Gives a session setting when its statement is complete, all its lines at once.
    private mutating func take(line: UnsafeRawBufferPointer, of name: String, after lines: [UInt8]) throws {
        lexer.consume(line)
        let lines = lines + line
        guard lexer.state == .plain, !lexer.statementIsOpen else {
            setting = (name, lines)
            return
        }
        setting = nil
        try lines.withUnsafeBytes { try visitor.line($0, .sessionState(name)) }
    }

    private func role(of line: UnsafeRawBufferPointer) -> LineRole {
        guard let first = line.first else { return .text }
        switch first {
        case .dash:
            if line.elementsEqual("--\n".utf8) { return .rule }
            if ruleBefore, line.starts(with: "-- Name: ".utf8) || line.starts(with: "-- Data for Name: ".utf8) {
                return header(line)
            }
            let isLast =
                line.starts(with: "-- PostgreSQL database dump complete".utf8)
                || line.starts(with: "-- PostgreSQL database cluster dump complete".utf8)
            return isLast ? .complete : .text
        case .backslash:
            if let database = ConnectLine.database(in: ServerText.decode(line)) { return .connect(database) }
            let words = ServerText.decode(line).split(whereSeparator: \.isWhitespace)
            guard words.count == 2 else { return .text }
            if words[0] == "\\restrict" { return .restrict(String(words[1])) }
            return words[0] == "\\unrestrict" ? .unrestrict(String(words[1])) : .text
        case UInt8(ascii: "S"):
            for name in ["default_tablespace", "default_table_access_method", "default_with_oids"]
            where line.starts(with: "SET \(name) = ".utf8) {
                return .sessionState(name)
            }
            return .text
        default: return .text
        }
    }

    private func header(_ line: UnsafeRawBufferPointer) -> LineRole {
        guard let start = line.end(of: "; Type: "),
            case let rest = UnsafeRawBufferPointer(rebasing: line[start...]), rest.end(of: "; Type: ") == nil
        else { return .header(.ambiguous) }
        let schema: StaticString = "; Schema: "
        let end = rest.end(of: schema).map { $0 - schema.utf8CodeUnitCount } ?? rest.count
        return .header(.known(EntryType(name: ServerText.decode(rest[..<end]))))
    }
}

extension UnsafeRawBufferPointer {
    package var firstNewline: Int? {
        guard let baseAddress, let found = memchr(baseAddress, Int32(UInt8.newline), count) else { return nil }
        return UnsafeRawPointer(found) - baseAddress
    }

    var lastNewline: Int? {
        guard let baseAddress, let found = memrchr(baseAddress, Int32(UInt8.newline), count) else { return nil }
        return UnsafeRawPointer(found) - baseAddress
    }

    /// What follows the first occurrence of a text.
    func end(of text: StaticString) -> Int? {
        guard let baseAddress, let found = memmem(baseAddress, count, text.utf8Start, text.utf8CodeUnitCount) else {
            return nil
        }
        return UnsafeRawPointer(found) - baseAddress + text.utf8CodeUnitCount
    }

    /// Where the line `\.` begins, in bytes that begin and end with whole lines.
    var endOfCopy: Int? {
        guard let baseAddress, count >= 3 else { return nil }
        if starts(with: "\\.\n".utf8) { return 0 }
        let marker: StaticString = "\n\\.\n"
        guard let found = memmem(baseAddress, count, marker.utf8Start, 4) else { return nil }
        return UnsafeRawPointer(found) - baseAddress + 1
    }
}
