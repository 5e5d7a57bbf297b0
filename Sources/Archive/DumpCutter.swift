package import PGKeepModel

/// Cuts the output of one pg_dump run into units as it comes.
///
/// The phases are pg_dump's own: preamble, everything before the rows, rows and large objects, everything after.
/// `schemaDone` is called when the first has passed, `finishBegins` before the last is written: the caller holds the
/// stream there until the rows that it copies itself are in the archive.
package struct DumpCutter: DumpVisitor {
    /// What is particular about a dump, decided before it begins.
    package struct Plan: Sendable {
        /// Tables whose rows come another way: a COPY of one in the dump is an error.
        package var takenOver: Set<QualifiedName>
        /// Partitioned tables: rows that the dump loads into one are those of its partitions.
        package var partitioned: Set<QualifiedName>

        package init(takenOver: Set<QualifiedName>, partitioned: Set<QualifiedName>) {
            self.takenOver = takenOver
            self.partitioned = partitioned
        }
    }

    private enum Phase { case preamble, schema, data, finish }

    /// An ambiguous header and what followed it, until its statement is complete and tells the type.
    private struct Undecided {
        var text: [UInt8]
        var statement: [UInt8] = []
        var lexer = SQLLexer()
    }

    private static let unitBytes = 8 << 20
    /// Schema and finish units are cut at the first entry past this.
    private static let schemaBytes = 256 << 10
    private static let endOfCopy = Array("\\.\n\n".utf8)
    private static let endOfObject = Array("SELECT pg_catalog.lo_close(0);\n\nCOMMIT;\n\n".utf8)

    /// The `SET` statements before the first entry.
    package private(set) var preamble: [UInt8] = []
    /// Everything was there: the closing line, and its token where one opened the dump.
    package private(set) var isComplete = false
    /// The rows so far, for progress.
    private let progress: (RowTally) -> Void

    private let plan: Plan
    private let writer: ArchiveWriter
    private let encoder: UnitEncoder
    private let schemaDone: () throws -> Void
    private let finishBegins: () throws -> Void

    private var phase = Phase.preamble
    private var kind = UnitEntry.Kind.schema
    private var text: [UInt8] = []
    private var contents: [ArchiveWriter.Content] = []
    private var copy: (target: CopyTarget, table: Int)?
    private var tally = RowTally()
    private var ruleWaits = false
    private var undecided: Undecided?
    private var sessionState: [(name: String, line: [UInt8])] = []
    private var token: String?
    private var largeObjectOpen: [UInt8]?

    package init(
        plan: Plan, writer: ArchiveWriter, encoder: UnitEncoder, schemaDone: @escaping () throws -> Void,
        finishBegins: @escaping () throws -> Void, progress: @escaping (RowTally) -> Void
    ) {
        self.plan = plan
        self.writer = writer
        self.encoder = encoder
        self.schemaDone = schemaDone
        self.finishBegins = finishBegins
        self.progress = progress
    }

    package mutating func line(_ line: UnsafeRawBufferPointer, _ role: LineRole) throws {
        if let waiting = undecided {
            switch role {
            case .text: return try decide(with: line)
            case .rule:
                undecided?.text += line
                return
            default:
                // An entry without a statement; it can stand anywhere.
                text += waiting.text
                undecided = nil
            }
        }
        if case .header(let type) = role {
            ruleWaits = false
            switch type {
            case .known(let type):
                try begin(type)
                text += Array("--\n".utf8)
                text += line
            case .ambiguous: undecided = Undecided(text: Array("--\n".utf8) + line)
            }
            return
        }
        if ruleWaits {
            ruleWaits = false
            text += Array("--\n".utf8)
        }
        switch role {
        case .rule: ruleWaits = true
        case .restrict(let value):
            token = value
            try put(token: line)
        case .unrestrict(let value):
            guard value == token else {
                throw PGKeepError(.failed, "pg_dump closed its output with another token than it opened it with")
            }
            token = nil
            try put(token: line)
        case .sessionState(let name):
            sessionState.removeAll { $0.name == name }
            sessionState.append((name, Array(line)))
            text += line
        case .complete:
            isComplete = true
            text += line
        case .text, .connect: try put(line)
        case .header: break
        }
    }

    package mutating func copyBegan(_ target: CopyTarget) throws {
        guard !plan.takenOver.contains(target.name) else {
            throw PGKeepError(
                .failed, "pg_dump wrote rows of \(target.name), which pgkeep copies itself",
                cause: "its name did not match --exclude-table-data")
        }
        guard phase == .data else {
            throw PGKeepError(.failed, "pg_dump wrote rows of \(target.name) outside the part that holds rows")
        }
        copy = (target, writer.place(of: target, throughRoot: plan.partitioned.contains(target.name)))
        tally = RowTally()
    }

    package mutating func rows(_ block: UnsafeRawBufferPointer) throws {
        var rest = block
        while let end = rest.firstNewline {
            if text.count + end >= DumpCutter.unitBytes, tally.rows > 0 { try splitCopy() }
            tally.add(row: UnsafeRawBufferPointer(rebasing: rest[..<end]))
            text += rest[...end]
            rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
        }
    }

    package mutating func copyEnded() throws {
        text += Array("\\.\n".utf8)
        closeCopy()
        copy = nil
    }

    /// Writes what is left; the phases that never came count as passed.
    package mutating func finish() throws {
        if let undecided { text += undecided.text }
        guard token == nil else { throw PGKeepError(.failed, "pg_dump's output ends without its closing token") }
        try enter(.finish)
        try cut()
    }

    private mutating func put(_ line: UnsafeRawBufferPointer) throws {
        if phase == .preamble, line.starts(with: "SET ".utf8) || line.starts(with: "SELECT ".utf8) {
            let setting = DumpCutter.portable(line)
            preamble += setting
            text += setting
            return
        }
        text += line
        guard phase == .data, kind == .objects else { return }
        if line.starts(with: "SELECT pg_catalog.lo_open(".utf8) { largeObjectOpen = Array(line) }
        if line.starts(with: "SELECT pg_catalog.lowrite(".utf8), text.count >= DumpCutter.unitBytes {
            try splitLargeObject()
        }
    }

    /// `SET transaction_timeout` came with PostgreSQL 17; older servers must accept the line as well.
    private static func portable(_ line: UnsafeRawBufferPointer) -> [UInt8] {
        guard line.starts(with: "SET transaction_timeout = 0;".utf8) else { return Array(line) }
        return Array(
            """
            SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings \
            WHERE name = 'transaction_timeout';

            """.utf8)
    }

    private mutating func put(token line: UnsafeRawBufferPointer) throws {
        try cut()
        let kept = kind
        kind = .token
        text += line
        try cut()
        kind = kept
    }

    private mutating func decide(with line: UnsafeRawBufferPointer) throws {
        guard var waiting = undecided else { return }
        undecided = nil
        waiting.text += line
        if !waiting.statement.isEmpty || !(line.starts(with: "--".utf8) || line.elementsEqual("\n".utf8)) {
            waiting.statement += line
            waiting.lexer.consume(line)
        }
        guard !waiting.statement.isEmpty, waiting.lexer.state == .plain, !waiting.lexer.statementIsOpen else {
            undecided = waiting
            return
        }
        try begin(EntryType(statement: ServerText.decode(waiting.statement)))
        text += waiting.text
    }

    private mutating func begin(_ type: EntryType) throws {
        // Nothing that belongs before the rows comes after them: then its statement alone did not tell the type.
        if type.isPostData || (type == .preData && phase == .data) {
            try enter(.finish)
        } else if type.isData {
            try enter(.data)
        } else {
            try enter(.schema)
        }
        switch phase {
        case .preamble, .schema:
            if text.count >= DumpCutter.schemaBytes { try cut() }
        case .finish:
            if text.count >= DumpCutter.schemaBytes / 4 { try cut() }
        case .data:
            let kind: UnitEntry.Kind = type == .tableData || type == .sequenceSet ? .data : .objects
            if kind != self.kind || text.count >= DumpCutter.unitBytes / 2 { try cut() }
            self.kind = kind
        }
        // A unit runs on its own: what earlier entries set stands at its head again.
        if text.isEmpty, phase != .data { text = sessionState.flatMap(\.line) }
    }

    private mutating func enter(_ next: Phase) throws {
        while phase != next {
            switch (phase, next) {
            case (.preamble, _): phase = .schema
            case (.schema, .data), (.schema, .finish):
                try cut()
                try schemaDone()
                phase = .data
                kind = .data
            case (.data, .finish):
                try cut()
                try finishBegins()
                phase = .finish
                kind = .finish
            default: return
            }
        }
    }

    private mutating func splitCopy() throws {
        guard let copy else { return }
        text += DumpCutter.endOfCopy
        closeCopy()
        try cut()
        text += copy.target.statement
    }

    private mutating func closeCopy() {
        guard let copy else { return }
        contents.append(ArchiveWriter.Content(table: copy.table, tally: tally))
        progress(tally)
        tally = RowTally()
    }

    private mutating func splitLargeObject() throws {
        guard let open = largeObjectOpen else { return }
        text += DumpCutter.endOfObject
        try cut()
        text += Array("BEGIN;\n\n".utf8) + open + Array("SELECT pg_catalog.lo_lseek64(0, 0, 2);\n".utf8)
    }

    private mutating func cut() throws {
        guard !text.isEmpty else { return }
        let unit = text
        let merged = DumpCutter.merge(contents)
        text = []
        contents = []
        try unit.withUnsafeBytes {
            try writer.append(ArchiveWriter.Unit(kind: kind, contents: merged, parts: [$0]), with: encoder)
        }
    }

    /// Several COPYs of one table in a unit count as one.
    private static func merge(_ contents: [ArchiveWriter.Content]) -> [ArchiveWriter.Content] {
        var merged: [ArchiveWriter.Content] = []
        var places: [Int: Int] = [:]
        for content in contents {
            if let place = places[content.table] {
                merged[place].tally += content.tally
            } else {
                places[content.table] = merged.count
                merged.append(content)
            }
        }
        return merged
    }
}
