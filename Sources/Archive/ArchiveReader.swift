import Crypto
package import PGKeepModel

/// Reads an archive from any place that gives ranges: footer, index, then whichever units are wanted.
package struct ArchiveReader: Sendable {
    package let source: any ByteSource
    package let compression: Compression
    package let footer: ArchiveFooter
    package let index: ArchiveIndex

    /// Reads footer and index, and checks that the units lie in the file without gap or overlap.
    package init(_ source: any ByteSource, compression: Compression) throws {
        self.source = source
        self.compression = compression
        footer = try ArchiveReader.located(source) { try ArchiveFooter.read(from: source, compression: compression) }
        index = try ArchiveReader.readIndex(source, footer, compression)
        try ArchiveReader.checkLayout(index, footer, source.name)
    }

    /// Gives a unit's text, whole or in pieces, after its stored bytes were found to be those of the index.
    package func read(
        _ unit: UnitEntry, with decoder: UnitDecoder, piece: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        do {
            let stored = try source.read(Int(unit.length), at: unit.offset)
            try stored.withUnsafeBytes { bytes in
                guard SHA256.hash(data: bytes).hexadecimal == unit.sha256 else {
                    throw UnitDecoder.damaged("its SHA-256 is not the index's")
                }
                try decoder.decode(bytes, rawLength: Int(unit.rawLength), piece: piece)
            }
        } catch let error as PGKeepError where error.code == .damaged {
            let name = "unit \(index.units.firstIndex(of: unit).map { $0 + 1 } ?? 0) (\(unit.kind.rawValue))"
            throw PGKeepError(
                .damaged, "\(source.name): \(name) at byte \(unit.offset) is damaged", cause: error.description,
                hint: ArchiveReader.damageHint)
        }
    }

    /// A unit's text in one piece.
    package func text(of unit: UnitEntry, with decoder: UnitDecoder) throws -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(min(Int(unit.rawLength), 64 << 20))
        try read(unit, with: decoder) { text += $0 }
        return text
    }

    private static let damageHint = "find one that is whole: pgkeep verify all"

    /// What an archive says of itself, without its tables and units.
    package static func header(_ source: any ByteSource, compression: Compression) throws -> ArchiveHeader {
        let footer = try located(source) { try ArchiveFooter.read(from: source, compression: compression) }
        let text = try readIndexText(source, footer, compression)
        return try located(source) { try text.withUnsafeBytes { try IndexCodec.decodeHeader($0) } }
    }

    private static func readIndex(
        _ source: any ByteSource, _ footer: ArchiveFooter, _ compression: Compression
    ) throws -> ArchiveIndex {
        let text = try readIndexText(source, footer, compression)
        return try located(source) { try text.withUnsafeBytes { try IndexCodec.decode($0) } }
    }

    private static func readIndexText(
        _ source: any ByteSource, _ footer: ArchiveFooter, _ compression: Compression
    ) throws -> [UInt8] {
        let stored = try source.read(Int(footer.indexLength), at: footer.indexOffset)
        guard SHA256.hash(data: stored).hexadecimal == footer.indexSHA256 else {
            throw PGKeepError(.damaged, "\(source.name): the index's SHA-256 is not the footer's")
        }
        // The index's own length is nowhere: it is decompressed into as much as gzip can make of it, in pieces.
        var text: [UInt8] = []
        try stored.withUnsafeBytes { bytes in
            try UnitDecoder(compression).decodeUnmeasured(bytes) { text += $0 }
        }
        return text
    }

    private static func checkLayout(_ index: ArchiveIndex, _ footer: ArchiveFooter, _ name: String) throws {
        var end: Int64 = 0
        for unit in index.units {
            guard unit.offset == end, unit.length > 0, unit.length <= footer.indexOffset - end, unit.rawLength >= 0,
                unit.tables.allSatisfy(index.tables.indices.contains)
            else {
                throw PGKeepError(.damaged, "\(name): the index leaves a gap or an overlap at byte \(end)")
            }
            end += unit.length
        }
        guard end == footer.indexOffset, index.tables.count == footer.tables,
            sum(index.tables.map(\.rows)) == footer.rows, sum(index.units.map(\.rawLength)) == footer.rawBytes,
            index.header.createdAt.iso8601 == footer.createdAt.iso8601
        else { throw PGKeepError(.damaged, "\(name): index and footer don't agree") }
    }

    /// Nil where a forged index makes it too large.
    private static func sum(_ numbers: [Int64]) -> Int64? {
        numbers.reduce(Int64?.some(0)) { total, number in
            guard let (sum, overflow) = total?.addingReportingOverflow(number), !overflow else { return nil }
            return sum
        }
    }

    /// Puts the archive's name before a message that lacks it.
    private static func located<Result>(_ source: any ByteSource, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch var error as PGKeepError {
            if !error.message.contains(source.name) { error.message = "\(source.name): \(error.message)" }
            if error.code == .damaged { error.hint = error.hint ?? damageHint }
            throw error
        }
    }
}
