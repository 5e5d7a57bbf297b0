import Foundation
import PGKeepModel

/// What checking the journal's chain found.
public struct JournalVerdict: Sendable, Equatable, Codable {
    /// A line that doesn't fit.
    public struct Break: Sendable, Equatable, Codable {
        /// From 1 on, as an editor counts.
        public var line: Int
        /// What is wrong with it, in words for people.
        public var reason: String
    }

    /// Lines that fit, up to the first that doesn't.
    public var linesChecked: Int
    /// The first line that doesn't fit; nil if all do.
    public var firstBreak: Break?
    /// Bytes of an unfinished last line, as a crash leaves them; never acknowledged, so no tampering by themselves.
    public var tornBytes: Int
    /// Hashes of last lines that archives carry and this journal no longer holds: it was cut off or replaced.
    public var missingHeads: [String]

    /// Whether nothing was changed; a torn last line is none.
    public var isIntact: Bool { firstBreak == nil && missingHeads.isEmpty }
}

extension Journal {
    /// Checks every line against its seal, its number and the line before it.
    ///
    /// `heads` are hashes of last lines that were noted elsewhere, as archives do.
    package func verify(heads: Set<String> = []) throws -> JournalVerdict {
        let (lines, rest) = ByteSearch.lines(try bytes())
        var verdict = JournalVerdict(linesChecked: 0, firstBreak: nil, tornBytes: rest.count, missingHeads: [])
        var previous = JournalLine.noPrevious
        var missing = heads
        for (place, bytes) in lines.enumerated() {
            if let reason = Journal.flaw(of: bytes, seq: Int64(place) + 1, after: previous) {
                verdict.firstBreak = JournalVerdict.Break(line: place + 1, reason: reason)
                break
            }
            previous = JournalLine.sha256(bytes)
            missing.remove(previous)
            verdict.linesChecked += 1
        }
        if verdict.firstBreak == nil { verdict.missingHeads = missing.sorted() }
        return verdict
    }

    private static func flaw(of bytes: ArraySlice<UInt8>, seq: Int64, after previous: String) -> String? {
        guard let line = JournalLine(bytes) else { return "it is not a line of the journal" }
        guard line.prev == previous else {
            return seq == 1 ? "it was not the first line" : "the line before it is not the one it was written after"
        }
        guard line.seq == seq else { return "it has the number \(line.seq) instead of \(seq)" }
        guard JournalLine.isSealed(bytes) else { return "it was changed after it was written" }
        return nil
    }
}
