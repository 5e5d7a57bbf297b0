import PGKeepModel

/// The schema that dumps of before 2018 mean when their COPY names none.
package struct SearchPath: Sendable {
    private var first = "public"

    package init() {}

    /// Looks for `SET search_path = schema, pg_catalog;`.
    package mutating func heed(_ line: String) {
        let prefix = "SET search_path = "
        guard line.hasPrefix(prefix) else { return }
        let path = line.dropFirst(prefix.count)
        if path.first == "\"" {
            let inner = path.dropFirst().prefix { $0 != "\"" }
            first = String(inner)
        } else {
            first = String(path.prefix { $0 != "," && $0 != ";" && $0 != " " })
        }
    }

    /// The same target with its schema named.
    package func resolve(_ target: CopyTarget) -> CopyTarget {
        guard target.name.schema.isEmpty else { return target }
        let name = QualifiedName(schema: first, name: target.name.name)
        return CopyTarget(name: name, table: name.quoted, columns: target.columns)
    }
}
