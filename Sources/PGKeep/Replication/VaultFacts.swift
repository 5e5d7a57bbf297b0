import PGKeepModel

/// What retention and plans may believe of the archives in a vault for copies.
///
/// Whoever can write into it can put an archive there that looks good in every way. What this machine has here too, or
/// copied there itself, is known; nothing else ever counts as a good one, so nothing forged pushes out what is real.
/// Of a proof that lies there only nobody knows whether it is forged: it is believed, or not (`believingProofs`).
package enum VaultFacts {
    /// `known` are the sizes of what the journal tells was copied there. Marks count wherever they are.
    package static func of(
        _ listing: AppListing, primary: [RetentionFacts], known: [String: Int64], believingProofs: Bool = true
    ) -> [RetentionFacts] {
        let here = Dictionary(primary.map { ($0.name.text, $0) }) { first, _ in first }
        return listing.archives.values.map { archive in
            let own = here[archive.name.text]
            let isOwn = own.map { $0.isGood && $0.bytes == archive.bytes } ?? false
            return RetentionFacts(
                name: archive.name, bytes: archive.bytes,
                isGood: isOwn || known[archive.name.text] == archive.bytes,
                isPinned: archive.marks[.pin] != nil || own?.isPinned == true,
                isProven: (believingProofs && archive.marks[.proof] != nil) || own?.isProven == true,
                isSuspect: archive.marks[.suspect] != nil || own?.isSuspect == true)
        }
    }
}
