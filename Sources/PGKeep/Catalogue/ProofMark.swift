import PGKeepModel
import PGKeepVaults

extension Catalogue {
    /// More than any proof has.
    private static let longestProof: Int64 = 256 << 20

    /// The proof that lies beside an archive; nil if there is none.
    static func proof(of archive: String, in vault: any Vault) throws -> ProofDocument? {
        let name = Mark.proof.name(for: archive)
        guard try vault.exists(name) else { return nil }
        let source = try vault.open(name)
        return ProofDocument(bytes: try source.read(Int(min(source.byteCount, longestProof)), at: 0))
    }
}

extension ArchiveReference {
    /// The proof beside it; nil if there is none.
    func proof() throws -> ProofDocument? { try vault.flatMap { try Catalogue.proof(of: name, in: $0) } }

    /// Puts a proof beside it; false for a file that lies in no vault.
    func keep(_ proof: ProofDocument) throws -> Bool {
        guard let vault, ArchiveName(name) != nil else { return false }
        try vault.put(Mark.proof.name(for: name), proof.file)
        return true
    }
}
