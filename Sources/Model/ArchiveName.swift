public import struct Foundation.Date

/// The file name of an archive: `{app}_{tier}_backup_{YYYY-MM-DDTHH-mm-ss}.sql.gz`, in UTC.
///
/// It is read strictly and whole, from the right, so that neither `app_staging` nor an app called `app_daily` is
/// ever taken for another; what doesn't fit to the byte is not an archive's name.
public struct ArchiveName: Sendable, Hashable {
    /// How the file is compressed, as its extension tells.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        case gzip = ".sql.gz"
        case zstd = ".sql.zst"
        case plain = ".sql"

        /// The format that a way of compressing makes.
        public init(_ compression: Compression) {
            switch compression {
            case .gzip: self = .gzip
            case .zstd: self = .zstd
            case .none: self = .plain
            }
        }

        /// The way of compressing, with the usual level: a name doesn't tell it.
        public var compression: Compression {
            switch self {
            case .gzip: .gzip(1)
            case .zstd: .zstd(3)
            case .plain: .none
            }
        }
    }

    /// Whose backup it is.
    public let app: AppName
    /// The series it belongs to.
    public let tier: Tier
    /// Seconds since 1970, from 1970 to 9999.
    let second: Int64
    /// Told by the extension.
    public let format: Format
    /// Whether `.enc` follows: the file is encrypted.
    public let sealed: Bool
    /// The file name itself.
    public let text: String

    /// Names an archive; what lies below the second is cut off.
    public init(app: AppName, tier: Tier, createdAt: Date, format: Format, sealed: Bool = false) {
        let time = UTCTime(secondsSince1970: Int64(createdAt.timeIntervalSince1970.rounded(.down)))
        self.app = app
        self.tier = tier
        self.second = time.secondsSince1970
        self.format = format
        self.sealed = sealed
        text = "\(app.text)_\(tier.rawValue)_backup_\(time.text(between: "-"))\(format.rawValue)\(sealed ? ".enc" : "")"
    }

    /// Reads a file's name; nil unless all of it is an archive's name.
    public init?(_ name: String) {
        var rest = Array(name.utf8)[...]
        func drop(_ suffix: StaticString) -> Bool {
            guard rest.count >= suffix.utf8CodeUnitCount,
                rest.suffix(suffix.utf8CodeUnitCount)
                    .elementsEqual(UnsafeBufferPointer(start: suffix.utf8Start, count: suffix.utf8CodeUnitCount))
            else { return false }
            rest = rest.dropLast(suffix.utf8CodeUnitCount)
            return true
        }
        sealed = drop(".enc")
        if drop(".sql.gz") {
            format = .gzip
        } else if drop(".sql.zst") {
            format = .zstd
        } else if drop(".sql") {
            format = .plain
        } else {
            return nil
        }
        guard let time = UTCTime(rest.suffix(19), between: UInt8(ascii: "-")) else { return nil }
        rest = rest.dropLast(19)
        guard drop("_backup_") else { return nil }
        if drop("_daily") {
            tier = .daily
        } else if drop("_weekly") {
            tier = .weekly
        } else if drop("_monthly") {
            tier = .monthly
        } else if drop("_manual") {
            tier = .manual
        } else {
            return nil
        }
        guard let app = AppName(encoded: rest) else { return nil }
        self.app = app
        second = time.secondsSince1970
        text = name
    }

    /// When the snapshot was taken, in whole seconds.
    public var createdAt: Date { Date(timeIntervalSince1970: Double(second)) }
}

extension ArchiveName: Comparable {
    /// By time; archives of one second by their text.
    public static func < (left: ArchiveName, right: ArchiveName) -> Bool {
        (left.second, left.text) < (right.second, right.text)
    }
}

extension ArchiveName: CustomStringConvertible {
    /// The file name.
    public var description: String { text }
}
