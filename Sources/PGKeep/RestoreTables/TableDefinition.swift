import PGKeepArchive
import PGKeepModel

/// What some tables of a dump are made of, moved into another schema: a value, found in the dump's statements.
///
/// With a table come its partitions, the sequences it owns, defaults, comments, indexes, keys and checks; the tables
/// it inherits from come empty. What acts on others stays away: triggers, rules, policies, owners, privileges, and
/// foreign keys to tables that are not moved. Types and functions are those of the database.
struct TableDefinition {
    /// Tables whose rows are wanted: those asked for and their partitions.
    private(set) var tables: Set<QualifiedName>
    /// To be played before the rows, and after them.
    private(set) var before: [[UInt8]] = []
    private(set) var after: [[UInt8]] = []
    /// The columns of each table's primary key, as written.
    private(set) var keys: [QualifiedName: [String]] = [:]
    /// Sequences with the table and the column that own them.
    private(set) var sequences: [(name: QualifiedName, table: QualifiedName, column: String)] = []

    private let schema: String
    private var moved: Set<QualifiedName>

    /// Every table that the statements create.
    static func tables(in statements: [DumpStatement]) -> [QualifiedName] {
        statements.compactMap { subject($0).flatMap { $0.kind == .createTable ? $0.name : nil } }
    }

    init(of wanted: [QualifiedName], schema: String, schemaPart: [DumpStatement], finishPart: [DumpStatement]) {
        self.schema = schema
        tables = TableDefinition.withPartitions(Set(wanted), schemaPart + finishPart)
        moved = TableDefinition.withAncestors(tables, schemaPart)
        sequences = schemaPart.compactMap(TableDefinition.ownership).filter { [tables] in tables.contains($0.table) }
        let selected = moved
        moved.formUnion(sequences.map(\.name))
        moved.formUnion((schemaPart + finishPart).compactMap { TableDefinition.index($0, on: selected) })
        before = schemaPart.filter(isWanted).map(renamed)
        after = finishPart.filter(isWanted).map(renamed)
        for statement in finishPart {
            guard let (table, columns) = TableDefinition.primaryKey(statement), tables.contains(table) else { continue }
            keys[table] = columns
        }
    }

    /// Where a table lies after the move.
    func place(of table: QualifiedName) -> QualifiedName { QualifiedName(schema: schema, name: table.name) }

    /// Two tables that would have one name in the schema; nil if none do.
    var collision: (QualifiedName, QualifiedName)? {
        let byName = Dictionary(grouping: moved) { $0.name }
        return byName.values.first { $0.count > 1 }.map { ($0[0], $0[1]) }
    }

    // MARK: Which statements

    private enum Kind {
        case createTable, alterTable, createIndex, createSequence, alterSequence, alterIndex, comment
    }

    private func isWanted(_ statement: DumpStatement) -> Bool {
        guard let (kind, name) = TableDefinition.subject(statement), moved.contains(name) else { return false }
        switch kind {
        case .createTable, .createIndex, .createSequence, .alterSequence, .comment:
            return !statement.contains("OWNER TO")
        case .alterIndex: return TableDefinition.partition(of: statement).map(moved.contains) ?? false
        case .alterTable: return isWantedChange(statement)
        }
    }

    private func isWantedChange(_ statement: DumpStatement) -> Bool {
        if statement.contains("ATTACH PARTITION") {
            return TableDefinition.partition(of: statement).map(moved.contains) ?? false
        }
        if let place = statement.place(of: "REFERENCES") {
            return statement.name(at: place).map(moved.contains) ?? false
        }
        return statement.contains("ADD CONSTRAINT") || statement.contains("ALTER COLUMN")
    }

    /// What a statement is about, where it is about a table, an index or a sequence.
    private static func subject(_ statement: DumpStatement) -> (kind: Kind, name: QualifiedName)? {
        for (words, kind) in openings where statement.begins(with: words) {
            var place = words.split(separator: " ").count
            if kind == .createIndex {
                guard let on = statement.place(of: "ON") else { return nil }
                place = on
            }
            if place < statement.words.count, statement.words[place].kind == .key, statement.words[place].text == "ONLY"
            {
                place += 1
            }
            return statement.name(at: place).map { (kind, $0) }
        }
        return nil
    }

    private static let openings: [(String, Kind)] = [
        ("CREATE TABLE", .createTable), ("CREATE UNLOGGED TABLE", .createTable), ("ALTER TABLE", .alterTable),
        ("CREATE INDEX", .createIndex), ("CREATE UNIQUE INDEX", .createIndex), ("CREATE SEQUENCE", .createSequence),
        ("CREATE UNLOGGED SEQUENCE", .createSequence), ("ALTER SEQUENCE", .alterSequence),
        ("ALTER INDEX", .alterIndex), ("COMMENT ON TABLE", .comment), ("COMMENT ON COLUMN", .comment),
    ]

    /// The partition in `ATTACH PARTITION name`.
    private static func partition(of statement: DumpStatement) -> QualifiedName? {
        statement.place(of: "ATTACH PARTITION").flatMap { statement.name(at: $0) }
    }

    private static func withPartitions(
        _ wanted: Set<QualifiedName>, _ statements: [DumpStatement]
    ) -> Set<QualifiedName> {
        let links = statements.filter { $0.begins(with: "ALTER TABLE") }.compactMap { statement in
            partition(of: statement).flatMap { child in subject(statement).map { (of: $0.name, also: child) } }
        }
        return closed(wanted, links)
    }

    private static func withAncestors(
        _ wanted: Set<QualifiedName>, _ statements: [DumpStatement]
    ) -> Set<QualifiedName> {
        let links = statements.flatMap { statement -> [(of: QualifiedName, also: QualifiedName)] in
            guard let (kind, child) = subject(statement), kind == .createTable,
                let place = statement.place(of: "INHERITS")
            else { return [] }
            return statement.words.indices[place...].compactMap { statement.name(at: $0) }.map { (child, $0) }
        }
        return closed(wanted, links)
    }

    private static func closed(
        _ names: Set<QualifiedName>, _ links: [(of: QualifiedName, also: QualifiedName)]
    ) -> Set<QualifiedName> {
        let next = Dictionary(grouping: links, by: \.of)
        var all = names
        var waiting = Array(names)
        while let name = waiting.popLast() {
            for link in next[name] ?? [] where all.insert(link.also).inserted { waiting.append(link.also) }
        }
        return all
    }

    /// `ALTER SEQUENCE s OWNED BY t.c`, or the sequence of an identity column.
    private static func ownership(
        _ statement: DumpStatement
    ) -> (name: QualifiedName, table: QualifiedName, column: String)? {
        guard let (kind, name) = subject(statement) else { return nil }
        if kind == .alterSequence, let place = statement.place(of: "OWNED BY"), let table = statement.name(at: place),
            place + 4 < statement.words.count, let column = statement.words[place + 4].identifier
        {
            return (name, table, column)
        }
        if kind == .alterTable, let place = statement.place(of: "SEQUENCE NAME"),
            let sequence = statement.name(at: place), let at = statement.place(of: "ALTER COLUMN"),
            at < statement.words.count, let column = statement.words[at].identifier
        {
            return (sequence, name, column)
        }
        return nil
    }

    /// The index that a statement makes on one of the tables.
    private static func index(_ statement: DumpStatement, on tables: Set<QualifiedName>) -> QualifiedName? {
        guard let (kind, table) = subject(statement), tables.contains(table) else { return nil }
        let place: Int? =
            switch kind {
            case .createIndex: statement.place(of: "INDEX")
            case .alterTable: statement.place(of: "ADD CONSTRAINT")
            default: nil
            }
        guard let place, place < statement.words.count, let name = statement.words[place].identifier else { return nil }
        return QualifiedName(schema: table.schema, name: name)
    }

    private static func primaryKey(_ statement: DumpStatement) -> (QualifiedName, [String])? {
        guard let (kind, table) = subject(statement), kind == .alterTable,
            let place = statement.place(of: "PRIMARY KEY"), place < statement.words.count,
            statement.words[place].text == "("
        else { return nil }
        let columns = statement.words[(place + 1)...].prefix { $0.text != ")" || $0.kind == .name }
        return (table, columns.filter { $0.identifier != nil }.map { ServerText.decode(statement.sql[$0.range]) })
    }

    // MARK: Other names

    /// The statement with the schema of everything that is moved replaced, in literals such as `'s.t'::regclass` too.
    private func renamed(_ statement: DumpStatement) -> [UInt8] {
        var text: [UInt8] = []
        var taken = 0
        let quoted = ServerText.encode(QualifiedName.quote(schema))
        func replace(_ range: Range<Int>, _ with: [UInt8]) {
            text += statement.sql[taken..<range.lowerBound] + with
            taken = range.upperBound
        }
        for (place, word) in statement.words.enumerated() where word.range.lowerBound >= taken {
            if word.kind == .string {
                let inner = ServerText.decode(statement.sql[word.range].dropFirst().dropLast()).replacing(
                    "''", with: "'")
                guard let name = QualifiedName(sql: inner), moved.contains(name) else { continue }
                let literal = QualifiedName(schema: schema, name: name.name).quoted.replacing("'", with: "''")
                replace(word.range, ServerText.encode("'\(literal)'"))
            } else if place == 0 || statement.words[place - 1].text != ".", let name = statement.name(at: place),
                moved.contains(name)
            {
                replace(word.range, quoted)
            }
        }
        return text + statement.sql[taken...]
    }
}
