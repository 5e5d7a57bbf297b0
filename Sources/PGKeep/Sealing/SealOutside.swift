import PGKeepArchive
import PGKeepModel

/// A look at a sealed archive that needs no key: its header, whether a seal can be so long, and its length.
enum SealOutside {
    /// Throws what is wrong; gives for whom it is sealed.
    @discardableResult
    static func check(_ source: any ByteSource, _ record: SealedRecord?) throws -> [KeyIdentifier] {
        let header = try SealHeader(from: source)
        guard header.fits(source) else {
            throw PGKeepError(
                .damaged, "\(source.name) was cut short or lengthened: no seal ends at byte \(source.byteCount)")
        }
        if let record, record.bytes != source.byteCount {
            throw PGKeepError(
                .damaged, "\(source.name) has \(source.byteCount) bytes where the journal tells of \(record.bytes)")
        }
        return header.identifiers
    }
}
