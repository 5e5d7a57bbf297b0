import PGKeepModel

/// Which of an archive's tables somebody meant by `orders`, `billing.invoices`, `billing.*` or `"My Schema"."Order"`.
enum TableSelection {
    /// The tables that the patterns name, in the order of `tables`; each pattern must name one at least.
    static func choose(_ patterns: [String], of tables: [QualifiedName], in archive: String) throws -> [QualifiedName] {
        var chosen: Set<QualifiedName> = []
        for pattern in patterns {
            let parts = TableSelection.parts(of: pattern)
            let found = tables.filter { matches($0, parts) }
            guard !found.isEmpty else { throw unknown(pattern, tables, archive) }
            chosen.formUnion(found)
        }
        return tables.filter(chosen.contains)
    }

    static func matches(_ table: QualifiedName, _ pattern: String) -> Bool { matches(table, parts(of: pattern)) }

    /// What names exactly this table, as a word for a shell.
    static func pattern(for table: QualifiedName) -> String {
        func isPlain(_ name: String) -> Bool { !name.isEmpty && !name.contains { "\"*?.".contains($0) } }
        return shellWord(isPlain(table.schema) && isPlain(table.name) ? table.description : table.quoted)
    }

    /// In single quotes where a shell would see more than a word.
    static func shellWord(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".") || (0x30...0x39).contains(byte)
                || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
        return isPlain && !text.isEmpty ? text : "'\(text.replacing("'", with: "'\\''"))'"
    }

    // MARK: Patterns

    /// A piece of a pattern: one character, which in quotes stands for itself.
    private struct Piece: Equatable {
        var scalar: Unicode.Scalar
        var isQuoted: Bool

        func isWildcard(_ wildcard: Unicode.Scalar) -> Bool { !isQuoted && scalar == wildcard }
    }

    /// Schema and name, or the name alone; parted by a dot outside quotes, doubled quotes within them being one.
    private static func parts(of pattern: String) -> [[Piece]] {
        var parts: [[Piece]] = [[]]
        var isQuoted = false
        var rest = pattern.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            if scalar == "\"" {
                if isQuoted, rest.first == "\"" {
                    rest.removeFirst()
                    parts[parts.count - 1].append(Piece(scalar: scalar, isQuoted: true))
                } else {
                    isQuoted.toggle()
                }
            } else if scalar == ".", !isQuoted {
                parts.append([])
            } else {
                parts[parts.count - 1].append(Piece(scalar: scalar, isQuoted: isQuoted))
            }
        }
        return parts
    }

    private static func matches(_ table: QualifiedName, _ parts: [[Piece]]) -> Bool {
        switch parts.count {
        case 1: glob(parts[0], Array(table.name.unicodeScalars))
        case 2:
            glob(parts[0], Array(table.schema.unicodeScalars)) && glob(parts[1], Array(table.name.unicodeScalars))
        default: false
        }
    }

    /// `*` is any text and `?` any character.
    private static func glob(_ pattern: [Piece], _ text: [Unicode.Scalar]) -> Bool {
        var (p, t) = (0, 0)
        var star: (p: Int, t: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p].isWildcard("*") {
                star = (p, t)
                p += 1
            } else if p < pattern.count, pattern[p].isWildcard("?") || pattern[p].scalar == text[t] {
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
        return pattern[p...].allSatisfy { $0.isWildcard("*") }
    }

    // MARK: No such table

    private static func unknown(_ pattern: String, _ tables: [QualifiedName], _ archive: String) -> PGKeepError {
        let parts = TableSelection.parts(of: pattern).map { part in
            String(String.UnicodeScalarView(part.map(\.scalar)))
        }
        let nearest = NearestName.several(of: parts[parts.count - 1], among: tables) { $0.name }
        let names = nearest.map { TableSelection.pattern(for: $0) }.joined(separator: ", ")
        let cause =
            nearest.isEmpty
            ? "it holds \(tables.count) tables" : "the nearest of its \(tables.count) tables: \(names)"
        let hint = nearest.first.map { "pgkeep restore \(archive) --table \(TableSelection.pattern(for: $0))" }
        return PGKeepError(
            .failed, "\(archive) holds no table \(pattern)", cause: cause, hint: hint ?? "pgkeep show \(archive)")
    }
}
