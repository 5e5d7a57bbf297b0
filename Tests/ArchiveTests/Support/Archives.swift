import Foundation
import PGKeepArchive
import PGKeepModel

/// Every codec, with its fastest and its slowest level and some between.
let everyCompression: [Compression] =
    [.none] + (1...12).map { .gzip($0) } + [1, 3, 9, 19].map { .zstd($0) }

let threeCompressions: [Compression] = [.none, .gzip(1), .zstd(3)]

extension ArchiveHeader {
    static func sample(_ compression: Compression, preamble: String = "SET row_security = off;\n") -> ArchiveHeader {
        ArchiveHeader(
            app: "shop", tier: .daily, createdAt: Date(timeIntervalSince1970: 1_769_479_200), compression: compression,
            pgkeepVersion: "0.0.0",
            server: ServerFacts(versionNumber: 150_020, version: "15.20", systemIdentifier: "7", isStandby: false),
            pgDumpVersion: "15.20", snapshot: "00000003-0000001B-1",
            database: DatabaseProperties(
                name: "shop", owner: "o", encoding: "UTF8", collate: "C", characterType: "C", localeProvider: "libc",
                locale: nil, icuRules: nil, connectionLimit: -1, comment: "a \"comment\"\nof two lines", grants: nil,
                settings: [DatabaseProperties.Setting(role: nil, name: "work_mem", value: "8MB")]),
            preamble: preamble, journalHead: nil)
    }
}

/// An archive made of a dump and of units of rows, and what the dump's cutter was asked to do.
struct CutDump {
    var file = MemoryFile()
    var index: ArchiveIndex
    var footer: ArchiveFooter
    var units: [(entry: UnitEntry, text: String)]
    var preamble: String
    /// `schema` and `finish`, as they were called.
    var calls: [String]
    var isComplete: Bool
}

/// Runs a dump through scanner and cutter; `rows` are written when the schema is complete.
func cut(
    _ dump: [UInt8], _ compression: Compression = .none, takenOver: Set<QualifiedName> = [],
    partitioned: Set<QualifiedName> = [], by sizes: () -> Int = { 1 << 16 },
    rows: [(target: CopyTarget, text: String)] = []
) throws -> CutDump {
    final class Calls { var names: [String] = [] }
    let calls = Calls()
    let file = MemoryFile()
    let writer = ArchiveWriter(sink: file, compression: compression)
    let encoder = try UnitEncoder(compression)
    let cutter = DumpCutter(
        plan: DumpCutter.Plan(takenOver: takenOver, partitioned: partitioned), writer: writer, encoder: encoder,
        schemaDone: {
            calls.names.append("schema")
            try writer.completeSchema()
        },
        finishBegins: {
            calls.names.append("finish")
            for (target, text) in rows { try append(rows: text, of: target, to: writer, encoder) }
        }, progress: { _ in })
    var scanner = DumpScanner(visitor: cutter)
    try feed(dump, by: sizes, to: &scanner)
    try scanner.finish()
    try scanner.visitor.finish()
    let preamble = String(decoding: scanner.visitor.preamble, as: UTF8.self)
    let (index, footer, _) = try writer.finish(.sample(compression, preamble: preamble), with: encoder)
    let reader = try ArchiveReader(file, compression: compression)
    let decoder = UnitDecoder(compression)
    return CutDump(
        file: file, index: index, footer: footer,
        units: try index.units.map { ($0, String(decoding: try reader.text(of: $0, with: decoder), as: UTF8.self)) },
        preamble: preamble, calls: calls.names, isComplete: scanner.visitor.isComplete)
}

/// Writes a unit of a taken-over table: a whole COPY.
func append(rows: String, of target: CopyTarget, to writer: ArchiveWriter, _ encoder: UnitEncoder) throws {
    var tally = RowTally()
    Array(rows.utf8).withUnsafeBytes { tally.add(lines: $0) }
    let content = ArchiveWriter.Content(table: writer.place(of: target, throughRoot: false), tally: tally)
    let text = target.statement + Array((rows + "\\.\n\n").utf8)
    try text.withUnsafeBytes {
        try writer.append(ArchiveWriter.Unit(kind: .rows, contents: [content], parts: [$0]), with: encoder)
    }
}

/// Collects what an encoder or decoder hands out in pieces.
func gather(_ body: ((UnsafeRawBufferPointer) -> Void) throws -> Void) rethrows -> [UInt8] {
    var bytes: [UInt8] = []
    try body { bytes += $0 }
    return bytes
}
