import PGKeepModel

/// The SQL that brings a restored table's rows back into the one in use, for a person to choose from and to run.
enum MergeStatements {
    /// `key` is the primary key's columns, `columns` those that COPY carries; all quoted as in the archive.
    static func bringingBack(
        _ restored: String, into table: String, columns: [String], key: [String]
    ) -> [String] {
        let list = columns.joined(separator: ", ")
        let select = "SELECT \(list) FROM \(restored)"
        guard !key.isEmpty else {
            return [
                "INSERT INTO \(table) (\(list)) OVERRIDING SYSTEM VALUE \(select) EXCEPT ALL SELECT \(list) FROM \(table);"
            ]
        }
        let conflict = "ON CONFLICT (\(key.joined(separator: ", "))) DO"
        let insert = "INSERT INTO \(table) (\(list)) OVERRIDING SYSTEM VALUE \(select)"
        let changes = columns.filter { !key.contains($0) }.map { "\($0) = EXCLUDED.\($0)" }.joined(separator: ", ")
        let missing = "\(insert) \(conflict) NOTHING;"
        return changes.isEmpty ? [missing] : [missing, "\(insert) \(conflict) UPDATE SET \(changes);"]
    }

    /// Where there is no table of that name any more, the restored one takes its place.
    static func movingBack(_ restored: String, to schema: String) -> [String] {
        ["ALTER TABLE \(restored) SET SCHEMA \(QualifiedName.quote(schema));"]
    }

    /// Counts what differs: keys only here, keys only there, keys of both with other values.
    static func difference(
        _ restored: String, _ table: String, columns: [String], key: [String]
    ) -> String {
        let match = key.map { "a.\($0) = b.\($0)" }.joined(separator: " AND ")
        // As text: json and its like have no equality of their own.
        func row(_ alias: String) -> String { "ROW(\(columns.map { "\(alias).\($0)" }.joined(separator: ", ")))::text" }
        return """
            SELECT count(*) FILTER (WHERE b.ctid IS NULL), count(*) FILTER (WHERE a.ctid IS NULL),
                   count(*) FILTER (WHERE a.ctid IS NOT NULL AND b.ctid IS NOT NULL AND \(row("a")) <> \(row("b")))
              FROM \(restored) a FULL JOIN \(table) b ON \(match)
            """
    }
}
