import PGKeepModel

/// Compares a backup with its app's own history.
///
/// A staging table that is empty today, a partition that is rotated, a table that a migration dropped: each is told, once, and
/// freezes nothing. Only what befalls the whole makes a backup suspect.
enum Anomalies {
    /// Backups that tell what is usual: long enough for a median that one odd day doesn't move, short enough to learn.
    static let historyLength = 10
    /// Below so many rows a table comes and goes as it likes.
    static let fewRows: Double = 100
    /// Below so much plain SQL a database's size is that of its schema.
    static let smallDatabase: Double = 65_536
    /// Below so much plain SQL a table's share of a unit that it has in common with others says little.
    static let smallTable: Double = 262_144
    /// Threefold in a day is worth a look; it is no loss.
    static let grown = 3.0
    /// Of growth only what one would notice on a disk.
    static let noticeable: Double = 16_777_216
    /// Tables, and schemas, told one by one.
    static let toldOneByOne = 20

    /// The whole first, then schemas, then tables, the largest first.
    static func find(in backup: BackupFigures, history: [BackupFigures]) -> [Anomaly] {
        let alike = history.filter { $0.compression != nil && $0.compression == backup.compression }
        return [
            size(backup, history, alike), rows(backup, history),
            Compressibility(backup, alike).anomaly, growth(backup, alike),
        ].compactMap(\.self) + capped(schemas(backup, history)) + capped(tables(backup, history))
    }

    /// Archives are compared with those compressed alike; if there are too few, plain SQL with plain SQL.
    private static func size(
        _ backup: BackupFigures, _ history: [BackupFigures], _ alike: [BackupFigures]
    ) -> Anomaly? {
        guard let plain = Usual(of: history, { Double($0.rawBytes) }), plain.median >= smallDatabase else { return nil }
        if let usual = Usual(of: alike, { Double($0.bytes) }) {
            guard usual.hasFallen(Double(backup.bytes)) else { return nil }
            let text = usual.text(Double(backup.bytes), bytes)
            return Anomaly(.size, message: "the archive has \(bytes(backup.bytes)), \(text)")
        }
        guard plain.hasFallen(Double(backup.rawBytes)) else { return nil }
        let text = plain.text(Double(backup.rawBytes), bytes)
        return Anomaly(.size, message: "it holds \(bytes(backup.rawBytes)) of plain SQL, \(text)")
    }

    private static func growth(_ backup: BackupFigures, _ alike: [BackupFigures]) -> Anomaly? {
        let now = Double(backup.bytes)
        guard let usual = Usual(of: alike, { Double($0.bytes) }), now >= usual.median * grown,
            now - usual.median >= noticeable
        else { return nil }
        let text = usual.text(now, bytes)
        return Anomaly(.growth, message: "the archive has \(bytes(backup.bytes)), \(text)")
    }

    private static func rows(_ backup: BackupFigures, _ history: [BackupFigures]) -> Anomaly? {
        let now = Double(backup.rows)
        guard let usual = Usual(of: history, { Double($0.rows) }), usual.median >= fewRows, usual.hasFallen(now) else {
            return nil
        }
        let text = usual.text(now, Figures.grouped)
        return Anomaly(.rows, message: "it holds \(Figures.grouped(backup.rows)) rows in all, \(text)")
    }

    /// A schema has fewer tables than in each of the backups before.
    private static func schemas(_ backup: BackupFigures, _ history: [BackupFigures]) -> [Anomaly] {
        guard let last = history.first,
            Usual.isKnown(count: history.count, isVouchedFor: history.contains { $0.isAccepted })
        else { return [] }
        let now = Set(backup.series.map(\.name))
        return last.schemas.keys.sorted().compactMap { schema in
            let counts = history.compactMap { $0.schemas[schema] }
            let count = backup.schemas[schema] ?? 0
            guard counts.count == history.count, let lowest = counts.min(), count < lowest,
                let before = last.schemas[schema]
            else { return nil }
            let gone = last.series.map(\.name).filter { $0.hasPrefix("\(schema).") && !now.contains($0) }
            let names = gone.isEmpty ? "" : ": without \(listed(gone))"
            return Anomaly(
                .tablesLost, schema,
                message: "schema \(schema) has \(Figures.count(count, "table")), before it had \(before)\(names)")
        }
    }

    private static func tables(_ backup: BackupFigures, _ history: [BackupFigures]) -> [Anomaly] {
        let now = Dictionary(backup.series.map { ($0.name, $0) }) { first, _ in first }
        let past = history.map { figures in Dictionary(figures.series.map { ($0.name, $0) }) { first, _ in first } }
        // What the last backup didn't have, or didn't tell of, can't be missed.
        return (history.first?.series ?? []).flatMap { last in
            let known = zip(history, past).prefix { $1[last.name] != nil }
            return TableComparisonWithPast(
                name: last.name, now: now[last.name], compression: backup.compression,
                past: known.compactMap { figures, tables in tables[last.name].map { (figures, $0) } }
            ).anomalies
        }
    }

    private static func capped(_ found: [Anomaly]) -> [Anomaly] {
        guard found.count > toldOneByOne else { return found }
        let rest = found.count - toldOneByOne
        return found.prefix(toldOneByOne)
            + [Anomaly(found[0].kind, message: "\(Figures.count(rest, "more finding")) of this kind")]
    }

    static func bytes(_ count: Int64) -> String { ByteCount(count).description }

    private static func listed(_ names: [String]) -> String {
        let rest = names.count > 5 ? " and \(names.count - 5) more" : ""
        return names.prefix(5).joined(separator: ", ") + rest
    }
}
