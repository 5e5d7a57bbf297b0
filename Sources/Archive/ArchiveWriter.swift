import Crypto
import Foundation
package import PGKeepModel
import Synchronization

/// Puts units into an archive, from several threads at once, and closes it with index and footer.
///
/// Each thread compresses its own units and is given a place at the end of the file; only the place is taken under
/// the lock. Units of rows that come before the schema is complete are kept in memory, a bounded lot of them, so that
/// reading rows needn't wait for pg_dump to begin.
package final class ArchiveWriter: Sendable {
    /// Whose rows a unit holds.
    package struct Content: Sendable {
        package var table: Int
        package var tally: RowTally

        package init(table: Int, tally: RowTally) {
            self.table = table
            self.tally = tally
        }
    }

    /// A unit before it is compressed.
    package struct Unit {
        package var kind: UnitEntry.Kind
        package var contents: [Content]
        /// Its text, in order.
        package var parts: [UnsafeRawBufferPointer]

        package init(kind: UnitEntry.Kind, contents: [Content], parts: [UnsafeRawBufferPointer]) {
            self.kind = kind
            self.contents = contents
            self.parts = parts
        }

        var rawLength: Int { parts.reduce(0) { $0 + $1.count } }
    }

    private struct State {
        var offset: Int64 = 0
        var units: [UnitEntry] = []
        var tables: [TableSummary] = []
        var places: [QualifiedName: Int] = [:]
        /// Compressed rows that wait for the schema; nil once it is complete.
        var waiting: [(UnitEntry, [Content], [UInt8])]? = []
        var waitingBytes = 0
    }

    private static let waitingLimit = 24 << 20
    /// From this size on a unit is compressed and written piece by piece.
    package static let streamedFrom = 32 << 20

    private let sink: any ByteSink
    package let compression: Compression
    private let state = Mutex(State())
    /// Opens when rows may be written; threads with too many rows in hand wait for it.
    private let schemaDone = Gate()

    package init(sink: any ByteSink, compression: Compression) {
        self.sink = sink
        self.compression = compression
    }

    /// The place of a table in the index; it gets one the first time it is named.
    package func place(of target: CopyTarget, throughRoot: Bool) -> Int {
        state.withLock { state in
            if let known = state.places[target.name] { return known }
            state.tables.append(
                TableSummary(table: target.table, columns: target.columns, throughRoot: throughRoot))
            state.places[target.name] = state.tables.count - 1
            return state.tables.count - 1
        }
    }

    /// Compresses a unit on this thread and puts it into the archive.
    package func append(_ unit: Unit, with encoder: UnitEncoder) throws {
        if unit.rawLength >= ArchiveWriter.streamedFrom { return try stream(unit, with: encoder) }
        let stored: UnsafeRawBufferPointer
        if unit.parts.count == 1 {
            stored = try encoder.encode(unit.parts[0])
        } else {
            let joined = unit.parts.flatMap { Array($0) }
            return try joined.withUnsafeBytes {
                try append(Unit(kind: unit.kind, contents: unit.contents, parts: [$0]), with: encoder)
            }
        }
        var entry = entry(of: unit)
        entry.length = Int64(stored.count)
        entry.sha256 = SHA256.hash(data: stored).hexadecimal
        if unit.kind == .rows, try wait(entry, unit.contents, stored) { return }
        state.withLock { state in
            entry.offset = state.offset
            ArchiveWriter.record(entry, unit.contents, in: &state)
        }
        try sink.write(stored, at: entry.offset)
    }

    /// Says that the schema is complete: rows that waited are written, and rows may follow.
    package func completeSchema() throws {
        let waiting = state.withLock { state in
            var placed: [(UnitEntry, [UInt8])] = []
            for (entry, contents, stored) in state.waiting ?? [] {
                var entry = entry
                entry.offset = state.offset
                ArchiveWriter.record(entry, contents, in: &state)
                placed.append((entry, stored))
            }
            state.waiting = nil
            return placed
        }
        schemaDone.open()
        for (entry, stored) in waiting { try stored.withUnsafeBytes { try sink.write($0, at: entry.offset) } }
    }

    /// Says that nothing more will come of it: threads that wait for the schema end with the error.
    package func fail(_ error: PGKeepError) { schemaDone.fail(error) }

    /// Writes index and footer; returns the index and the archive's length.
    package func finish(
        _ header: ArchiveHeader, with encoder: UnitEncoder
    ) throws -> (index: ArchiveIndex, footer: ArchiveFooter, bytes: Int64) {
        let (tables, units, offset) = state.withLock { ($0.tables, $0.units, $0.offset) }
        let index = ArchiveIndex(header: header, tables: tables, units: units)
        let stored = try IndexCodec.encode(index).withUnsafeBytes { Array(try encoder.encode($0)) }
        let footer = ArchiveFooter(
            indexOffset: offset, indexLength: Int64(stored.count), indexSHA256: SHA256.hash(data: stored).hexadecimal,
            createdAt: header.createdAt, tables: tables.count, rows: index.rows, rawBytes: index.rawBytes)
        let end = stored + footer.encoded(compression)
        try end.withUnsafeBytes { try sink.write($0, at: offset) }
        return (index, footer, offset + Int64(end.count))
    }

    private func entry(of unit: Unit) -> UnitEntry {
        UnitEntry(
            kind: unit.kind, offset: 0, length: 0, rawLength: Int64(unit.rawLength),
            rows: unit.contents.reduce(0) { $0 + $1.tally.rows }, tables: unit.contents.map(\.table), sha256: "")
    }

    /// Keeps a unit of rows in memory while the schema isn't complete and there is room; false: write it now.
    private func wait(_ entry: UnitEntry, _ contents: [Content], _ stored: UnsafeRawBufferPointer) throws -> Bool {
        let kept: Bool? = state.withLock { state in
            guard state.waiting != nil else { return false }
            guard state.waitingBytes + stored.count <= ArchiveWriter.waitingLimit else { return nil }
            state.waiting?.append((entry, contents, Array(stored)))
            state.waitingBytes += stored.count
            return true
        }
        if let kept { return kept }
        try schemaDone.wait()
        return false
    }

    /// Compresses a very large unit straight into the file; the end of the file is this thread's meanwhile.
    private func stream(_ unit: Unit, with encoder: UnitEncoder) throws {
        if unit.kind == .rows { try schemaDone.wait() }
        var entry = entry(of: unit)
        try state.withLock { state in
            entry.offset = state.offset
            var hash = SHA256()
            try encoder.encode(unit.parts) { piece in
                hash.update(bufferPointer: piece)
                try sink.write(piece, at: entry.offset + entry.length)
                entry.length += Int64(piece.count)
            }
            entry.sha256 = hash.finalize().hexadecimal
            ArchiveWriter.record(entry, unit.contents, in: &state)
        }
    }

    private static func record(_ entry: UnitEntry, _ contents: [Content], in state: inout State) {
        state.offset = entry.offset + entry.length
        state.units.append(entry)
        for content in contents {
            state.tables[content.table].rows += content.tally.rows
            state.tables[content.table].hash &+= content.tally.hash
            state.tables[content.table].rawBytes += content.tally.bytes
            // A unit of several tables is shared out by the bytes of each.
            let share = contents.count == 1 ? 1 : Double(content.tally.bytes) / Double(max(1, entry.rawLength))
            state.tables[content.table].storedBytes += Int64(share * Double(entry.length))
        }
    }
}

extension Sequence<UInt8> {
    /// Two lowercase digits a byte.
    package var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
