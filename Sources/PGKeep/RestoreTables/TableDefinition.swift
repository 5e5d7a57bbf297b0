import PGKeepArchive
import PGKeepModel

/// What some tables of a dump are made of, moved into another schema: a value, found in the dump's statements.
///
/// With a table come its partitions, the sequences it owns, defaults, comments, indexes, keys and checks, and foreign
/// keys between the tables chosen; the tables it inherits from come empty. What acts on others stays away, for
/// `PutBack` to tell of: owners, privileges, triggers, rules, policies, other foreign keys. Types, functions and
/// sequences that no table owns are those of the database.
struct TableDefinition {
    /// Tables whose rows are wanted: those asked for and their partitions.
    let tables: Set<QualifiedName>
    /// To be played before the rows, and after them.
    let before: [[UInt8]]
    let after: [[UInt8]]
    /// The columns of each table's primary key, as written.
    let keys: [QualifiedName: [String]]
    /// Columns that are always given by an identity, and that no UPDATE may set; as written.
    let identities: [QualifiedName: Set<String>]
    /// Those that belong to the tables.
    let sequences: Set<QualifiedName>
    /// Links to other tables, and between the tables themselves.
    let ties: [TableTie]
    /// What was not played of the tables' own, in the dump's order.
    let rest: [(table: QualifiedName, sql: [UInt8])]
    /// Whose partitions are whose.
    let family: TableFamily

    /// Two tables that can't lie in one schema, and the name that both need for themselves or for an index; nil if
    /// there are none.
    let collision: (one: QualifiedName, other: QualifiedName, name: String)?

    private let schema: String

    /// Every table that the statements create.
    static func tables(in statements: [TableStatement]) -> [QualifiedName] {
        statements.compactMap { statement in
            if case .create = statement.role { statement.subject } else { nil }
        }
    }

    /// Both parts of the dump, each in its order.
    init(of wanted: [QualifiedName], schema: String, schemaPart: [TableStatement], finishPart: [TableStatement]) {
        let all = schemaPart + finishPart
        let family = TableFamily(all)
        let tables = family.withPartitions(Set(wanted))
        let ancestors = family.ancestors(of: tables)
        let belongings = TableBelongings(all, of: tables.union(ancestors))
        let sequences = Set(belongings.sequences.filter { tables.contains($0.value) }.keys)
        let moved = tables.union(ancestors).union(sequences).union(belongings.indexes.keys)
        // The comments on foreign keys to other tables stay away with them.
        let elsewhere = Set(all.compactMap { TableDefinition.foreignKeyElsewhere($0, tables) })

        func isPlayed(_ statement: TableStatement) -> Bool {
            guard moved.contains(statement.subject) else { return false }
            let isAncestor = ancestors.contains(statement.subject)
            switch statement.role {
            case .create, .sequence, .owned: return true
            case .primaryKey, .constraint, .check: return true
            case .attach(let partition): return moved.contains(partition)
            case .attachIndex(let index): return moved.contains(index)
            case .identity(let sequence, _, _): return sequences.contains(sequence)
            case .foreignKey(_, let target): return tables.contains(statement.subject) && tables.contains(target)
            case .constraintComment(let name):
                return !elsewhere.contains(TableConstraint(table: statement.subject, name: name)) && !isAncestor
            // Its rows come without those of the tables it inherits from, and so do their indexes and defaults.
            case .index, .columnDefault, .property: return !isAncestor
            case .statistics, .owner, .effect: return false
            }
        }
        func played(_ part: [TableStatement]) -> [[UInt8]] {
            var holding: [String: [UInt8]] = [:]
            return part.filter(isPlayed).flatMap { statement in
                let changes = statement.settings.filter { holding[$0.key] != $0.value }
                holding.merge(changes) { $1 }
                return changes.sorted { $0.key < $1.key }.map(\.value) + [statement.sql(in: schema, moving: moved)]
            }
        }
        self.tables = tables
        self.family = family
        self.schema = schema
        self.sequences = sequences
        collision = Dictionary(grouping: moved, by: \.name).filter { $0.value.count > 1 }.keys.min().map { name in
            let same = moved.filter { $0.name == name }.map { belongings.table(of: $0) ?? $0 }
            let pair = same.sorted { $0.quoted < $1.quoted }
            return (pair[0], pair[1], name)
        }
        before = played(schemaPart)
        after = played(finishPart)
        keys = Dictionary(
            all.compactMap { statement in
                if case .primaryKey(_, let columns) = statement.role { (statement.subject, columns) } else { nil }
            }, uniquingKeysWith: { $1 })
        identities = all.reduce(into: [:]) { found, statement in
            if case .identity(_, let column, true) = statement.role {
                found[statement.subject, default: []].insert(column)
            }
        }
        let comments = Dictionary(
            all.compactMap { statement -> (TableConstraint, String)? in
                guard case .constraintComment(let name) = statement.role else { return nil }
                return (
                    TableConstraint(table: statement.subject, name: name), ServerText.decode(statement.sql)
                )
            }, uniquingKeysWith: { $1 })
        ties = all.flatMap { TableTie.all(in: $0, among: tables, schema: schema, comments: comments) }
        rest = all.compactMap { statement in
            let table = belongings.table(of: statement.subject) ?? statement.subject
            guard tables.contains(table), !isPlayed(statement) else { return nil }
            switch statement.role {
            case .effect, .statistics: return (table, statement.sql)
            // A sequence's owner is its table's.
            case .owner: return belongings.sequences[statement.subject] == nil ? (table, statement.sql) : nil
            default: return nil
            }
        }
    }

    /// Where a table lies after the move.
    func place(of table: QualifiedName) -> QualifiedName { QualifiedName(schema: schema, name: table.name) }

    /// In stages: tables that foreign keys point to come before those that have them, and partitions with their root.
    func stages(_ summaries: [TableSummary]) -> [[TableSummary]] {
        let inside = ties.filter { tables.contains($0.child) && tables.contains($0.parent) }
        let parents = Dictionary(
            inside.filter { $0.kind == .partition }.map { ($0.child, $0.parent) }, uniquingKeysWith: { $1 })
        func root(of table: QualifiedName) -> QualifiedName { parents[table].map(root) ?? table }
        let needed = Dictionary(grouping: inside.filter { $0.kind == .foreignKey }, by: { root(of: $0.child) })
        var levels: [QualifiedName: Int] = [:]
        func level(of table: QualifiedName) -> Int {
            if let known = levels[table] { return known }
            // Of a circle, wherever it is entered.
            levels[table] = 0
            let before = Set((needed[table] ?? []).map { root(of: $0.parent) }).subtracting([table])
            let found = before.map { level(of: $0) + 1 }.max() ?? 0
            levels[table] = found
            return found
        }
        let staged = Dictionary(grouping: summaries) { summary in
            QualifiedName(sql: summary.table).map { level(of: root(of: $0)) } ?? 0
        }
        return staged.sorted { $0.key < $1.key }.map(\.value)
    }

    private static func foreignKeyElsewhere(
        _ statement: TableStatement, _ tables: Set<QualifiedName>
    ) -> TableConstraint? {
        guard case .foreignKey(let name, let target) = statement.role, !tables.contains(target) else { return nil }
        return TableConstraint(table: statement.subject, name: name)
    }
}

/// Which tables are partitions of which, and which inherit from which.
struct TableFamily {
    private var partitions: [QualifiedName: [QualifiedName]] = [:]
    private var parents: [QualifiedName: [QualifiedName]] = [:]

    init(_ statements: [TableStatement]) {
        // Partitions can be foreign tables, whose rows are elsewhere.
        let created = Set(TableDefinition.tables(in: statements))
        for statement in statements {
            switch statement.role {
            case .attach(let partition) where created.contains(partition):
                partitions[statement.subject, default: []].append(partition)
            case .create(let inherited): parents[statement.subject] = inherited
            default: break
            }
        }
    }

    func withPartitions(_ tables: Set<QualifiedName>) -> Set<QualifiedName> {
        TableFamily.closed(tables, partitions)
    }

    func ancestors(of tables: Set<QualifiedName>) -> Set<QualifiedName> {
        TableFamily.closed(tables, parents).subtracting(tables)
    }

    private static func closed(
        _ names: Set<QualifiedName>, _ next: [QualifiedName: [QualifiedName]]
    ) -> Set<QualifiedName> {
        var all = names
        var waiting = Array(names)
        while let name = waiting.popLast() {
            for other in next[name] ?? [] where all.insert(other).inserted { waiting.append(other) }
        }
        return all
    }
}

/// The sequences, indexes and statistics of some tables, each with its table.
struct TableBelongings {
    private(set) var sequences: [QualifiedName: QualifiedName] = [:]
    private(set) var indexes: [QualifiedName: QualifiedName] = [:]
    private var statistics: [QualifiedName: QualifiedName] = [:]

    init(_ statements: [TableStatement], of tables: Set<QualifiedName>) {
        for statement in statements {
            switch statement.role {
            case .owned(let table) where tables.contains(table): sequences[statement.subject] = table
            case .identity(let sequence, _, _) where tables.contains(statement.subject):
                sequences[sequence] = statement.subject
            case .index(let name), .primaryKey(let name, _), .constraint(let name):
                guard tables.contains(statement.subject) else { continue }
                indexes[QualifiedName(schema: statement.subject.schema, name: name)] = statement.subject
            case .statistics(let name) where tables.contains(statement.subject): statistics[name] = statement.subject
            default: break
            }
        }
    }

    func table(of name: QualifiedName) -> QualifiedName? { sequences[name] ?? indexes[name] ?? statistics[name] }
}
