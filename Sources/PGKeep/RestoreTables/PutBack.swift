import PGKeepModel

/// The SQL that puts tables that are gone from a database back: the restored ones, moved to where they were.
///
/// A restored table that stays in the side schema must not hold on to one that leaves it: with the schema, DROP …
/// CASCADE would drop the partition, the heir, the foreign key. So links between the two are undone first, and made
/// again with what is in use.
enum PutBack {
    /// `existing` are those of the database, `schemas` the schemas that must be made first.
    static func statements(
        _ definition: TableDefinition, gone: [QualifiedName], existing: Set<QualifiedName>, schemas: [String]
    ) -> [String] {
        let moving = Set(gone)
        func isThere(_ table: QualifiedName) -> Bool { moving.contains(table) || existing.contains(table) }
        // Where both move, their link moves with them.
        let ties = definition.ties.filter { tie in
            let ends = [tie.child, tie.parent].filter(moving.contains).count
            return ends == 1 || ends == 2 && tie.untie == nil
        }
        let schemas = schemas.map { "CREATE SCHEMA \(QualifiedName.quote($0));" }
        let moves = gone.map { table in
            "ALTER TABLE \(definition.place(of: table).quoted) SET SCHEMA \(QualifiedName.quote(table.schema));"
        }
        let again = ties.filter { isThere($0.child) && isThere($0.parent) }.flatMap(\.tie)
        let rest = definition.rest.filter { moving.contains($0.table) }.map { ServerText.decode($0.sql) }
        return schemas + ties.compactMap(\.untie) + moves + again + rest
    }
}
