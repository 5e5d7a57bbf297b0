import PGKeepArchive
import PGKeepModel

/// Verifies a sealed archive from outside, without a key: its header, how many segments it can have, its length, and
/// the SHA-256 of the whole file against the journal's.
struct SealVerification: Sendable {
    /// What could not be looked at.
    var unchecked: [String] = []
    /// Whether every byte is known to be as it was written.
    var isWhole = false

    /// Throws what is wrong.
    init(
        _ source: any ByteSource, record: SealedRecord?, quick: Bool, progress: Progress?, check: () throws -> Void
    ) throws {
        try SealOutside.check(source, record)
        guard let record else {
            unchecked = ["its SHA-256: this machine's journal does not know the archive"]
            return
        }
        guard !quick else {
            unchecked = ["its SHA-256, which takes reading all of it"]
            return
        }
        progress?.begin("comparing with the journal", totalBytes: source.byteCount)
        let found = try source.sha256(progress: progress, check: check)
        guard found == record.sha256 else {
            throw PGKeepError(
                .damaged,
                "\(source.name) is not what was written: its SHA-256 is \(found), the journal tells of \(record.sha256)"
            )
        }
        isWhole = true
    }
}
