import Foundation
import PGKeepArchive
import PGKeepModel
import Synchronization

/// An archive that somebody altered, with every checksum inside it made to fit.
enum ForgedArchive {
    /// Changes a text of its units to another one of the same length. With `keepingHashes` the tables' content hashes stay
    /// those of before, and everything else is made to fit.
    static func forge(_ path: String, replacing from: String, with to: String, keepingHashes: Bool = false) throws {
        let name = URL(filePath: path).lastPathComponent
        let compression = try requireName(name).format.compression
        let archive = try ArchiveReader(
            Bytes(Array(Data(contentsOf: URL(filePath: path))), name), compression: compression)
        let sink = Memory()
        let writer = ArchiveWriter(sink: sink, compression: compression)
        let (decoder, encoder) = (UnitDecoder(compression), try UnitEncoder(compression))
        try writer.completeSchema()
        for unit in archive.index.units {
            let text = try archive.text(of: unit, with: decoder)
            let changed = replacing(text, Data(from.utf8), Data(to.utf8))
            let tallies = try tallies(keepingHashes ? text : changed)
            let contents = tallies.map { target, tally in
                let place = archive.index.tables.first { QualifiedName(sql: $0.table) == target.name }
                return ArchiveWriter.Content(
                    table: writer.place(of: target, throughRoot: place?.throughRoot ?? false), tally: tally)
            }
            try changed.withUnsafeBytes {
                try writer.append(ArchiveWriter.Unit(kind: unit.kind, contents: contents, parts: [$0]), with: encoder)
            }
        }
        _ = try writer.finish(archive.index.header, with: encoder)
        try Data(sink.bytes).write(to: URL(filePath: path))
    }

    private static func replacing(_ text: [UInt8], _ from: Data, _ to: Data) -> [UInt8] {
        var text = Data(text)
        while let place = text.range(of: from) { text.replaceSubrange(place, with: to) }
        return Array(text)
    }

    private static func requireName(_ name: String) throws -> ArchiveName {
        guard let archive = ArchiveName(name) else { throw StepFailure(description: "\(name) is no archive's name") }
        return archive
    }

    private static func tallies(_ text: [UInt8]) throws -> [(CopyTarget, RowTally)] {
        var scanner = DumpScanner(visitor: Tallies())
        try text.withUnsafeBytes { try scanner.feed($0) }
        try scanner.finish()
        return scanner.visitor.found
    }

    private struct Tallies: DumpVisitor {
        var found: [(CopyTarget, RowTally)] = []

        mutating func line(_ line: UnsafeRawBufferPointer, _ role: LineRole) throws {}
        mutating func copyBegan(_ target: CopyTarget) throws { found.append((target, RowTally())) }
        mutating func rows(_ block: UnsafeRawBufferPointer) throws { found[found.count - 1].1.add(lines: block) }
        mutating func copyEnded() throws {}
    }

    private final class Memory: ByteSink {
        private let content = Mutex<[UInt8]>([])

        var bytes: [UInt8] { content.withLock { $0 } }

        func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws {
            content.withLock { content in
                let end = Int(offset) + bytes.count
                if content.count < end { content += Array(repeating: 0, count: end - content.count) }
                content.replaceSubrange(Int(offset)..<end, with: bytes)
            }
        }
    }

    private struct Bytes: ByteSource {
        let name: String
        private let bytes: [UInt8]

        init(_ bytes: [UInt8], _ name: String) {
            self.bytes = bytes
            self.name = name
        }

        var byteCount: Int64 { Int64(bytes.count) }

        func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) {
            bytes.withUnsafeBytes {
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[Int(offset)...].prefix(buffer.count)))
            }
        }
    }
}
