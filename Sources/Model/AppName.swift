/// The name under which one database's backups are filed, in the form it has in file names.
///
/// Letters, digits, `_`, `-` and `.` of ASCII stand for themselves, except a leading `.` or `-`; every other byte of
/// the UTF-8 text is percent-encoded with capital digits. Different databases therefore have different names.
public struct AppName: Sendable, Hashable {
    /// As it stands in file names.
    public let text: String

    /// With the longest time, extension, mark and temporary affix a file name still fits into 255 bytes.
    static let longest = 191

    /// Encodes a database's name.
    public init(database: String) throws {
        guard !database.isEmpty else {
            throw PGKeepError(.settings, "the app's name is empty", hint: "export BACKUP_APP_NAME=myapp")
        }
        let encoded = AppName.encode(database)
        guard encoded.utf8.count <= AppName.longest else {
            throw PGKeepError(
                .settings,
                "the app's name takes \(encoded.utf8.count) bytes in a file name, more than \(AppName.longest)",
                hint: "export BACKUP_APP_NAME=myapp")
        }
        text = encoded
    }

    /// Takes a name given by hand: as it is if it is in encoded form already, else encoded.
    public init(_ name: String) throws {
        if let name = AppName(encoded: name) {
            self = name
        } else {
            try self.init(database: name)
        }
    }

    /// Takes a name out of a file's name; nil unless it is exactly what encoding gives.
    public init?(encoded: String) {
        guard let name = AppName(encoded: Array(encoded.utf8)[...]) else { return nil }
        self = name
    }

    init?(encoded bytes: ArraySlice<UInt8>) {
        guard !bytes.isEmpty, bytes.count <= AppName.longest else { return nil }
        var place = bytes.startIndex
        while place < bytes.endIndex {
            let isFirst = place == bytes.startIndex
            if bytes[place] == UInt8(ascii: "%") {
                guard place + 2 < bytes.endIndex, let high = AppName.digit(bytes[place + 1]),
                    let low = AppName.digit(bytes[place + 2]),
                    !AppName.standsForItself(high << 4 | low, isFirst: isFirst)
                else { return nil }
                place += 3
            } else {
                guard AppName.standsForItself(bytes[place], isFirst: isFirst) else { return nil }
                place += 1
            }
        }
        text = String(decoding: bytes, as: UTF8.self)
    }

    private static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if standsForItself(byte, isFirst: bytes.isEmpty) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func standsForItself(_ byte: UInt8, isFirst: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        case UInt8(ascii: "-"), UInt8(ascii: "."): !isFirst
        default: false
        }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension AppName: CustomStringConvertible {
    /// As it stands in file names.
    public var description: String { text }
}

extension AppName: Codable {
    /// Reads the encoded form and refuses any other.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let name = AppName(encoded: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an app's name: \(text)")
        }
        self = name
    }

    /// Writes the encoded form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
