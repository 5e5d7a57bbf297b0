import Foundation
import PGKeepModel

/// Where it is kept what was seen of an app's copies: `copies/APP.json` of the state folder.
///
/// Lists, status and metrics read it, so that they ask no store; the vaults themselves are looked at by whoever makes
/// copies. Only the holder of the copies' lock writes it.
package struct SightsFile: Sendable {
    package let path: String

    package init(directory: String, app: AppName) { path = "\(directory)/copies/\(app.text).json" }

    /// The folder of these files, and of the locks on making copies.
    static func folder(in directory: String) -> String { "\(directory)/copies" }

    package func load() throws -> [VaultSight] {
        guard access(path, F_OK) == 0 else { return [] }
        let file = try StateFile(path, O_RDONLY)
        let bytes = try file.read(Int(file.byteCount()), at: 0)
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .secondsSince1970
        do {
            return try decoder.decode([VaultSight].self, from: Data(bytes))
        } catch {
            throw PGKeepError(
                .damaged, "\(path) is torn or no list of copies",
                hint: "rm \(path); pgkeep sync --dry-run   (looks at the vaults anew)")
        }
    }

    package func save(_ sights: [VaultSight]) throws {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .secondsSince1970
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try StateFile.replace(path, with: Array(try encoder.encode(sights)))
    }

    /// When it was written last; nil if it isn't there.
    func stamp() throws -> Date? {
        guard access(path, F_OK) == 0 else { return nil }
        return try StateFile(path, O_RDONLY).modifiedAt()
    }
}
