package import Foundation
import PGKeepModel

/// A small file beside an archive that says something of it to every keeper.
package enum Mark: String, Sendable, CaseIterable {
    /// Never to be deleted by retention.
    case pin
    /// A drill restored it and found it equal.
    case proof
    /// Unlike its history; freezes deletion until accepted.
    case suspect

    package func name(for archive: String) -> String { "\(archive).\(rawValue)" }

    /// The archive and the mark that a file name tells; nil if it isn't a mark's.
    static func read(_ name: String) -> (archive: String, mark: Mark)? {
        guard let dot = name.lastIndex(of: "."), let mark = Mark(rawValue: String(name[name.index(after: dot)...]))
        else { return nil }
        return (String(name[..<dot]), mark)
    }
}

/// What every mark says: when it was made, by whom, and why if somebody said so.
package struct MarkFacts: Sendable, Equatable, Codable {
    package var at: String
    package var by: String?
    package var reason: String?

    package init(at: Date, by: String? = nil, reason: String? = nil) {
        self.at = at.iso8601
        self.by = by
        self.reason = reason
    }

    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try [UInt8](encoder.encode(self)) + [0x0A]
    }
}
