import PGKeepArchive
import PGKeepModel

/// Whether an archive is the very one that was taken under its name, as this machine's journal tells.
///
/// Rows that were altered together with every checksum inside the file are found by it: the index holds the SHA-256 of
/// each unit, the units fill the file, and the journal holds the SHA-256 of the index, or of a sealed file as a whole.
struct ArchiveIdentity: Sendable {
    private let name: String
    /// nil: the journal doesn't tell, since another machine took it, or the file was renamed.
    private let index: String?
    private let file: String?

    init(_ name: String, _ journal: Journal) throws {
        self.name = name
        var found: (index: String?, file: String?) = (nil, nil)
        try journal.backwards { line in
            guard Journal.text("event", in: line) == JournalEvent.Kind.backup.rawValue,
                Journal.text("archive", in: line) == name
            else { return true }
            found = (Journal.text("index", in: line), Journal.text("sha256", in: line))
            return false
        }
        (index, file) = found
    }

    /// Throws if the index is another one than was written.
    func check(_ archive: ArchiveReader) throws {
        guard let index, index != archive.footer.indexSHA256 else { return }
        throw forged("its index's SHA-256 is \(archive.footer.indexSHA256), the journal tells of \(index)")
    }

    /// Throws if the file, sealed or not, is another one than the journal, or an earlier proof, tells of.
    func check(sha256: String, provenBefore: String?) throws {
        if let file, file != sha256 {
            throw forged("its SHA-256 is \(sha256), the journal tells of \(file)")
        }
        if let provenBefore, provenBefore != sha256 {
            throw forged("its SHA-256 is \(sha256), its earlier proof tells of \(provenBefore)")
        }
    }

    private func forged(_ cause: String) -> PGKeepError {
        PGKeepError(
            .damaged, "\(name) is not what was written", cause: cause, hint: "find one that is whole: pgkeep verify all"
        )
    }
}
