import PGKeepModel

/// Which of an archive's tables somebody meant by `orders`, `billing.invoices`, `billing.*` or `"My Schema"."Order"`.
enum TableSelection {
    /// The tables that the patterns name, in the order of `tables`; each pattern must name one at least.
    static func choose(_ patterns: [String], of tables: [QualifiedName], in archive: String) throws -> [QualifiedName] {
        var chosen: Set<QualifiedName> = []
        for pattern in patterns {
            let found = tables.filter { matches($0, pattern) }
            guard !found.isEmpty else { throw unknown(pattern, tables, archive) }
            chosen.formUnion(found)
        }
        return tables.filter(chosen.contains)
    }

    /// Quoted names are taken as they stand; in others `*` is any text and `?` any character.
    static func matches(_ table: QualifiedName, _ pattern: String) -> Bool {
        if pattern.contains("\"") { return QualifiedName(sql: pattern) == table }
        let whole = "\(table.schema).\(table.name)"
        return glob(Array(pattern), Array(pattern.contains(".") ? whole : table.name))
    }

    private static func glob(_ pattern: [Character], _ text: [Character]) -> Bool {
        var (p, t) = (0, 0)
        var star: (p: Int, t: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p] == "*" {
                star = (p, t)
                p += 1
            } else if p < pattern.count, pattern[p] == "?" || pattern[p] == text[t] {
                p += 1
                t += 1
            } else if let last = star {
                p = last.p + 1
                t = last.t + 1
                star = (last.p, t)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == "*" }
    }

    private static func unknown(_ pattern: String, _ tables: [QualifiedName], _ archive: String) -> PGKeepError {
        let byName = NearestName.of(pattern, among: tables.map(\.name))
        let nearest =
            NearestName.of(pattern, among: tables.map(\.description))
            ?? tables.first { $0.name == byName }?.description
        return PGKeepError(
            .failed, "\(archive) holds no table \(pattern)",
            cause: nearest.map { "the nearest of \(tables.count) is \($0)" } ?? "it holds \(tables.count) tables",
            hint: "pgkeep show \(archive)")
    }
}
