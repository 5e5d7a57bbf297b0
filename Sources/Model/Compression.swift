/// How an archive is compressed, as `BACKUP_COMPRESSION` says it.
public enum Compression: Sendable, Hashable {
    /// Levels 1 to 12.
    case gzip(Int)
    /// Levels 1 to 19.
    case zstd(Int)
    case none

    /// What is used unless a setting says otherwise.
    public static let standard = Compression.gzip(1)

    /// Reads `true`, `false`, `gzip`, `gzip:6`, `zstd`, `zstd:3` or `none`; nil if it is something else.
    public init?(_ text: String) {
        let parts = text.lowercased().split(separator: ":", omittingEmptySubsequences: false)
        guard let name = parts.first, parts.count <= 2 else { return nil }
        let level = parts.count == 2 ? Int(parts[1]) : nil
        guard parts.count == 1 || level != nil else { return nil }
        switch name {
        case "true", "yes", "on", "1":
            guard level == nil else { return nil }
            self = .standard
        case "false", "no", "off", "0", "none":
            guard level == nil else { return nil }
            self = .none
        case "gzip":
            guard (1...12).contains(level ?? 1) else { return nil }
            self = .gzip(level ?? 1)
        case "zstd":
            guard (1...19).contains(level ?? 3) else { return nil }
            self = .zstd(level ?? 3)
        default: return nil
        }
    }

    /// What follows the archive's time in its name.
    public var fileExtension: String {
        switch self {
        case .gzip: ".sql.gz"
        case .zstd: ".sql.zst"
        case .none: ".sql"
        }
    }
}

extension Compression: CustomStringConvertible {
    /// As a setting would say it, always with the level.
    public var description: String {
        switch self {
        case .gzip(let level): "gzip:\(level)"
        case .zstd(let level): "zstd:\(level)"
        case .none: "none"
        }
    }
}

extension Compression: Codable {
    /// Reads what a setting may say.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Compression(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a compression: \(text)")
        }
        self = value
    }

    /// Writes what a setting would say.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
