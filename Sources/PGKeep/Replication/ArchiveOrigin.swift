import PGKeepArchive
import PGKeepModel
import PGKeepVaults

/// Of which server archives are.
enum ArchiveOrigin {
    /// The system identifier of the server that an archive was taken from; of a sealed one the journal knows it, or nobody.
    static func systemIdentifier(
        of name: ArchiveName, in vault: any Vault, _ records: [String: SealedRecord]
    ) throws -> String? {
        if name.sealed { return records[name.text]?.systemIdentifier }
        return try ArchiveReader.header(vault.open(name.text), compression: name.format.compression).server
            .systemIdentifier
    }

    /// That of the newest of these that tells it; what is no whole archive tells nothing, and few are asked.
    static func systemIdentifier(
        ofNewest names: [ArchiveName], in vault: any Vault, _ records: [String: SealedRecord]
    ) throws -> String? {
        for name in names.sorted(by: >).prefix(3) {
            do {
                if let found = try systemIdentifier(of: name, in: vault, records) { return found }
            } catch let error as PGKeepError where error.code == .damaged {
                continue
            }
        }
        return nil
    }
}
