import PGKeepModel

/// The SQL that brings a restored table's rows back into the one in use, for a person to choose from and to run.
///
/// Where there are several, each does the same and the first is the one to read; a server refuses it where a type has
/// no equality or a rule stands in the way, and takes the next.
struct MergeStatements {
    /// Both quoted, with their schemas.
    let restored: String
    let table: String
    /// Those that COPY carries, and those of the primary key; quoted as in the archive.
    let columns: [String]
    let key: [String]
    /// Columns that only an identity may give, so that no UPDATE can set them.
    let fixed: Set<String>
    /// The rows are those of all partitions; otherwise heirs of the table are left alone.
    let throughRoot: Bool
    /// The key of the table in use is DEFERRABLE, which ON CONFLICT refuses when it runs, not when it is planned.
    var isDeferrable = false

    private var only: String { throughRoot ? "" : "ONLY " }
    private var list: String { columns.joined(separator: ", ") }
    private var match: String { key.map { "r.\($0) = t.\($0)" }.joined(separator: " AND ") }
    private func insert(as alias: String = "") -> String {
        "INSERT INTO \(table)\(alias) (\(list))\(fixed.isEmpty ? "" : " OVERRIDING SYSTEM VALUE")"
    }

    /// Columns that an UPDATE may set.
    private var settable: [String] { columns.filter { !key.contains($0) && !fixed.contains($0) } }

    /// As one text: json and its like have no equality of their own.
    private func row(_ alias: String) -> String {
        "ROW(\(columns.map { "\(alias).\($0)" }.joined(separator: ", ")))::text"
    }

    // MARK: The rows that the table in use lacks

    var missing: [String] {
        guard !key.isEmpty else {
            return [
                "\(insert())\n  SELECT \(list) FROM \(only)\(restored)\n  EXCEPT ALL SELECT \(list) FROM \(only)\(table);",
                """
                \(insert())
                  SELECT \(list) FROM (\(numbered(restored, "\(list), "))) r
                    LEFT JOIN (\(counted(table))) t USING (row_text) WHERE row_number > coalesce(row_count, 0);
                """,
            ]
        }
        let keys = key.joined(separator: ", ")
        let select = "SELECT \(list) FROM \(only)\(restored)"
        return alternatives(
            "\(insert())\n  \(select)\n  ON CONFLICT (\(keys)) DO NOTHING;",
            "\(insert())\n  \(select) r\n  WHERE NOT EXISTS (SELECT FROM \(only)\(table) t WHERE \(match));")
    }

    // MARK: The rows that are other ones by now

    /// Nothing without a key, or where there is nothing that could have changed.
    var changed: [String] {
        guard !key.isEmpty, !settable.isEmpty else { return [] }
        let values = settable.map { "\($0) = EXCLUDED.\($0)" }.joined(separator: ", ")
        let current = settable.map { "t.\($0)" }.joined(separator: ", ")
        let archived = settable.map { "EXCLUDED.\($0)" }.joined(separator: ", ")
        return alternatives(
            """
            \(insert(as: " AS t"))
              SELECT \(list) FROM \(only)\(restored)
              ON CONFLICT (\(key.joined(separator: ", "))) DO UPDATE SET \(values)
              WHERE ROW(\(current)) IS DISTINCT FROM ROW(\(archived));
            """,
            """
            UPDATE \(only)\(table) t
              SET \(settable.map { "\($0) = r.\($0)" }.joined(separator: ", "))
              FROM \(only)\(restored) r WHERE \(match) AND \(row("t")) <> \(row("r"));
            """)
    }

    private func alternatives(_ onConflict: String, _ other: String) -> [String] {
        isDeferrable ? [other] : [onConflict, other]
    }

    // MARK: The rows that the archive lacks

    var added: [String] {
        guard key.isEmpty else {
            return [
                "DELETE FROM \(only)\(table) t\n"
                    + "  WHERE NOT EXISTS (SELECT FROM \(only)\(restored) r WHERE \(match));"
            ]
        }
        return [
            """
            DELETE FROM \(only)\(table) WHERE (tableoid, ctid) IN (
              SELECT row_table, row_place FROM (\(numbered(table, "tableoid AS row_table, ctid AS row_place, "))) t
                LEFT JOIN (\(counted(restored))) r USING (row_text) WHERE row_number > coalesce(row_count, 0));
            """
        ]
    }

    // MARK: How many of each

    /// Counts the missing, the added and the changed; without a key none can be called changed.
    var difference: String {
        guard !key.isEmpty else {
            func without(_ one: String, _ other: String) -> String {
                "(SELECT pg_catalog.count(*) FROM (SELECT \(row("t")) FROM \(only)\(one) t "
                    + "EXCEPT ALL SELECT \(row("t")) FROM \(only)\(other) t) d)"
            }
            return "SELECT \(without(restored, table)), \(without(table, restored)), NULL"
        }
        return """
            SELECT pg_catalog.count(*) FILTER (WHERE t.ctid IS NULL), pg_catalog.count(*) FILTER (WHERE r.ctid IS NULL),
                   pg_catalog.count(*) FILTER (WHERE r.ctid IS NOT NULL AND t.ctid IS NOT NULL AND \(row("r")) <> \(row("t")))
              FROM \(only)\(restored) r FULL JOIN \(only)\(table) t ON \(match)
            """
    }

    /// Each row as text, with its number among those that are the same.
    private func numbered(_ table: String, _ columns: String) -> String {
        let text = row("n")
        return "SELECT \(columns)\(text) AS row_text, row_number() OVER (PARTITION BY \(text)) AS row_number "
            + "FROM \(only)\(table) n"
    }

    private func counted(_ table: String) -> String {
        "SELECT \(row("c")) AS row_text, count(*) AS row_count FROM \(only)\(table) c GROUP BY 1"
    }
}
