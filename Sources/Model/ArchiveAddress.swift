import Foundation

/// An archive in a vault, as people write it: `s3://bucket/prefix/latest`, `…/NAME.sql.gz`, `…/NAME.sql.gz@VERSION`.
public struct ArchiveAddress: Sendable, Hashable {
    /// Which of the archives there.
    public enum Choice: Sendable, Hashable {
        /// The newest good one.
        case latest
        /// Each of them.
        case all
        /// One by its name, or an older version of it.
        case named(ArchiveName, version: String?)
    }

    /// Where it is.
    public let vault: VaultAddress
    /// Which one it is.
    public let choice: Choice

    /// Whether a text is the address of an archive rather than a name, a path, or a database's URL.
    public static func isAddress(_ text: String) -> Bool {
        VaultAddress.isAddress(text) && !text.hasPrefix("postgresql://") && !text.hasPrefix("postgres://")
    }

    /// Reads an address; what is wrong with it is told without any password in it.
    public init(_ text: String) throws {
        let scheme = text.range(of: "://")?.upperBound ?? text.firstIndex(of: ":").map { text.index(after: $0) }
        guard let scheme else { throw ArchiveAddress.incomplete(text) }
        let separator = text[scheme...].lastIndex(of: "/") ?? text[scheme...].lastIndex(of: ":")
        guard let separator else {
            // What is wrong with the vault explains more.
            _ = try VaultAddress(text)
            throw ArchiveAddress.incomplete(text)
        }
        let isSlash = text[separator] == "/"
        vault = try VaultAddress(String(isSlash ? text[..<separator] : text[...separator]))
        let word = text[text.index(after: separator)...]
        switch word {
        case "latest": choice = .latest
        case "all": choice = .all
        default:
            let at = word.lastIndex(of: "@")
            guard let name = ArchiveName(String(word[..<(at ?? word.endIndex)])) else {
                throw ArchiveAddress.incomplete(text)
            }
            choice = .named(name, version: at.map { String(word[word.index(after: $0)...]) })
        }
    }

    private static func incomplete(_ text: String) -> PGKeepError {
        let shown = text.hasSuffix("/") ? String(text.dropLast()) : text
        return PGKeepError(
            .usage, "\(shown) names no archive", cause: "its last part is to be latest, or an archive's whole name",
            hint: "pgkeep restore \(shown)/latest   (pgkeep list --vault \(shown) tells what there is)")
    }
}
