import Foundation
import PGKeepModel
import PGKeepVaults

/// The notes of all keepers that share a vault.
struct KeeperNotes: Sendable {
    var vault: any Vault

    /// Writes this keeper's note.
    func put(_ note: KeeperNote) throws {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try vault.put(note.name, [UInt8](encoder.encode(note)) + [0x0A])
    }

    /// Takes it away: this keeper has stopped.
    func remove(_ note: KeeperNote) throws { try vault.remove(note.name) }

    /// Every note that can be read. One that can't went just now, or was left by another version: neither says anything.
    func all() throws -> [KeeperNote] {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try vault.list().filter { $0.name.hasPrefix(KeeperNote.prefix) && $0.name.hasSuffix(".json") }
            .compactMap { entry in
                // A folder that can't be read has thrown above; a single note may go between the list and the look.
                guard let source = try? vault.open(entry.name),
                    let bytes = try? source.read(Int(min(source.byteCount, 1 << 20)), at: 0)
                else { return nil }
                // A note of another version is passed over: it says nothing that this one could compare.
                return try? decoder.decode(KeeperNote.self, from: Data(bytes))
            }
    }

    /// What identifies the vault, whoever asks: a text that the first one to ask leaves in it.
    func vaultIdentity() throws -> String {
        let name = "pgkeep-vault.id"
        if try !vault.exists(name) {
            let upload = try vault.begin(name)
            do {
                let identity = (0..<16).map { _ in "0123456789abcdef".randomElement() ?? "0" }
                try Array("\(String(identity))\n".utf8).withUnsafeBytes { try upload.write($0, at: 0) }
                try upload.publish()
            } catch {
                upload.discard()
                // Somebody else may have been first.
                guard try vault.exists(name) else { throw error }
            }
        }
        let source = try vault.open(name)
        let bytes = try source.read(Int(min(source.byteCount, 64)), at: 0)
        return String(String(decoding: bytes, as: UTF8.self).filter { $0.isLetter || $0.isNumber }.prefix(32))
    }
}
