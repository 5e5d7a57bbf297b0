import PGKeepArchive
import PGKeepModel

/// Compares what an archive defines with what the restored database does, by pg_dump's own words for both.
enum DefinitionComparison {
    /// Kinds that another major writes otherwise, or not at all, so that their names say nothing there.
    private static let ofOneMajor: Set<String> = [
        "", "ACL", "DEFAULT ACL", "ACL LANGUAGE", "COMMENT", "SCHEMA", "EXTENSION", "CONSTRAINT", "CHECK CONSTRAINT",
        "BLOB", "BLOB METADATA", "SECURITY LABEL",
    ]

    static func differences(
        _ expected: DumpDefinitions, _ found: DumpDefinitions, _ depth: Proof.Definitions
    ) -> [Proof.Difference] {
        let before = Dictionary(grouping: expected.entries, by: \.header.identity)
        let after = Dictionary(grouping: found.entries, by: \.header.identity)
        return Set(before.keys).union(after.keys).sorted().flatMap { identity -> [Proof.Difference] in
            let (first, second) = (before[identity] ?? [], after[identity] ?? [])
            guard depth == .text else { return byName(identity, first, second) }
            return byText(identity, first, second)
        }
    }

    private static func byName(
        _ identity: String, _ first: [DefinitionEntry], _ second: [DefinitionEntry]
    ) -> [Proof.Difference] {
        guard let entry = first.first, second.isEmpty, !ofOneMajor.contains(entry.header.type) else { return [] }
        return [.init(what: identity, expected: "to be there", found: "nothing")]
    }

    private static func byText(
        _ identity: String, _ first: [DefinitionEntry], _ second: [DefinitionEntry]
    ) -> [Proof.Difference] {
        let (left, right) = (sorted(first), sorted(second))
        if left == right { return [] }
        guard left.count == right.count else {
            return [
                .init(
                    what: identity, expected: left.isEmpty ? "nothing" : Figures.count(left.count, "definition"),
                    found: right.isEmpty ? "nothing" : Figures.count(right.count, "definition"))
            ]
        }
        return zip(left, right).compactMap { one, other in
            if one == other { return nil }
            guard one.header.owner == other.header.owner else {
                return .init(
                    what: identity, expected: "owner \(one.header.owner ?? "none")",
                    found: "owner \(other.header.owner ?? "none")")
            }
            if one.essence == other.essence { return nil }
            let (expected, found) = firstDifference(one.text, other.text)
            return .init(what: identity, expected: expected, found: found)
        }
    }

    private static func sorted(_ entries: [DefinitionEntry]) -> [DefinitionEntry] {
        entries.sorted { $0.text.lexicographicallyPrecedes($1.text) }
    }

    /// The first lines that differ.
    private static func firstDifference(_ left: [UInt8], _ right: [UInt8]) -> (String, String) {
        let first = left.split(separator: 0x0A, omittingEmptySubsequences: false)
        let second = right.split(separator: 0x0A, omittingEmptySubsequences: false)
        let place = zip(first, second).enumerated().first { $1.0 != $1.1 }?.offset ?? min(first.count, second.count)
        func line(_ lines: [ArraySlice<UInt8>]) -> String {
            guard place < lines.count else { return "its end" }
            let text = ServerText.decode(lines[place]).trimmingWhitespace
            return text.count > 200 ? "\(text.prefix(197))..." : text
        }
        return (line(first), line(second))
    }
}

extension String {
    fileprivate var trimmingWhitespace: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
