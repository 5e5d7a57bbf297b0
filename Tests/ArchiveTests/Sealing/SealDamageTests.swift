import Crypto
import Foundation
import PGKeepModel
import Testing

@testable import PGKeepArchive

/// Whatever is done to a sealed file, it is told, and never read as if nothing had happened.
@Suite struct SealDamageTests {
    private let key: PrivateKey
    private let text = noise(firstSegment + 4 * laterSegment + 1000)
    private let whole: [UInt8]
    /// Where the stream begins.
    private let start = 24 + 2 + 88 + 32

    init() throws {
        key = try PrivateKey()
        whole = try sealed(text, for: [key.recipient]).file.bytes
    }

    /// Opens and reads all of it, which must end in damage; what was said.
    private func refused(_ bytes: [UInt8], at location: SourceLocation = #_sourceLocation) -> String {
        do {
            let source = try SealedSource(MemoryFile(bytes), keys: [key])
            _ = try source.read(Int(source.byteCount), at: 0)
            Issue.record("it was read as if it were whole", sourceLocation: location)
            return ""
        } catch let error as PGKeepError {
            #expect(error.code == .damaged, "\(error)", sourceLocation: location)
            return error.description
        } catch {
            Issue.record(error, sourceLocation: location)
            return ""
        }
    }

    private func segment(_ number: Int) -> Range<Int> {
        let begin = start + number << 20
        return (begin + (number == 0 ? 40 : 0))..<min(begin + 1 << 20, whole.count)
    }

    @Test("It is whole to begin with")
    func undamaged() throws {
        #expect(try SealedSource(MemoryFile(whole), keys: [key]).read(text.count, at: 0) == text)
    }

    @Test("A changed bit is found wherever it is")
    func bits() {
        var random = SeededGenerator(1)
        // Every byte of the header, of which those at the sides of its parts, and of the stream's own header, are all.
        let places = Array(0..<(start + 41)) + (1...40).map { _ in random.below(whole.count) } + [whole.count - 1]
        for place in places {
            var bytes = whole
            bytes[place] ^= 1 << UInt8(place % 8)
            do {
                let source = try SealedSource(MemoryFile(bytes), keys: [key])
                _ = try source.read(Int(source.byteCount), at: 0)
                Issue.record("a changed bit at byte \(place) went unnoticed")
            } catch {
                // What follows "pgkeep sealed archive" is the version: another one needs another pgkeep.
                let code = (error as? PGKeepError)?.code
                #expect(code == .damaged || ([22, 23].contains(place) && code == .failed), "byte \(place): \(error)")
            }
        }
    }

    @Test("A header that was changed, its checksum made to fit, opens nothing")
    func forgedHeader() throws {
        func forged(_ change: (inout [UInt8]) throws -> Void) rethrows -> [UInt8] {
            var header = Array(whole[..<(start - 32)])
            try change(&header)
            return header + Array(SHA256.hash(data: header)) + whole[start...]
        }
        let wrapped = forged { $0[40] ^= 1 }
        #expect(refused(wrapped).contains("the header of memory.sql.gz was changed"))
        // A recipient more, for whom an attacker wrapped another key.
        let added = try forged { header in
            let stranger = try PrivateKey()
            header[25] = 2
            header += KeyIdentifier(of: stranger.recipient).bytes
            header += try WrappedKey(SymmetricKey(size: .bits256), for: stranger.recipient).bytes
        }
        #expect(refused(added).contains("is not what was sealed there"))
    }

    @Test("The header of another archive for the same key opens nothing")
    func foreignHeader() throws {
        let other = try sealed(text, for: [key.recipient]).file.bytes
        #expect(refused(Array(other[..<start]) + whole[start...]).contains("is not what was sealed there"))
        #expect(refused(Array(other[..<(start + 40)]) + whole[(start + 40)...]).contains("is not what was"))
    }

    @Test("Segments that were exchanged are named")
    func exchanged() {
        var bytes = whole
        bytes.replaceSubrange(segment(1), with: whole[segment(3)])
        bytes.replaceSubrange(segment(3), with: whole[segment(1)])
        let words = refused(bytes)
        #expect(words.contains("segment 2 of 6") && words.contains("it was sealed as segment 4"), "\(words)")
    }

    @Test("A segment taken out, or put in twice, is found")
    func takenOut() {
        let without = Array(whole[..<segment(2).lowerBound] + whole[segment(2).upperBound...])
        #expect(refused(without).contains("it was sealed as segment 6: segments were exchanged, taken out or put in"))
        let twice = Array(whole[..<segment(3).lowerBound] + whole[segment(2)] + whole[segment(3).lowerBound...])
        #expect(refused(twice).contains("it was sealed as segment 6"))
    }

    @Test("A file that was cut is found, at a segment's border and anywhere else")
    func cut() {
        let atBorder = refused(Array(whole[..<segment(2).upperBound]))
        #expect(atBorder.contains("the file was cut after it"), "\(atBorder)")
        #expect(refused(Array(whole[..<(segment(2).upperBound + 500)])).contains("cut or lengthened"))
        for length in [0, 10, 25, 100, start - 1] { _ = refused(Array(whole[..<length])) }
        for length in [start, start + 39, start + 40, start + 55, segment(2).upperBound + 16] {
            #expect(refused(Array(whole[..<length])).contains("was cut short or lengthened"), "\(length)")
        }
    }

    @Test("A file that was lengthened is found")
    func lengthened() throws {
        #expect(refused(whole + [0]).contains("cut or lengthened"))
        #expect(refused(whole + whole[segment(1)]).contains("segment 7 of 7"))
        // What ends at a segment's border can be lengthened by whole segments.
        let even = try sealed(noise(firstSegment + laterSegment), for: [key.recipient]).file.bytes
        let words = refused(even + even[segment(1)])
        #expect(words.contains("it was sealed as segment 2"), "\(words)")
        let source = try SealedSource(MemoryFile(even), keys: [key])
        #expect(source.byteCount == Int64(firstSegment + laterSegment))
    }

    @Test("What is no sealed archive is told as such")
    func somethingElse() {
        #expect(refused(Array("-- pgkeep archive 1".utf8)).contains("does not begin with the header"))
        #expect(refused([]).contains("is empty"))
        var newer = whole
        newer[22] = UInt8(ascii: "2")
        #expect {
            try SealedSource(MemoryFile(newer), keys: [key])
        } throws: {
            ($0 as? PGKeepError)?.hint == "install a newer pgkeep"
        }
    }
}
