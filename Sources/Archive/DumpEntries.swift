import PGKeepModel

/// One entry of a dump's schema or finish: complete SQL with what must be set before it.
package struct DumpEntry: Sendable, Equatable {
    package var type: EntryType
    package var sql: [UInt8]

    /// For an index or a constraint, the table whose locks it takes, as written; nil for anything else.
    package var table: String? {
        switch type {
        case .index, .constraint: DumpEntry.table(in: ServerText.decode(sql))
        default: nil
        }
    }

    /// What the statement names after `ON [ONLY]` of CREATE INDEX or `ALTER TABLE [ONLY]`.
    private static func table(in sql: String) -> String? {
        for line in sql.split(separator: "\n") {
            var rest: Substring
            if line.hasPrefix("ALTER TABLE ") {
                rest = line.dropFirst("ALTER TABLE ".count)
            } else if line.hasPrefix("CREATE INDEX ") || line.hasPrefix("CREATE UNIQUE INDEX "),
                let on = endOfIndexName(line)
            {
                rest = line[on...]
            } else {
                continue
            }
            if rest.hasPrefix("ONLY ") { rest = rest.dropFirst("ONLY ".count) }
            var inQuotes = false
            let name = rest.unicodeScalars.prefix { scalar in
                if scalar == "\"" { inQuotes.toggle() }
                return inQuotes || scalar != " "
            }
            return String(name)
        }
        return nil
    }

    /// Where the table begins in `CREATE INDEX name ON …`.
    private static func endOfIndexName(_ line: Substring) -> Substring.Index? {
        var inQuotes = false
        let scalars = line.unicodeScalars
        for place in scalars.indices {
            if scalars[place] == "\"" { inQuotes.toggle() }
            if !inQuotes, scalars[place...].starts(with: " ON ".unicodeScalars) {
                return scalars.index(place, offsetBy: 4)
            }
        }
        return nil
    }
}

/// Splits the text of schema and finish units into entries.
package struct DumpEntries: DumpVisitor {
    package private(set) var entries: [DumpEntry] = []
    private var type = EntryType.preData
    private var sql: [UInt8] = []
    private var ruleWaits = false
    private var sessionState: [(name: String, line: [UInt8])] = []

    package init() {}

    package mutating func line(_ line: UnsafeRawBufferPointer, _ role: LineRole) throws {
        switch role {
        case .restrict, .unrestrict, .connect, .rule: return
        case .header(let type):
            close()
            self.type =
                switch type {
                case .known(let type): type
                // Played in its order, alone: always right, if not fastest.
                case .ambiguous: .otherPostData
                }
            sql = sessionState.flatMap(\.line)
        case .sessionState(let name):
            sessionState.removeAll { $0.name == name }
            sessionState.append((name, Array(line)))
        case .text, .complete: break
        }
        sql += line
    }

    package mutating func copyBegan(_ target: CopyTarget) throws {
        throw PGKeepError(.damaged, "rows of \(target.name) stand where none belong")
    }

    package mutating func rows(_ block: UnsafeRawBufferPointer) throws {}
    package mutating func copyEnded() throws {}

    /// The entries of a unit's text.
    package static func split(_ text: UnsafeRawBufferPointer) throws -> [DumpEntry] {
        var scanner = DumpScanner(visitor: DumpEntries())
        try scanner.feed(text)
        try scanner.finish()
        scanner.visitor.close()
        return scanner.visitor.entries
    }

    private mutating func close() {
        if !sql.isEmpty { entries.append(DumpEntry(type: type, sql: sql)) }
        sql = []
    }
}
