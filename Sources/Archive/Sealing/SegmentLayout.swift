import PGKeepModel

/// Where the segments of a Tink stream lie, in the text and in the file.
///
/// A stream is cut into segments of 1 MiB, each 16 bytes of tag longer than its text. The first one is shorter by the
/// 40 bytes of the stream's own header, which lie before it; the last one is as long as what is left.
struct SegmentLayout: Sendable, Equatable {
    static let segmentLength = 1 << 20
    static let tagLength = 16
    static let streamHeaderLength = 40
    private static let textLength = Int64(segmentLength - tagLength)

    /// Where the stream begins in the file: after the header of the seal.
    let streamStart: Int64

    /// In which segment a byte of the text is.
    func number(at offset: Int64) -> Int {
        Int((offset + Int64(SegmentLayout.streamHeaderLength)) / SegmentLayout.textLength)
    }

    /// The first byte of the text that is in a segment.
    func textStart(of number: Int) -> Int64 {
        max(0, Int64(number) * SegmentLayout.textLength - Int64(SegmentLayout.streamHeaderLength))
    }

    /// The first byte of the text that would be in the next segment.
    func textEnd(of number: Int) -> Int64 { textStart(of: number + 1) }

    /// Where a segment lies in the file.
    func storedStart(of number: Int) -> Int64 {
        streamStart + Int64(number) * Int64(SegmentLayout.segmentLength)
            + (number == 0 ? Int64(SegmentLayout.streamHeaderLength) : 0)
    }

    /// How many segments a file has that is so long, and how long its text is; nil if no stream is.
    func contents(ofFile length: Int64) -> (segments: Int, text: Int64)? {
        let stream = length - streamStart
        let segment = Int64(SegmentLayout.segmentLength)
        let count = (stream + segment - 1) / segment
        guard count > 0 else { return nil }
        let text =
            stream - Int64(SegmentLayout.streamHeaderLength) - count * Int64(SegmentLayout.tagLength)
        // Only an empty text has an empty segment.
        guard text > textStart(of: Int(count) - 1) || (count == 1 && text == 0) else { return nil }
        return (Int(count), text)
    }
}
