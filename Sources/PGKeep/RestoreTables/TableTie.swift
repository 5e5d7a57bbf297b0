import PGKeepModel

/// A link between two tables, one of them restored: a partition, an inheritance or a foreign key.
struct TableTie {
    enum Kind: Sendable { case partition, inheritance, foreignKey }

    let kind: Kind
    /// The one that depends on the other: the partition, the heir, the table with the foreign key.
    let child: QualifiedName
    let parent: QualifiedName
    /// Undoes the link between the restored tables; nil where they are not linked.
    let untie: String?
    /// Makes the link between the tables in their own schemas, with its comment.
    let tie: [String]

    /// The links that a statement makes; `comments` are those on constraints.
    static func all(
        in statement: TableStatement, among tables: Set<QualifiedName>, schema: String,
        comments: [TableConstraint: String]
    ) -> [TableTie] {
        func place(_ table: QualifiedName) -> String { QualifiedName(schema: schema, name: table.name).quoted }
        let subject = statement.subject
        let text = ServerText.decode(statement.sql)
        switch statement.role {
        case .attach(let partition) where tables.contains(subject) || tables.contains(partition):
            let areLinked = tables.contains(subject) && tables.contains(partition)
            let untie = "ALTER TABLE \(place(subject)) DETACH PARTITION \(place(partition));"
            return [
                TableTie(
                    kind: .partition, child: partition, parent: subject, untie: areLinked ? untie : nil, tie: [text])
            ]
        case .foreignKey(let name, let target) where tables.contains(subject) || tables.contains(target):
            let areLinked = tables.contains(subject) && tables.contains(target)
            let untie = "ALTER TABLE \(place(subject)) DROP CONSTRAINT \(QualifiedName.quote(name));"
            let comment = comments[TableConstraint(table: subject, name: name)]
            return [
                TableTie(
                    kind: .foreignKey, child: subject, parent: target, untie: areLinked ? untie : nil,
                    tie: [text] + (comment.map { [$0] } ?? []))
            ]
        case .create(let parents) where tables.contains(subject):
            return parents.map { parent in
                TableTie(
                    kind: .inheritance, child: subject, parent: parent,
                    untie: "ALTER TABLE \(place(subject)) NO INHERIT \(place(parent));",
                    tie: ["ALTER TABLE \(subject.quoted) INHERIT \(parent.quoted);"])
            }
        default: return []
        }
    }
}

/// A constraint, whose name is its table's alone.
struct TableConstraint: Hashable {
    var table: QualifiedName
    var name: String
}
