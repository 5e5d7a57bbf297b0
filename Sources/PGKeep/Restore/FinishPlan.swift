import PGKeepArchive

/// In which order, and what side by side, the entries after the rows are played.
///
/// A stage's lanes run in parallel, a lane's entries in order. Indexes and constraints in a row make one stage with a
/// lane a table; a comment stays behind what it comments on. Everything else is a stage of its own kind, in order:
/// foreign keys of two tables lock each other's, and pg_dump's order is always right.
struct FinishPlan {
    private(set) var stages: [[[DumpEntry]]] = []

    /// `size` tells how large a table is: the largest begin first.
    init(_ entries: [DumpEntry], size: (String) -> Int64) {
        var lanes: [(table: String, entries: [DumpEntry])] = []
        var places: [String: Int] = [:]
        var latest = 0
        var inOrder: [DumpEntry] = []
        for entry in entries {
            if let table = entry.table {
                if !inOrder.isEmpty { stages.append([inOrder]) }
                inOrder = []
                latest = places[table] ?? lanes.count
                if latest == lanes.count { lanes.append((table, [])) }
                places[table] = latest
                lanes[latest].entries.append(entry)
            } else if entry.type == .comment, !lanes.isEmpty {
                lanes[latest].entries.append(entry)
            } else {
                if !lanes.isEmpty { stages.append(FinishPlan.sorted(lanes, size)) }
                lanes = []
                places = [:]
                inOrder.append(entry)
            }
        }
        if !lanes.isEmpty { stages.append(FinishPlan.sorted(lanes, size)) }
        if !inOrder.isEmpty { stages.append([inOrder]) }
    }

    private static func sorted(
        _ lanes: [(table: String, entries: [DumpEntry])], _ size: (String) -> Int64
    ) -> [[DumpEntry]] {
        lanes.map { (size($0.table), $0.entries) }.sorted { $0.0 > $1.0 }.map(\.1)
    }
}
