import Foundation
import PGKeepModel

/// The vaults for copies as `BACKUP_VAULTS` lists them, and what is wrong with the list.
struct VaultList {
    private(set) var vaults: [VaultAddress] = []
    private(set) var problems: [String] = []

    /// Each may stand there once, and none may be `folder`: a copy beside its original protects from nothing.
    init(_ text: String, beside folder: String) {
        for word in text.split(whereSeparator: { $0 == "," || $0.isWhitespace }).map(String.init) {
            do {
                let address = try VaultAddress(word)
                if vaults.contains(address) {
                    problems.append("\(address) stands there twice")
                } else if case .folder(let path) = address.place, VaultList.isSame(path, folder) {
                    problems.append("\(address) is the backup folder itself; a copy belongs elsewhere")
                } else {
                    vaults.append(address)
                }
            } catch {
                problems.append("\(error)\((error as? PGKeepError)?.hint.map { "; \($0)" } ?? "")")
            }
        }
    }

    private static func isSame(_ path: String, _ other: String) -> Bool {
        func resolved(_ path: String) -> String {
            URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path
        }
        return resolved(path) == resolved(other)
    }
}
