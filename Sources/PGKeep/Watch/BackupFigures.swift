import Foundation
import PGKeepModel

/// What a backup holds, in numbers: what later ones of its app are compared with, long after it is gone or sealed.
struct BackupFigures: Sendable, Equatable {
    /// Tables that differ in the digits of their names only: one table, or all the partitions of a year.
    struct Series: Sendable, Equatable {
        /// Not quoted, and with `#` for digits: `public.log_#`.
        var name: String
        var tables = 0
        var rows: Int64 = 0
        var rawBytes: Int64 = 0
        var storedBytes: Int64 = 0
    }

    var archive: String
    /// nil where that isn't known.
    var compression: Compression?
    var bytes: Int64
    var rawBytes: Int64
    var rows: Int64
    /// The largest first.
    var series: [Series]
    /// How many series each schema has.
    var schemas: [String: Int]
    /// Somebody said of it that this is how things are now.
    var isAccepted = false
}

extension BackupFigures {
    init(archive: String, bytes: Int64, of index: ArchiveIndex) {
        var series: [String: Series] = [:]
        var schemas: [String: Int] = [:]
        for table in index.tables {
            let (schema, name) = TableSeries.name(of: table.table)
            if series[name] == nil { schemas[schema, default: 0] += 1 }
            var sum = series[name] ?? Series(name: name)
            sum.tables += 1
            sum.rows += table.rows
            sum.rawBytes += table.rawBytes
            sum.storedBytes += table.storedBytes
            series[name] = sum
        }
        self.init(
            archive: archive, compression: index.header.compression, bytes: bytes, rawBytes: index.rawBytes,
            rows: index.rows, series: series.values.sorted { ($1.rawBytes, $0.name) < ($0.rawBytes, $1.name) },
            schemas: schemas)
    }
}

/// In the journal: a line of a database of ten thousand tables stays below a hundred kilobytes.
extension BackupFigures {
    /// Series that a line tells one by one; what the others come to is the difference from the totals.
    static let seriesInJournal = 1000
    /// Schemas that a line counts; a database with more, one for each customer, has them counted in part.
    static let schemasInJournal = 1000

    /// `rows rawBytes storedBytes tables name`, and `count name`: names come last since they may hold anything.
    var details: [String: JSONValue] {
        let series = series.prefix(BackupFigures.seriesInJournal).map {
            JSONValue.string("\($0.rows) \($0.rawBytes) \($0.storedBytes) \($0.tables) \($0.name)")
        }
        let schemas = schemas.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .prefix(BackupFigures.schemasInJournal).map { JSONValue.string("\($0.value) \($0.key)") }
        var details: [String: JSONValue] = [
            "bytes": .integer(bytes), "rawBytes": .integer(rawBytes), "rows": .integer(rows),
            "tableFacts": .list(series), "schemaFacts": .list(schemas),
        ]
        details["compression"] = compression.map { .string($0.description) }
        return details
    }

    /// Reads the line of a backup; nil if it tells too little.
    init?(_ fields: JournalFields) {
        guard let archive = fields.text("archive"), let bytes = fields.integer("bytes"),
            let rawBytes = fields.integer("rawBytes"), let rows = fields.integer("rows")
        else { return nil }
        let schemas = fields.texts("schemaFacts").compactMap { text -> (String, Int)? in
            let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let count = Int(parts[0]) else { return nil }
            return (String(parts[1]), count)
        }
        self.init(
            archive: archive, compression: fields.text("compression").flatMap { Compression($0) }, bytes: bytes,
            rawBytes: rawBytes, rows: rows, series: fields.texts("tableFacts").compactMap(Series.init),
            schemas: Dictionary(schemas) { first, _ in first })
    }
}

extension BackupFigures.Series {
    fileprivate init?(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 5, let rows = Int64(parts[0]), let rawBytes = Int64(parts[1]),
            let storedBytes = Int64(parts[2]), let tables = Int(parts[3])
        else { return nil }
        self.init(
            name: String(parts[4]), tables: tables, rows: rows, rawBytes: rawBytes, storedBytes: storedBytes)
    }
}

/// Under which name a table is watched.
enum TableSeries {
    /// `log_202611` and `log_202612` are both `log_#`: a partition that goes while another comes is no loss.
    static func name(of table: String) -> (schema: String, name: String) {
        guard let parts = QualifiedName(sql: table) else { return ("", table) }
        var folded = parts.schema + "."
        var wasDigit = false
        for scalar in parts.name.unicodeScalars {
            let isDigit = ("0"..."9").contains(scalar)
            if !isDigit { folded.unicodeScalars.append(scalar) } else if !wasDigit { folded.append("#") }
            wasDigit = isDigit
        }
        return (parts.schema, folded)
    }
}
