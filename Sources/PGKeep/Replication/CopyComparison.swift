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
        let there = try vault.open(name.text)
        guard try isWhole(name, there) else { return false }
        let here = try source.open(name.text)
        return try mark(of: name, there) != mark(of: name, here)
    }

    /// Whatever time it tells: one that was given another's name is an archive all the same.
    private func isWhole(_ name: ArchiveName, _ file: any ByteSource) throws -> Bool {
        do {
            if name.sealed { return try SealHeader(from: file).fits(file) }
            _ = try ArchiveFooter.read(from: file, compression: name.format.compression)
            return true
        } catch let error as PGKeepError where error.code == .damaged {
            return false
        }
    }

    /// What no two archives have in common: a seal's wrapped keys, or the footer with the index's SHA-256.
    private func mark(of name: ArchiveName, _ file: any ByteSource) throws -> [UInt8] {
        if name.sealed { return try file.read(Int(min(file.byteCount, 128)), at: 0) }
        let length = ArchiveFooter.storedLength(name.format.compression)
        return try file.read(length, at: file.byteCount - Int64(length))
    }
}
