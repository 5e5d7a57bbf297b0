import Foundation
import PGKeepModel

extension ChecklistReport {
    /// The report as data: what the page is made of.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.iso8601)
        }
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    /// Writes page and data into a folder, which is made if missing; gives their paths. A report of the same day is replaced.
    public func write(to folder: String) throws -> [String] {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            return try [("html", html), ("json", json())].map { ending, text in
                let path = "\(folder)/\(fileName).\(ending)"
                // Whole or not at all, and never for others to read, not even while it is written.
                try StateFile.replace(path, with: Array(text.utf8))
                return path
            }
        } catch {
            let known = error as? PGKeepError
            throw PGKeepError(
                known?.code ?? .failed, "the report could not be written to \(folder)",
                cause: known?.description ?? error.localizedDescription, hint: "ls -ld \(folder); df -h \(folder)")
        }
    }
}
