import PGKeepArchive
import PGKeepModel

/// A statement of a dump that concerns one table, or an index or a sequence of one: what it does, and what it names.
struct TableStatement {
    enum Role: Equatable {
        case create(inherits: [QualifiedName])
        /// Makes a table a partition of the subject.
        case attach(QualifiedName)
        case primaryKey(name: String, columns: [String])
        /// One that an index of its name enforces.
        case constraint(name: String)
        case check
        case foreignKey(name: String, to: QualifiedName)
        case index(name: String)
        case attachIndex(QualifiedName)
        case sequence
        /// The subject is a sequence that belongs to a column.
        case owned(by: QualifiedName)
        /// The column, quoted as it is there, counts by a sequence.
        case identity(QualifiedName, column: String, always: Bool)
        case columnDefault
        /// Any other property of the table or of an index or a sequence of it.
        case property
        case constraintComment(name: String)
        case statistics(QualifiedName)
        case owner
        /// What acts on other tables or for other roles: triggers, rules, policies, privileges, publications.
        case effect
    }

    let subject: QualifiedName
    let role: Role
    /// Without the comments before it.
    let sql: [UInt8]
    /// `SET default_tablespace` and its like that hold for it.
    let settings: [String: [UInt8]]
    private let mentions: [Mention]

    /// Where a name stands in `sql`: its schema's word, or the whole literal of `'schema.name'::regclass`.
    private struct Mention {
        var name: QualifiedName
        var range: Range<Int>
        var isLiteral: Bool
    }

    /// Those of a dump's statements that concern tables, in order.
    static func all(in statements: [DumpStatement]) -> [TableStatement] {
        var settings: [String: [UInt8]] = [:]
        return statements.compactMap { statement in
            if statement.key(at: 0) == "SET", let name = statement.key(at: 1), sessionSettings.contains(name) {
                settings[name] = Array(statement.bare)
            }
            return TableStatement(statement, settings)
        }
    }

    private static let sessionSettings: Set<String> = ["DEFAULT_TABLESPACE", "DEFAULT_TABLE_ACCESS_METHOD"]

    init?(_ statement: DumpStatement, _ settings: [String: [UInt8]] = [:]) {
        guard let reading = statement.reading, let subject = statement.name(at: reading.subject) else { return nil }
        self.subject = subject
        role = reading.role
        self.settings = settings
        let start = statement.words[0].range.lowerBound
        sql = Array(statement.bare)
        var mentions = ([reading.subject] + reading.others).compactMap { place in
            statement.name(at: place).map {
                Mention(name: $0, range: statement.words[place].range.shifted(by: -start), isLiteral: false)
            }
        }
        for place in statement.words.indices {
            guard let name = statement.relation(at: place) else { continue }
            mentions.append(
                Mention(name: name, range: statement.words[place].range.shifted(by: -start), isLiteral: true))
        }
        self.mentions = mentions.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// With everything of `moved` in another schema; names elsewhere, of types and functions, are left as they are.
    func sql(in schema: String, moving moved: Set<QualifiedName>) -> [UInt8] {
        var text: [UInt8] = []
        var taken = 0
        for mention in mentions where moved.contains(mention.name) {
            let place = QualifiedName(schema: schema, name: mention.name.name)
            let replacement =
                mention.isLiteral
                ? "'\(place.quoted.escaping(["'"], with: "'"))'" : QualifiedName.quote(schema)
            text += sql[taken..<mention.range.lowerBound] + ServerText.encode(replacement)
            taken = mention.range.upperBound
        }
        return text + sql[taken...]
    }
}

/// What a statement does, and where in its words the names stand.
private struct Reading {
    var subject: Int
    var role: TableStatement.Role
    var others: [Int] = []
}

extension DumpStatement {
    fileprivate var reading: Reading? {
        switch key(at: 0) {
        case "CREATE": readCreate()
        case "ALTER": readAlter()
        case "COMMENT": readComment()
        case "GRANT", "REVOKE", "SECURITY":
            ["ON TABLE", "ON COLUMN", "ON SEQUENCE"].lazy.compactMap { place(of: $0) }.first
                .map { Reading(subject: $0, role: .effect) }
        default: nil
        }
    }

    /// What `'schema.name'::regclass` names, where it begins at a place.
    fileprivate func relation(at place: Int) -> QualifiedName? {
        guard words[place].kind == .string, key(at: place + 3) == "REGCLASS",
            isSymbol(":", at: place + 1), isSymbol(":", at: place + 2),
            sql[words[place].range.lowerBound] == UInt8(ascii: "'")
        else { return nil }
        return QualifiedName(sql: ServerText.decode(DumpStatement.unquoted(sql[words[place].range])))
    }

    private func readCreate() -> Reading? {
        let place = key(at: 1) == "UNLOGGED" || key(at: 1) == "UNIQUE" || key(at: 1) == "CONSTRAINT" ? 2 : 1
        switch key(at: place) {
        case "TABLE":
            let parents = self.place(of: "INHERITS").map { names(from: $0) } ?? []
            return Reading(
                subject: place + 1, role: .create(inherits: parents.compactMap { name(at: $0) }), others: parents)
        case "SEQUENCE": return Reading(subject: place + 1, role: .sequence)
        case "INDEX":
            guard let on = self.place(of: "ON"), let index = words[place + 1].identifier else { return nil }
            return Reading(subject: afterOnly(on), role: .index(name: index))
        case "TRIGGER", "POLICY": return self.place(of: "ON").map { Reading(subject: $0, role: .effect) }
        case "RULE": return self.place(of: "TO").map { Reading(subject: $0, role: .effect) }
        case "STATISTICS":
            guard let from = self.place(of: "FROM"), let name = name(at: place + 1) else { return nil }
            return Reading(subject: from, role: .statistics(name))
        default: return nil
        }
    }

    private func readAlter() -> Reading? {
        switch key(at: 1) {
        case "TABLE": return readAlterTable(afterOnly(2))
        case "SEQUENCE":
            if contains("OWNER TO") { return Reading(subject: 2, role: .owner) }
            if let owner = place(of: "OWNED BY"), let table = name(at: owner) {
                return Reading(subject: 2, role: .owned(by: table), others: [owner])
            }
            return Reading(subject: 2, role: .sequence)
        case "INDEX":
            if let place = place(of: "ATTACH PARTITION"), let index = name(at: place) {
                return Reading(subject: 2, role: .attachIndex(index), others: [place])
            }
            return Reading(subject: 2, role: .property)
        case "STATISTICS": return Reading(subject: 2, role: .effect)
        case "PUBLICATION":
            return place(of: "ADD TABLE").map { Reading(subject: afterOnly($0), role: .effect) }
        default: return nil
        }
    }

    private func readAlterTable(_ subject: Int) -> Reading? {
        if let place = place(of: "ATTACH PARTITION"), let partition = name(at: place) {
            return Reading(subject: subject, role: .attach(partition), others: [place])
        }
        let action = subject + 3
        switch (key(at: action), key(at: action + 1)) {
        case ("OWNER", "TO"): return Reading(subject: subject, role: .owner)
        case ("ADD", "CONSTRAINT"):
            guard action + 2 < words.count, let name = words[action + 2].identifier else { return nil }
            if let target = place(of: "REFERENCES"), let table = self.name(at: target) {
                return Reading(subject: subject, role: .foreignKey(name: name, to: table), others: [target])
            }
            switch key(at: action + 3) {
            case "PRIMARY":
                return Reading(subject: subject, role: .primaryKey(name: name, columns: list(at: action + 5)))
            case "UNIQUE", "EXCLUDE": return Reading(subject: subject, role: .constraint(name: name))
            default: return Reading(subject: subject, role: .check)
            }
        case ("ALTER", "COLUMN"): return readAlterColumn(subject, action + 2)
        case ("REPLICA", _), ("CLUSTER", _), ("SET", _): return Reading(subject: subject, role: .property)
        default: return Reading(subject: subject, role: .effect)
        }
    }

    private func readAlterColumn(_ subject: Int, _ column: Int) -> Reading {
        if let place = place(of: "AS IDENTITY"), key(at: place + 1) == "SEQUENCE", key(at: place + 2) == "NAME",
            let sequence = name(at: place + 3)
        {
            let always = contains("GENERATED ALWAYS")
            let column = ServerText.decode(sql[words[column].range])
            return Reading(
                subject: subject, role: .identity(sequence, column: column, always: always), others: [place + 3])
        }
        let isDefault = key(at: column + 1) == "SET" && key(at: column + 2) == "DEFAULT"
        return Reading(subject: subject, role: isDefault ? .columnDefault : .property)
    }

    private func readComment() -> Reading? {
        switch key(at: 2) {
        case "TABLE", "COLUMN", "INDEX", "SEQUENCE": return Reading(subject: 3, role: .property)
        case "STATISTICS": return Reading(subject: 3, role: .effect)
        case "CONSTRAINT":
            guard words.count > 5, let name = words[3].identifier else { return nil }
            return Reading(subject: 5, role: .constraintComment(name: name))
        case "TRIGGER", "POLICY", "RULE": return Reading(subject: 5, role: .effect)
        default: return nil
        }
    }

    private func afterOnly(_ place: Int) -> Int { key(at: place) == "ONLY" ? place + 1 : place }

    /// Where the qualified names of a list in parentheses begin.
    private func names(from place: Int) -> [Int] {
        words.indices[place...].prefix { !isSymbol(")", at: $0) }
            .filter { name(at: $0) != nil && !isSymbol(".", at: $0 - 1) }
    }
}

extension Range<Int> {
    fileprivate func shifted(by distance: Int) -> Range<Int> { (lowerBound + distance)..<(upperBound + distance) }
}
