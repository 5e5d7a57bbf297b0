import Foundation
import PGKeepArchive
import PGKeepModel
import PGKeepVaults

/// Tells a damaged copy from a whole archive of another origin that has the same name.
struct CopyComparison {
    let vault: any Vault
    let source: DirectoryVault

    /// Whether the file there is an archive that is whole, as far as its ends show, and not ours.
    func isAnotherArchive(_ name: ArchiveName) throws -> Bool {
        guard try Catalogue.problem(of: name, in: vault, nil) == nil else { return false }
        let there = try vault.open(name.text)
        let here = try source.open(name.text)
        return try mark(of: name, there) != mark(of: name, here)
    }

    /// What no two archives have in common: a seal's wrapped keys, or the footer with the index's SHA-256.
    private func mark(of name: ArchiveName, _ file: any ByteSource) throws -> [UInt8] {
        if name.sealed { return try file.read(Int(min(file.byteCount, 128)), at: 0) }
        let length = ArchiveFooter.storedLength(name.format.compression)
        return try file.read(length, at: file.byteCount - Int64(length))
    }
}
