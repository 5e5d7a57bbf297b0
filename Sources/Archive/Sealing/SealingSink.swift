import Crypto
import Foundation
package import PGKeepModel
import Synchronization

/// What became of an archive that was sealed: how it lies in the vault.
package struct Seal: Sendable, Equatable {
    package var bytes: Int64
    /// Of the whole file, in hexadecimal.
    package var sha256: String
    package var identifiers: [KeyIdentifier]
}

/// Seals an archive while it is written, in whatever order that happens; its text touches no disk.
///
/// Pieces are gathered in memory until a segment of 1 MiB is whole, which is then sealed and written to its place; a
/// piece that is a whole segment is sealed as it is. About two segments for each thread are in the making, however large
/// the archive: places are given out one after the other, and a thread fills those it was given in their order, before
/// it waits for anything else. The last segment is sealed differently, and only `finish()` knows which one that is: one
/// that ends where the archive ends so far is held back.
package final class SealingSink: ByteSink {
    private struct State {
        var segments: [Int: Segment] = [:]
        /// The end of the text, as far as any write has reached.
        var end: Int64 = 0
    }

    private let sink: any ByteSink
    private let header: SealHeader
    private let dataKey: SymmetricKey
    private let cipher: SegmentCipher
    private let layout: SegmentLayout
    private let hash: OrderedHash
    private let state = Mutex(State())

    /// Makes a data key, wraps it for each recipient, and writes the header.
    package init(_ sink: any ByteSink, for recipients: [Recipient]) throws {
        self.sink = sink
        dataKey = SymmetricKey(size: .bits256)
        header = try SealHeader(dataKey, for: recipients)
        cipher = SegmentCipher(dataKey, header: header)
        layout = SegmentLayout(streamStart: Int64(header.length))
        let beginning = header.encoded + cipher.streamHeader
        hash = OrderedHash(beginning)
        try beginning.withUnsafeBytes { try sink.write($0, at: 0) }
    }

    package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws {
        guard !bytes.isEmpty else { return }
        do {
            if let (segment, number) = reach(offset + Int64(bytes.count)) { try seal(segment, number) }
            var done = 0
            while done < bytes.count {
                let place = offset + Int64(done)
                let number = layout.number(at: place)
                let count = Int(min(Int64(bytes.count - done), layout.textEnd(of: number) - place))
                try put(UnsafeRawBufferPointer(rebasing: bytes[done..<(done + count)]), at: place, in: number)
                done += count
            }
        } catch {
            hash.fail(error)
            throw error
        }
    }

    /// Seals the last segment, once everything else is written.
    package func finish() throws -> Seal {
        let (segments, end) = state.withLock { ($0.segments, $0.end) }
        let last = end == 0 ? 0 : layout.number(at: end - 1)
        let count = Int(end - layout.textStart(of: last))
        let segment = segments[last] ?? Segment(capacity: 0)
        guard hash.count == last, segment.filled == count, segments.keys.allSatisfy({ $0 == last }) else {
            throw PGKeepError(.failed, "a part of the archive was never written, so it can't be sealed")
        }
        try store(UnsafeRawBufferPointer(rebasing: segment.text[..<count]), last, isLast: true)
        return Seal(
            bytes: layout.storedStart(of: last) + Int64(count + SegmentLayout.tagLength), sha256: hash.finalize(),
            identifiers: header.identifiers)
    }

    /// What was sealed, read back from where it lies now, without anybody's private key.
    package func reading(_ source: any ByteSource) throws -> any ByteSource {
        let found = try SealHeader(from: source)
        guard found == header else {
            throw PGKeepError(.damaged, "\(source.name) has another header than was written")
        }
        return try SealedSource(source, header: header, dataKey: dataKey)
    }

    /// Notes how far the text reaches; gives the segment that was held back because it might have been the last.
    private func reach(_ end: Int64) -> (Segment, Int)? {
        state.withLock { state in
            guard end > state.end else { return nil }
            let former = state.end
            state.end = end
            guard former > 0 else { return nil }
            let number = layout.number(at: former - 1)
            guard layout.textEnd(of: number) == former, state.segments[number]?.isFull == true else { return nil }
            return state.segments.removeValue(forKey: number).map { ($0, number) }
        }
    }

    private func put(_ piece: UnsafeRawBufferPointer, at offset: Int64, in number: Int) throws {
        let start = layout.textStart(of: number)
        let capacity = Int(layout.textEnd(of: number) - start)
        let segment: Segment? = state.withLock { state in
            // Nothing else can be in it, and something follows.
            if piece.count == capacity, state.end > start + Int64(capacity) { return nil }
            if let begun = state.segments[number] { return begun }
            let segment = Segment(capacity: capacity)
            state.segments[number] = segment
            return segment
        }
        guard let segment else { return try store(piece, number, isLast: false) }
        segment.copy(piece, to: Int(offset - start))
        let isReady = state.withLock { state in
            segment.filled += piece.count
            guard segment.isFull, state.end > start + Int64(capacity) else { return false }
            state.segments[number] = nil
            return true
        }
        if isReady { try seal(segment, number) }
    }

    private func seal(_ segment: Segment, _ number: Int) throws {
        try store(UnsafeRawBufferPointer(segment.text), number, isLast: false)
    }

    private func store(_ text: UnsafeRawBufferPointer, _ number: Int, isLast: Bool) throws {
        let sealed = try cipher.seal(text, number: number, isLast: isLast)
        try sealed.withUnsafeBytes { try sink.write($0, at: layout.storedStart(of: number)) }
        try hash.add(sealed, number: number)
    }
}

/// A segment in the making.
///
/// `@unchecked`: writers copy into ranges that don't overlap, since no two write to the same place of a file; `filled`
/// is touched under the sink's lock only, which is also what makes the copies seen by whoever seals.
private final class Segment: @unchecked Sendable {
    let text: UnsafeMutableRawBufferPointer
    var filled = 0
    var isFull: Bool { filled == text.count }

    init(capacity: Int) { text = .allocate(byteCount: capacity, alignment: 64) }

    deinit { text.deallocate() }

    func copy(_ piece: UnsafeRawBufferPointer, to place: Int) {
        UnsafeMutableRawBufferPointer(rebasing: text[place...]).copyMemory(from: piece)
    }
}
