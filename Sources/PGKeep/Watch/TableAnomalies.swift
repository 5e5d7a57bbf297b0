import PGKeepModel

/// A table, or a series of them, beside what it was in the backups before.
struct TableComparisonWithPast {
    var name: String
    /// nil: it is gone.
    var now: BackupFigures.Series?
    var compression: Compression?
    /// The newest first, without a gap.
    var past: [(backup: BackupFigures, series: BackupFigures.Series)]

    var anomalies: [Anomaly] { [rows, compressibility].compactMap(\.self) }

    private var rows: Anomaly? {
        let count = now?.rows ?? 0
        guard
            let usual = Usual(
                past.map { Double($0.series.rows) }, isVouchedFor: past.contains { $0.backup.isAccepted }),
            usual.median >= Anomalies.fewRows, usual.hasFallen(Double(count))
        else { return nil }
        guard let now else {
            let rows = Figures.grouped(Int64(usual.median.rounded()))
            return Anomaly(.tableGone, name, message: "\(name), with usually \(rows) rows \(usual.source), is gone")
        }
        let text = usual.text(Double(count), Figures.grouped)
        return Anomaly(
            .tableRows, name, message: "\(name)\(extent(now)) has \(Figures.grouped(count)) rows, \(text)")
    }

    private var compressibility: Anomaly? {
        guard let now, now.rows > 0 else { return nil }
        let alike = past.filter { $0.backup.compression != nil && $0.backup.compression == compression }
        let isVouchedFor = alike.contains { $0.backup.isAccepted }
        guard let size = Usual(alike.map { Double($0.series.rawBytes) }, isVouchedFor: isVouchedFor),
            size.median >= Anomalies.smallTable,
            let text = Compressibility(
                now: Compressibility.Sample(now), past: alike.map { Compressibility.Sample($0.series) },
                isVouchedFor: isVouchedFor
            ).text
        else { return nil }
        return Anomaly(.tableCompressibility, name, message: "the rows of \(name)\(extent(now)) \(text)")
    }

    private func extent(_ series: BackupFigures.Series) -> String {
        series.tables > 1 ? " (\(series.tables) tables)" : ""
    }
}

/// How well contents compress beside how well they did: what is encrypted doesn't any more.
struct Compressibility {
    /// Bytes before and after compression, and the rows that they are.
    struct Sample {
        var rows: Int64
        var raw: Int64
        var stored: Int64

        var ratio: Double { Double(raw) / Double(max(1, stored)) }
        var storedPerRow: Double { Double(stored) / Double(max(1, rows)) }
    }

    /// Encrypted bytes that are written as hexadecimal digits still compress to half; rows then take twice their room.
    private static let roomier = 2.0
    /// How far the ratio must have fallen for that to be the mark of encryption, and not just of longer rows.
    private static let lessened = 0.7

    /// What was found, as the end of a sentence; nil if nothing was.
    let text: String?

    init(now: Sample, past: [Sample], isVouchedFor: Bool) {
        guard let ratios = Usual(past.map(\.ratio), isVouchedFor: isVouchedFor),
            let rooms = Usual(past.map(\.storedPerRow), isVouchedFor: isVouchedFor),
            let rows = Usual(past.map { Double($0.rows) }, isVouchedFor: isVouchedFor)
        else {
            text = nil
            return
        }
        // Of a table that was emptied little more than the unit around it is left.
        let isRoomier =
            now.storedPerRow >= rooms.median * Compressibility.roomier
            && Double(now.rows) >= rows.median * Usual.fallen
        let hasCollapsed =
            ratios.hasFallen(now.ratio)
            || (isRoomier && ratios.hasFallen(now.ratio, to: Compressibility.lessened))
        text =
            hasCollapsed
            ? "compress \(Compressibility.tenths(now.ratio)) : 1, usually \(Compressibility.tenths(ratios.median)) : 1 "
                + "\(ratios.source), as encrypted ones would" : nil
    }

    private static func tenths(_ ratio: Double) -> String {
        let tenths = Int((ratio * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension Compressibility.Sample {
    fileprivate init(_ series: BackupFigures.Series) {
        self.init(rows: series.rows, raw: series.rawBytes, stored: series.storedBytes)
    }

    fileprivate init(_ backup: BackupFigures) {
        self.init(rows: backup.rows, raw: backup.rawBytes, stored: backup.bytes)
    }
}

extension Compressibility {
    /// Of a backup as a whole, beside those compressed alike; small ones say nothing.
    init(_ backup: BackupFigures, _ alike: [BackupFigures]) {
        let isLarge = Usual(of: alike) { Double($0.rawBytes) }.map { $0.median >= Anomalies.smallDatabase } ?? false
        // A database that was emptied compresses as its schema does: its rows tell more.
        let isAsLarge = Double(backup.rawBytes) >= Anomalies.smallDatabase
        self.init(
            now: Sample(backup), past: isLarge && isAsLarge ? alike.map { Sample($0) } : [],
            isVouchedFor: alike.contains { $0.isAccepted })
    }

    /// As a finding about the whole.
    var anomaly: Anomaly? { text.map { Anomaly(.compressibility, message: "its contents \($0)") } }
}
