import PGKeepArchive
import PGKeepModel
import PGKeepVaults

/// Of which server an archive is.
enum ArchiveOrigin {
    /// The system identifier of the server that an archive was taken from; of a sealed one the journal knows it, or nobody.
    static func systemIdentifier(
        of name: ArchiveName, in vault: any Vault, _ records: [String: SealedRecord]
    ) throws -> String? {
        if name.sealed { return records[name.text]?.systemIdentifier }
        return try ArchiveReader.header(vault.open(name.text), compression: name.format.compression).server
            .systemIdentifier
    }
}
