import Crypto
import Dispatch
import Foundation
import PGKeepModel
import Synchronization
import Testing

@testable import PGKeepArchive

/// What was sealed comes out again, however it was written and from wherever it is read.
@Suite struct SealTests {
    @Test(
        "A text of any length around a segment's border comes back",
        arguments: [
            0, 1, 300, firstSegment - 1, firstSegment, firstSegment + 1, firstSegment + laterSegment - 1,
            firstSegment + laterSegment, firstSegment + laterSegment + 1, firstSegment + 2 * laterSegment,
        ])
    func lengths(length: Int) throws {
        let key = try PrivateKey()
        let text = noise(length)
        let (file, seal) = try sealed(text, for: [key.recipient])
        let source = try SealedSource(file, keys: [key])
        #expect(source.byteCount == Int64(length))
        #expect(try source.read(length, at: 0) == text)
        #expect(seal.bytes == file.byteCount)
        #expect(seal.sha256 == SHA256.hash(data: file.bytes).hexadecimal)
        #expect(seal.identifiers == [key.identifier])
    }

    @Test("The order in which pieces are written makes no difference to the text", arguments: 1...12)
    func anyOrder(seed: Int) throws {
        let key = try PrivateKey()
        var random = SeededGenerator(seed)
        let text = noise(firstSegment + 4 * laterSegment + [0, 1, 77_777][seed % 3], seed: seed)
        let most = [1000, 300_000, 3 << 20][random.below(3)]
        let order = pieces(of: text.count, upTo: most, &random).shuffled(using: &random)
        let (file, seal) = try sealed(text, for: [key.recipient], pieces: order)
        #expect(try SealedSource(file, keys: [key]).read(text.count, at: 0) == text)
        #expect(seal.sha256 == SHA256.hash(data: file.bytes).hexadecimal)
    }

    /// More segments than are kept in memory, and threads that overtake one another.
    @Test("Several threads may write at once", arguments: 1...4)
    func threads(seed: Int) throws {
        let key = try PrivateKey()
        var random = SeededGenerator(seed)
        let text = noise(30 << 20, seed: seed)
        let queue = Mutex(pieces(of: text.count, upTo: 900_000, &random)[...])
        let file = MemoryFile()
        let sink = try SealingSink(file, for: [key.recipient])
        let failures = Mutex<[any Error]>([])
        text.withUnsafeBytes { text in
            nonisolated(unsafe) let text = text
            DispatchQueue.concurrentPerform(iterations: 4) { _ in
                while let piece = queue.withLock({ $0.popFirst() }) {
                    do {
                        try sink.write(UnsafeRawBufferPointer(rebasing: text[piece]), at: Int64(piece.lowerBound))
                    } catch { failures.withLock { $0.append(error) } }
                }
            }
        }
        let failed = failures.withLock { $0.count }
        #expect(failed == 0)
        let seal = try sink.finish()
        #expect(try SealedSource(file, keys: [key]).read(text.count, at: 0) == text)
        #expect(seal.sha256 == SHA256.hash(data: file.bytes).hexadecimal)
    }

    @Test("A text with a hole is not sealed", arguments: [0, 5, firstSegment, firstSegment + laterSegment])
    func hole(place: Int) throws {
        let recipient = try PrivateKey().recipient
        let text = noise(firstSegment + 2 * laterSegment)
        let parts = [0..<place, (place + 1)..<text.count].filter { !$0.isEmpty }
        #expect(throws: PGKeepError.self) { try sealed(text, for: [recipient], pieces: parts) }
    }

    @Test("A sink that fails ends every thread that waits for it")
    func failingSink() throws {
        struct Full: ByteSink {
            func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws {
                // The header, and everything but the first segment, goes through.
                if offset > 0, offset < 1 << 20 { throw PGKeepError(.noSpace, "full") }
            }
        }
        let text = noise(24 << 20)
        let sink = try SealingSink(Full(), for: [PrivateKey().recipient])
        let codes = Mutex<[PGKeepError.Code]>([])
        text.withUnsafeBytes { text in
            nonisolated(unsafe) let text = text
            // The second half is far ahead of the segment that never comes.
            DispatchQueue.concurrentPerform(iterations: 2) { half in
                let range = (half == 0 ? 0 : 12 << 20)..<(half == 0 ? 12 << 20 : 24 << 20)
                do {
                    try sink.write(UnsafeRawBufferPointer(rebasing: text[range]), at: Int64(range.lowerBound))
                } catch { codes.withLock { $0.append((error as? PGKeepError)?.code ?? .failed) } }
            }
        }
        let found = codes.withLock { $0 }
        #expect(found == [.noSpace, .noSpace])
    }

    @Test("Any range is read alike, by several threads at once")
    func ranges() throws {
        let key = try PrivateKey()
        let text = noise(firstSegment + 3 * laterSegment + 500)
        let source = try SealedSource(try sealed(text, for: [key.recipient]).file, keys: [key])
        let wrong = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 4) { number in
            var random = SeededGenerator(number)
            for _ in 1...60 {
                let start = random.below(text.count)
                let count = random.below(min(text.count - start, random.chance(50) ? 2000 : 2 << 20) + 1)
                let found = try? source.read(count, at: Int64(start))
                if found != Array(text[start..<(start + count)]) { wrong.withLock { $0 += 1 } }
            }
        }
        let count = wrong.withLock { $0 }
        #expect(count == 0)
        #expect(throws: PGKeepError.self) { try source.read(2, at: Int64(text.count) - 1) }
    }

    @Test("Only the segments that hold what is asked for are read")
    func onlyWhatIsNeeded() throws {
        let key = try PrivateKey()
        let text = noise(firstSegment + 9 * laterSegment)
        let counting = CountingSource(try sealed(text, for: [key.recipient]).file)
        let source = try SealedSource(counting, keys: [key])
        let opening = counting.bytesRead
        #expect(opening < 2 << 20)
        let place = firstSegment + 4 * laterSegment + 10
        _ = try source.read(1000, at: Int64(place))
        #expect(counting.bytesRead - opening == 1 << 20)
        // It is kept: what follows in it is not read again.
        _ = try source.read(1000, at: Int64(place + 1000))
        #expect(counting.bytesRead - opening == 1 << 20)
    }

    @Test("Each of several recipients opens it, with one key among others")
    func recipients() throws {
        let keys = try (1...3).map { _ in try PrivateKey() }
        let stranger = try PrivateKey()
        let (file, seal) = try sealed(noise(100), for: keys.map(\.recipient))
        #expect(seal.identifiers == keys.map(\.identifier))
        for key in keys { #expect(try SealedSource(file, keys: [stranger, key]).read(100, at: 0) == noise(100)) }
    }

    @Test("Without a key that fits, the error tells for whom it is sealed and what was tried")
    func wrongKey() throws {
        let (key, wrong) = (try PrivateKey(), try PrivateKey())
        let file = try sealed(noise(100), for: [key.recipient]).file
        #expect {
            try SealedSource(file, keys: [wrong])
        } throws: { error in
            guard let error = error as? PGKeepError, error.code == .key, let cause = error.cause else { return false }
            return cause.contains("sealed for \(key.identifier)") && cause.contains("tried: \(wrong.identifier)")
        }
        #expect {
            try SealedSource(file, keys: [])
        } throws: { error in
            guard let error = error as? PGKeepError, error.code == .key else { return false }
            return error.hint?.contains("BACKUP_ENCRYPTION_KEY_FILE") == true && !error.description.contains("tried")
        }
    }

    @Test("What was sealed can be looked at again by who sealed it, and nothing else can")
    func readingAgain() throws {
        let recipient = try PrivateKey().recipient
        let text = noise(2000)
        let (file, other) = (MemoryFile(), MemoryFile())
        let sinks = [try SealingSink(file, for: [recipient]), try SealingSink(other, for: [recipient])]
        for sink in sinks {
            try text.withUnsafeBytes { try sink.write($0, at: 0) }
            _ = try sink.finish()
        }
        #expect(try sinks[0].reading(file).read(2000, at: 0) == text)
        #expect(throws: PGKeepError.self) { try sinks[0].reading(other) }
    }

    @Test("An archive is written through a seal and read through it, unit by unit")
    func archive() throws {
        let key = try PrivateKey()
        let file = MemoryFile()
        let sink = try SealingSink(file, for: [key.recipient])
        let writer = ArchiveWriter(sink: sink, compression: .gzip(1))
        let encoder = try UnitEncoder(.gzip(1))
        let target = CopyTarget(name: QualifiedName(schema: "public", name: "t"), table: "public.t", columns: "a")
        try writer.completeSchema()
        for _ in 1...20 {
            try append(rows: String(repeating: "abcdefg\n", count: 5000), of: target, to: writer, encoder)
        }
        let (index, _, bytes) = try writer.finish(.sample(.gzip(1)), with: encoder)
        let seal = try sink.finish()
        #expect(seal.bytes > bytes)
        let reader = try ArchiveReader(SealedSource(file, keys: [key]), compression: .gzip(1))
        #expect(reader.index == index)
        for unit in reader.index.units {
            #expect(try reader.text(of: unit, with: UnitDecoder(.gzip(1))).count == Int(unit.rawLength))
        }
    }
}
