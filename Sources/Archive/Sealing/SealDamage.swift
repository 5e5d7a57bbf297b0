import PGKeepModel

/// Finds out what happened to a segment that does not open where it lies.
struct SealDamage {
    /// So far around it other numbers are tried: each takes a third of a millisecond.
    private static let distance = 128

    let cipher: SegmentCipher
    let number: Int
    let segments: Int

    private var isLast: Bool { number + 1 == segments }

    func error(_ stored: UnsafeRawBufferPointer, name: String, range: ClosedRange<Int64>) throws -> PGKeepError {
        PGKeepError(
            .damaged,
            "\(name): segment \(number + 1) of \(segments), bytes \(range.lowerBound) to \(range.upperBound), "
                + "is not what was sealed there", cause: try cause(stored),
            hint: "find an archive that is whole: pgkeep verify all")
    }

    private func cause(_ stored: UnsafeRawBufferPointer) throws -> String {
        if try cipher.open(stored, number: number, isLast: !isLast) != nil {
            return isLast
                ? "the file was cut after it: more segments followed" : "it was the last one: the file was lengthened"
        }
        if let place = try place(of: stored) {
            return "it was sealed as segment \(place + 1): segments were exchanged, taken out or put in"
        }
        return isLast ? "it was changed, or the file was cut or lengthened in it" : "it was changed"
    }

    /// As which other segment these bytes open.
    private func place(of stored: UnsafeRawBufferPointer) throws -> Int? {
        for distance in 1...SealDamage.distance {
            for place in [number - distance, number + distance] where place >= 0 {
                if try cipher.open(stored, number: place, isLast: isLast) != nil { return place }
            }
        }
        return nil
    }
}
