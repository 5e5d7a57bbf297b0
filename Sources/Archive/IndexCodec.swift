import Foundation
import PGKeepModel

/// The index as text: comment lines holding JSON, which psql skips. `docs/format.md` tells every key.
enum IndexCodec {
    private static let title = "-- pgkeep index 1\n"

    private struct Line: Codable {
        var header: ArchiveHeader?
        var table: TableSummary?
        var unit: UnitEntry?
    }

    static func encode(_ index: ArchiveIndex) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        var text = Array(title.utf8)
        func append(_ line: Line) throws {
            text += Array("-- ".utf8)
            text += try encoder.encode(line)
            text.append(.newline)
        }
        try append(Line(header: index.header))
        for table in index.tables { try append(Line(table: table)) }
        for unit in index.units { try append(Line(unit: unit)) }
        return text
    }

    static func decode(_ text: UnsafeRawBufferPointer) throws -> ArchiveIndex {
        guard text.starts(with: title.utf8) else { throw PGKeepError(.damaged, "the index has no title") }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        var header: ArchiveHeader?
        var tables: [TableSummary] = []
        var units: [UnitEntry] = []
        for (number, line) in text.split(separator: .newline).enumerated().dropFirst() {
            do {
                let line = try decoder.decode(Line.self, from: Data(line.dropFirst(3)))
                if let found = line.header { header = found }
                if let table = line.table { tables.append(table) }
                if let unit = line.unit { units.append(unit) }
            } catch {
                throw PGKeepError(.damaged, "line \(number + 1) of the index can't be read", cause: "\(error)")
            }
        }
        guard let header else { throw PGKeepError(.damaged, "the index has no header") }
        guard header.format == ArchiveHeader.currentFormat else {
            throw PGKeepError(
                .failed, "the archive has format \(header.format), this pgkeep reads \(ArchiveHeader.currentFormat)",
                hint: "install a newer pgkeep; gunzip and psql restore the archive without it")
        }
        return ArchiveIndex(header: header, tables: tables, units: units)
    }
}
