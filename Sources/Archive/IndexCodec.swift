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
        for table in index.tables { text += try line(of: table, encoder) }
        for unit in index.units { try append(Line(unit: unit)) }
        return text
    }

    /// What the encoder would write, in a tenth of its time: of these lines there can be very many.
    private static func line(of table: TableSummary, _ encoder: JSONEncoder) throws -> [UInt8] {
        func string(_ text: String) throws -> String {
            let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != .doubleQuote && $0 != .backslash }
            return isPlain ? "\"\(text)\"" : String(decoding: try encoder.encode(text), as: UTF8.self)
        }
        let columns = try string(table.columns)
        let name = try string(table.table)
        let line = """
            -- {"table":{"columns":\(columns),"hash":"\(table.hash)","rawBytes":\(table.rawBytes),"rows":\(table.rows),\
            "storedBytes":\(table.storedBytes),"table":\(name),"throughRoot":\(table.throughRoot)}}

            """
        return Array(line.utf8)
    }

    /// The header alone, which is the line after the title.
    static func decodeHeader(_ text: UnsafeRawBufferPointer) throws -> ArchiveHeader {
        let lines = text.split(separator: .newline, maxSplits: 2)
        let first = lines.count < 2 ? text.count : lines[0].count + lines[1].count + 2
        return try decode(UnsafeRawBufferPointer(rebasing: text[..<min(first, text.count)])).header
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
