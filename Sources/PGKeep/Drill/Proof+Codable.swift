import Foundation
import PGKeepModel

/// Times are ISO 8601 in UTC, whatever the coder's own way with dates.
extension Proof: Codable {
    private enum CodingKeys: String, CodingKey {
        case format, archive, sha256, bytes, app, tier, createdAt, at, by, verdict, pgkeepVersion, archiveServerVersion
        case serverVersion, scratch, tables, rows, rawBytes, sequences, largeObjects, objects, definitions, checks
        case differences, phaseSeconds, rtoSeconds, durationSeconds, warnings
    }

    /// As one object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(format, forKey: .format)
        try container.encode(archive, forKey: .archive)
        try container.encode(sha256, forKey: .sha256)
        try container.encode(bytes, forKey: .bytes)
        try container.encodeIfPresent(app, forKey: .app)
        try container.encodeIfPresent(tier, forKey: .tier)
        try container.encode(createdAt.iso8601, forKey: .createdAt)
        try container.encode(at.iso8601, forKey: .at)
        try container.encode(by, forKey: .by)
        try container.encode(verdict, forKey: .verdict)
        try container.encode(pgkeepVersion, forKey: .pgkeepVersion)
        try container.encode(archiveServerVersion, forKey: .archiveServerVersion)
        try container.encode(serverVersion, forKey: .serverVersion)
        try container.encode(scratch, forKey: .scratch)
        try container.encode(tables, forKey: .tables)
        try container.encode(rows, forKey: .rows)
        try container.encode(rawBytes, forKey: .rawBytes)
        try container.encode(sequences, forKey: .sequences)
        try container.encode(largeObjects, forKey: .largeObjects)
        try container.encode(objects, forKey: .objects)
        try container.encode(definitions, forKey: .definitions)
        try container.encode(checks, forKey: .checks)
        try container.encode(differences, forKey: .differences)
        try container.encode(phaseSeconds, forKey: .phaseSeconds)
        try container.encode(rtoSeconds, forKey: .rtoSeconds)
        try container.encode(durationSeconds, forKey: .durationSeconds)
        try container.encode(warnings, forKey: .warnings)
    }

    /// Reads what `encode(to:)` writes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func date(_ key: CodingKeys) throws -> Date {
            let text = try container.decode(String.self, forKey: key)
            guard let date = Date(iso8601: text) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container, debugDescription: "not a time: \(text)")
            }
            return date
        }
        format = try container.decode(Int.self, forKey: .format)
        archive = try container.decode(String.self, forKey: .archive)
        sha256 = try container.decode(String.self, forKey: .sha256)
        bytes = try container.decode(Int64.self, forKey: .bytes)
        app = try container.decodeIfPresent(String.self, forKey: .app)
        tier = try container.decodeIfPresent(Tier.self, forKey: .tier)
        createdAt = try date(.createdAt)
        at = try date(.at)
        by = try container.decode(String.self, forKey: .by)
        verdict = try container.decode(Verdict.self, forKey: .verdict)
        pgkeepVersion = try container.decode(String.self, forKey: .pgkeepVersion)
        archiveServerVersion = try container.decode(String.self, forKey: .archiveServerVersion)
        serverVersion = try container.decode(String.self, forKey: .serverVersion)
        scratch = try container.decode(Bool.self, forKey: .scratch)
        tables = try container.decode([Table].self, forKey: .tables)
        rows = try container.decode(Int64.self, forKey: .rows)
        rawBytes = try container.decode(Int64.self, forKey: .rawBytes)
        sequences = try container.decode(Int.self, forKey: .sequences)
        largeObjects = try container.decode(Int.self, forKey: .largeObjects)
        objects = try container.decode([String: Int].self, forKey: .objects)
        definitions = try container.decode(Definitions.self, forKey: .definitions)
        checks = try container.decode([Check].self, forKey: .checks)
        differences = try container.decode([Difference].self, forKey: .differences)
        phaseSeconds = try container.decode([String: Double].self, forKey: .phaseSeconds)
        rtoSeconds = try container.decode(Double.self, forKey: .rtoSeconds)
        durationSeconds = try container.decode(Double.self, forKey: .durationSeconds)
        warnings = try container.decode([String].self, forKey: .warnings)
    }
}
