import Crypto
package import PGKeepModel

/// What stands in front of a sealed archive's stream: for whom it is sealed, and the data key wrapped for each of them.
///
/// Its own SHA-256 ends it, by which damage is found without any key; and all of it is the associated data of the
/// stream, so a header that somebody changed, checksum and all, opens nothing.
package struct SealHeader: Sendable, Equatable {
    /// The line by which `head -n 1` tells what the file is.
    static let magic = Array("pgkeep sealed archive 1\n".utf8)
    private static let family = Array("pgkeep sealed archive ".utf8)
    private static let countLength = 2
    private static let checksumLength = 32
    private static let entryLength = KeyIdentifier.length + WrappedKey.length
    /// More would be a mistake, and a forged count must not make us read gigabytes.
    package static let mostRecipients = 1000

    struct Entry: Sendable, Equatable {
        var identifier: KeyIdentifier
        var key: WrappedKey
    }

    let entries: [Entry]

    /// For whom it is sealed.
    package var identifiers: [KeyIdentifier] { entries.map(\.identifier) }

    /// How long it is in the file.
    var length: Int { SealHeader.length(of: entries.count) }

    private static func length(of count: Int) -> Int {
        magic.count + countLength + count * entryLength + checksumLength
    }

    init(_ dataKey: SymmetricKey, for recipients: [Recipient]) throws {
        entries = try recipients.map {
            Entry(identifier: KeyIdentifier(of: $0), key: try WrappedKey(dataKey, for: $0))
        }
    }

    /// As it stands in the file.
    var encoded: [UInt8] {
        var bytes = SealHeader.magic + [UInt8(entries.count >> 8), UInt8(entries.count & 255)]
        for entry in entries { bytes += entry.identifier.bytes + entry.key.bytes }
        return bytes + Array(SHA256.hash(data: bytes))
    }

    /// Whether a file begins as a sealed archive does, of whichever version.
    package static func begins(_ source: any ByteSource) throws -> Bool {
        guard source.byteCount >= Int64(family.count) else { return false }
        return try source.read(family.count, at: 0) == family
    }

    /// Reads the header of a file.
    package init(from source: any ByteSource) throws {
        guard source.byteCount > 0 else { throw PGKeepError(.damaged, "\(source.name) is empty (0 bytes)") }
        guard try SealHeader.begins(source) else {
            throw PGKeepError(.damaged, "\(source.name) does not begin with the header of a sealed archive")
        }
        let start = SealHeader.magic.count + SealHeader.countLength
        guard source.byteCount >= Int64(start) else { throw SealHeader.cut(source) }
        let beginning = try source.read(start, at: 0)
        guard beginning.starts(with: SealHeader.magic) else {
            throw PGKeepError(
                .failed, "\(source.name) is sealed in a way that this pgkeep doesn't know",
                hint: "install a newer pgkeep")
        }
        let count = Int(beginning[start - 2]) << 8 | Int(beginning[start - 1])
        guard (1...SealHeader.mostRecipients).contains(count) else { throw SealHeader.changed(source) }
        let length = SealHeader.length(of: count)
        guard source.byteCount >= Int64(length) else { throw SealHeader.cut(source) }
        let bytes = try source.read(length, at: 0)
        let end = length - SealHeader.checksumLength
        guard SHA256.hash(data: bytes[..<end]).elementsEqual(bytes[end...]) else { throw SealHeader.changed(source) }
        entries = stride(from: start, to: end, by: SealHeader.entryLength).map { place in
            let split = place + KeyIdentifier.length
            return Entry(
                identifier: KeyIdentifier(bytes: bytes[place..<split]),
                key: WrappedKey(bytes: bytes[split..<(split + WrappedKey.length)]))
        }
    }

    /// Whether a file with this header can be as long as it is.
    package func fits(_ source: any ByteSource) -> Bool {
        SegmentLayout(streamStart: Int64(length)).contents(ofFile: source.byteCount) != nil
    }

    /// The data key, by whichever of the keys fits.
    func dataKey(_ keys: [PrivateKey], _ name: String) throws -> SymmetricKey {
        for entry in entries {
            guard let key = keys.first(where: { $0.identifier == entry.identifier }) else { continue }
            guard let dataKey = entry.key.opened(with: key) else {
                throw PGKeepError(
                    .damaged, "the header of \(name) was changed",
                    cause: "the key it holds for \(entry.identifier) does not open with that key")
            }
            return dataKey
        }
        let cause = "it is sealed for \(SealHeader.listed(identifiers))"
        guard !keys.isEmpty else {
            throw PGKeepError(
                .key, "\(name) is sealed, and no key is set that would open it", cause: cause,
                hint: "export BACKUP_ENCRYPTION_KEY_FILE=/path/to/pgkeep.key")
        }
        throw PGKeepError(
            .key, "none of the keys that are set opens \(name)",
            cause: "\(cause); tried: \(SealHeader.listed(keys.map(\.identifier)))",
            hint: "export BACKUP_ENCRYPTION_KEY_FILE=/path/to/another.key   (its comment tells its check word)")
    }

    private static func listed(_ identifiers: [KeyIdentifier]) -> String {
        identifiers.map(\.description).joined(separator: ", ")
    }

    private static func cut(_ source: any ByteSource) -> PGKeepError {
        PGKeepError(.damaged, "\(source.name) was cut short: it ends inside the header of its seal")
    }

    private static func changed(_ source: any ByteSource) -> PGKeepError {
        PGKeepError(
            .damaged, "the header of \(source.name) was changed", cause: "its SHA-256 is not the one at its end")
    }
}
