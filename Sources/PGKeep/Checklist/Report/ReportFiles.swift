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
                try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
                return path
            }
        } catch let error as CocoaError {
            throw PGKeepError(
                .failed, "the report could not be written to \(folder)", cause: error.localizedDescription,
                hint: "ls -ld \(folder); df -h \(folder)")
        }
    }
}
