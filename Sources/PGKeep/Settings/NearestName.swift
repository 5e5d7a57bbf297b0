/// Which known word somebody may have meant.
package enum NearestName {
    /// The candidate with the fewest edits, if a quarter of the word's length or fewer.
    package static func of(_ word: String, among candidates: [String]) -> String? {
        let best = candidates.map { (name: $0, edits: edits(word, $0)) }.min { $0.edits < $1.edits }
        guard let best, best.edits <= max(1, word.count / 4) else { return nil }
        return best.name
    }

    /// Up to three candidates, the nearest first, with edits for a third of the word's length or fewer, two at least.
    static func several<Candidate>(
        of word: String, among candidates: [Candidate], named name: (Candidate) -> String
    ) -> [Candidate] {
        candidates.map { (candidate: $0, edits: edits(word, name($0))) }
            .filter { $0.edits <= max(2, word.count / 3) }
            .sorted { $0.edits < $1.edits }.prefix(3).map(\.candidate)
    }

    private static func edits(_ left: String, _ right: String) -> Int {
        let left = Array(left.lowercased())
        let right = Array(right.lowercased())
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let substituted = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
