package import PGKeepArchive
import PGKeepModel

/// Where to learn of sealed archives what only their contents would tell: this machine's journal, and its keys.
package struct SealKnowledge: Sendable {
    /// By the archives' names; read when the first sealed archive is met.
    package var records: @Sendable () throws -> [String: SealedRecord]
    /// Those that are set and can be read.
    package var keys: @Sendable () -> [PrivateKey]

    package init(
        records: @escaping @Sendable () throws -> [String: SealedRecord], keys: @escaping @Sendable () -> [PrivateKey]
    ) {
        self.records = records
        self.keys = keys
    }

    /// Nothing but what the file itself shows.
    package static let none = SealKnowledge(records: { [:] }, keys: { [] })
}

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
