import Crypto
import Foundation
package import PGKeepModel
import Synchronization

/// The text of a sealed archive, from any offset: only the segments that hold what is asked for are read and opened.
///
/// Several threads may read at once; the last few segments of which a reader took a part only are kept for the next.
package final class SealedSource: ByteSource {
    /// So many segments are read in one go.
    private static let run = 16
    private static let kept = 4

    package let name: String
    package let byteCount: Int64
    private let source: any ByteSource
    private let cipher: SegmentCipher
    private let layout: SegmentLayout
    private let segments: Int
    private let cache = Mutex<[(number: Int, text: Data)]>([])

    /// Opens with whichever of the keys fits, and looks at the last segment: whether the file ends where it was to end.
    package convenience init(_ source: any ByteSource, keys: [PrivateKey]) throws {
        let header = try SealHeader(from: source)
        try self.init(source, header: header, dataKey: header.dataKey(keys, source.name))
    }

    init(_ source: any ByteSource, header: SealHeader, dataKey: SymmetricKey) throws {
        self.source = source
        name = source.name
        layout = SegmentLayout(streamStart: Int64(header.length))
        guard let (segments, text) = layout.contents(ofFile: source.byteCount) else {
            throw PGKeepError(
                .damaged, "\(source.name) was cut short or lengthened: no seal ends at byte \(source.byteCount)")
        }
        self.segments = segments
        byteCount = text
        let streamHeader = try source.read(SegmentLayout.streamHeaderLength, at: layout.streamStart)
        guard let cipher = SegmentCipher(dataKey, header: header, reading: streamHeader) else {
            throw PGKeepError(.damaged, "\(source.name): the stream in it does not begin as it must")
        }
        self.cipher = cipher
        keep(segments - 1, try open((segments - 1)..<segments)[0])
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws {
        guard !buffer.isEmpty else { return }
        let end = offset + Int64(buffer.count)
        guard offset >= 0, end <= byteCount else { throw PGKeepError(.damaged, "\(name) ends before byte \(end)") }
        let last = layout.number(at: end - 1)
        var number = layout.number(at: offset)
        while number <= last {
            if let text = known(number) {
                copy(text, number, into: buffer, at: offset)
                number += 1
                continue
            }
            var next = number + 1
            while next <= last, next < number + SealedSource.run, known(next) == nil { next += 1 }
            for (place, text) in try open(number..<next).enumerated() {
                let isPartial = copy(text, number + place, into: buffer, at: offset)
                if isPartial { keep(number + place, text) }
            }
            number = next
        }
    }

    /// Hands out all of the text in order, in pieces that are valid during the call.
    package func readAll(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        for number in 0..<segments { try open(number..<(number + 1))[0].withUnsafeBytes(body) }
    }

    /// Copies what of a segment's text belongs into the buffer; whether that is less than all of it.
    @discardableResult
    private func copy(
        _ text: Data, _ number: Int, into buffer: UnsafeMutableRawBufferPointer, at offset: Int64
    ) -> Bool {
        let start = layout.textStart(of: number)
        let from = max(offset, start)
        let count = Int(min(offset + Int64(buffer.count), start + Int64(text.count)) - from)
        text.withUnsafeBytes { text in
            let wanted = UnsafeRawBufferPointer(rebasing: text[Int(from - start)...].prefix(count))
            UnsafeMutableRawBufferPointer(rebasing: buffer[Int(from - offset)...]).copyMemory(from: wanted)
        }
        return count < text.count
    }

    private func known(_ number: Int) -> Data? { cache.withLock { $0.first { $0.number == number }?.text } }

    private func keep(_ number: Int, _ text: Data) {
        cache.withLock { cache in
            cache.removeAll { $0.number == number }
            cache.append((number, text))
            if cache.count > SealedSource.kept { cache.removeFirst() }
        }
    }

    private func open(_ numbers: Range<Int>) throws -> [Data] {
        let start = layout.storedStart(of: numbers.lowerBound)
        let end = numbers.upperBound == segments ? source.byteCount : layout.storedStart(of: numbers.upperBound)
        let stored = try source.read(Int(end - start), at: start)
        return try stored.withUnsafeBytes { stored in
            try numbers.map { number in
                let from = Int(layout.storedStart(of: number) - start)
                let to = number + 1 == segments ? stored.count : Int(layout.storedStart(of: number + 1) - start)
                let bytes = UnsafeRawBufferPointer(rebasing: stored[from..<to])
                if let text = try cipher.open(bytes, number: number, isLast: number + 1 == segments) { return text }
                throw try SealDamage(cipher: cipher, number: number, segments: segments).error(
                    bytes, name: name, range: (start + Int64(from))...(start + Int64(to) - 1))
            }
        }
    }
}
