import CDeflate
import Foundation
package import PGKeepModel

/// The footer: the last bytes of every archive, from which all else is found.
///
/// One comment line of 256 bytes, stored uncompressed in a member of fixed length. It is a function of the values in
/// it with a checksum of its own, so a reader compares it byte for byte: any changed byte is damage.
extension ArchiveFooter {
    static let textLength = 256
    private static let marker = "-- pgkeep footer 1 "

    /// How long the footer is in an archive compressed so.
    package static func storedLength(_ compression: Compression) -> Int {
        switch compression {
        case .gzip: textLength + 10 + 5 + 8
        case .zstd: textLength + 4 + 1 + 2 + 3
        case .none: textLength
        }
    }

    /// The stored bytes.
    package func encoded(_ compression: Compression) -> [UInt8] {
        let text = self.text
        switch compression {
        case .none: return text
        case .zstd:
            // Single segment, the content's size less 256 in two bytes, one raw block that is the last.
            return [0x28, 0xB5, 0x2F, 0xFD] + [0x60] + littleEndian(UInt16(text.count - 256))
                + littleEndian(UInt32(text.count) << 3 | 1).prefix(3) + text
        case .gzip:
            let crc = text.withUnsafeBytes { libdeflate_crc32(0, $0.baseAddress, $0.count) }
            let length = UInt16(text.count)
            return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF] + [1] + littleEndian(length) + littleEndian(~length) + text
                + littleEndian(crc) + littleEndian(UInt32(text.count))
        }
    }

    /// Reads the footer from the end of an archive.
    package static func read(from source: any ByteSource, compression: Compression) throws -> ArchiveFooter {
        let length = storedLength(compression)
        guard source.byteCount > 0 else { throw PGKeepError(.damaged, "\(source.name) is empty (0 bytes)") }
        guard source.byteCount >= length else {
            throw PGKeepError(
                .damaged, "\(source.name) has only \(ByteCount(source.byteCount)), too little for a backup")
        }
        let stored = try source.read(length, at: source.byteCount - Int64(length))
        guard let start = start(of: compression, in: stored),
            let footer = ArchiveFooter(text: stored[start..<(start + textLength)]),
            footer.encoded(compression) == stored
        else {
            throw PGKeepError(
                .damaged, "\(source.name) does not end with a footer of pgkeep",
                cause: "it was cut short, was changed, or another program made it")
        }
        guard footer.indexOffset + footer.indexLength + Int64(length) == source.byteCount else {
            throw PGKeepError(
                .damaged,
                "\(source.name) has \(source.byteCount) bytes where its footer tells of "
                    + "\(footer.indexOffset + footer.indexLength + Int64(length))")
        }
        return footer
    }

    private static func start(of compression: Compression, in stored: [UInt8]) -> Int? {
        switch compression {
        case .gzip: 15
        case .zstd: stored.count - textLength
        case .none: 0
        }
    }

    private var text: [UInt8] {
        var line = ArchiveFooter.marker
        line += "createdAt=\(createdAt.iso8601) tables=\(padded(Int64(tables), 10)) rows=\(padded(rows, 16))"
        line += " rawBytes=\(padded(rawBytes, 16)) index=\(padded(indexOffset, 16))+\(padded(indexLength, 12))"
        line += " sha256=\(indexSHA256)"
        let crc = Array(line.utf8).withUnsafeBytes { libdeflate_crc32(0, $0.baseAddress, $0.count) }
        line += " crc32=\(littleEndian(crc).reversed().hexadecimal)"
        var bytes = Array(line.utf8)
        bytes += Array(repeating: .space, count: max(0, ArchiveFooter.textLength - 1 - bytes.count))
        return bytes + [.newline]
    }

    private init?(text: ArraySlice<UInt8>) {
        let words = text.split(whereSeparator: { $0 == .space || $0 == .newline })
        guard text.starts(with: ArchiveFooter.marker.utf8), words.count == 11 else { return nil }
        func value(_ place: Int, _ key: String) -> Substring? {
            let word = String(decoding: words[place], as: UTF8.self)
            return word.hasPrefix("\(key)=") ? word.dropFirst(key.count + 1) : nil
        }
        guard let created = value(4, "createdAt").flatMap({ Date(iso8601: String($0)) }),
            let tables = value(5, "tables").flatMap({ number($0, digits: 10) }),
            let rows = value(6, "rows").flatMap({ number($0, digits: 16) }),
            let raw = value(7, "rawBytes").flatMap({ number($0, digits: 16) }),
            let place = value(8, "index")?.split(separator: "+"), place.count == 2,
            let offset = number(place[0], digits: 16), let length = number(place[1], digits: 12),
            let sha256 = value(9, "sha256")
        else { return nil }
        self.init(
            indexOffset: offset, indexLength: length, indexSHA256: String(sha256), createdAt: created,
            tables: Int(tables), rows: rows, rawBytes: raw)
    }
}

/// Reads so many digits and nothing else: sums of what the footer tells never overflow.
private func number(_ text: Substring, digits: Int) -> Int64? {
    guard text.utf8.count == digits, text.utf8.allSatisfy(\.isDigit) else { return nil }
    return Int64(text)
}

private func padded(_ number: Int64, _ digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
}

private func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    (0..<(Value.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> Value($0 * 8)) }
}
