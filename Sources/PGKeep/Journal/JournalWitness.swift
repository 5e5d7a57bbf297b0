package import Foundation
import PGKeepArchive
import PGKeepModel
import PGKeepVaults

/// What an archive vouches for: the journal's end when it was taken, and its own contents.
package struct JournalWitness: Sendable, Equatable {
    package var archive: String
    /// Where it lies.
    package var vault: String
    package var createdAt: Date
    /// The hash of the journal's last line before it; nil if there was none.
    package var head: String?
    /// The SHA-256 of its index, and by that of everything in it.
    package var index: String

    package init(archive: String, vault: String, createdAt: Date, head: String?, index: String) {
        self.archive = archive
        self.vault = vault
        self.createdAt = createdAt
        self.head = head
        self.index = index
    }
}

/// The archives of a vault as witnesses; those that can't be read say why.
struct JournalWitnesses: Sendable {
    var all: [JournalWitness] = []
    var unread: [String: String] = [:]

    /// Reads the index of every archive in the vault, whosever it is: they share a journal.
    mutating func ask(_ vault: any Vault, keys: [PrivateKey], check: () throws -> Void) throws {
        for name in try vault.list().compactMap({ ArchiveName($0.name) }).sorted() {
            try check()
            do {
                all.append(try JournalWitnesses.witness(name, in: vault, keys))
            } catch let error as PGKeepError where error.code == .key {
                unread[name.text] = "it is sealed, and no key that opens it is set"
            } catch let error as PGKeepError where [.damaged, .noSuchArchive].contains(error.code) {
                unread[name.text] = error.description
            }
        }
    }

    private static func witness(
        _ name: ArchiveName, in vault: any Vault, _ keys: [PrivateKey]
    ) throws -> JournalWitness {
        var source = try vault.open(name.text)
        if name.sealed { source = try SealedSource(source, keys: keys) }
        let compression = name.format.compression
        let footer = try ArchiveFooter.read(from: source, compression: compression)
        let header = try ArchiveReader.header(source, compression: compression)
        return JournalWitness(
            archive: name.text, vault: vault.name, createdAt: header.createdAt, head: header.journalHead,
            index: footer.indexSHA256)
    }
}
