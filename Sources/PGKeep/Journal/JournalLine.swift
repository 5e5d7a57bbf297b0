import Crypto
public import Foundation
import PGKeepModel

/// One line of the journal: something that was done, tied to the line before it.
///
/// In the file it is a JSON object with sorted keys and no spaces. `seal` is the SHA-256 of the line without its
/// `seal`, so that the last line, which no later one vouches for, can't change unnoticed either.
public struct JournalLine: Sendable, Equatable {
    /// From 1 on, without holes.
    public var seq: Int64
    /// When it was done, to the millisecond.
    public var at: Date
    /// `backup`, `verify`, `restore`, `delete` and so on.
    public var event: String
    /// The archive it was done to.
    public var archive: String?
    /// `ok` or `failed`.
    public var outcome: String
    /// Everything else the line holds.
    public var details: [String: JSONValue]
    /// The bytes of a torn line that a crash had left before this one; nil if there were none.
    public var recovered: Int64?
    /// SHA-256 of the whole line before, in hexadecimal; zeros in the first.
    public var prev: String

    static let ownKeys: Set<String> = ["seq", "at", "event", "archive", "outcome", "recovered", "prev", "seal"]
    static let noPrevious = String(repeating: "0", count: 64)

    private static let sealKey = Array(",\"seal\":\"".utf8)

    init(
        seq: Int64, at: Date, event: String, archive: String?, outcome: String, details: [String: JSONValue],
        recovered: Int64?, prev: String
    ) {
        self.seq = seq
        self.at = at
        self.event = event
        self.archive = archive
        self.outcome = outcome
        self.details = details
        self.recovered = recovered
        self.prev = prev
    }

    /// The line as it stands in the file, without its newline.
    func text() -> String {
        let unsealed = Array(text(seal: nil).utf8)
        return text(seal: JournalLine.sha256(unsealed))
    }

    private func text(seal: String?) -> String {
        var values = details.filter { !JournalLine.ownKeys.contains($0.key) }
        values["seq"] = .integer(seq)
        values["at"] = .string(at.iso8601Milliseconds)
        values["event"] = .string(event)
        values["archive"] = archive.map(JSONValue.string)
        values["outcome"] = .string(outcome)
        values["recovered"] = recovered.map(JSONValue.integer)
        values["prev"] = .string(prev)
        values["seal"] = seal.map(JSONValue.string)
        var text = "{"
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            if text.utf8.count > 1 { text += "," }
            JSONValue.write(key, into: &text)
            text += ":"
            value.write(into: &text)
        }
        return text + "}"
    }

    /// Reads a line; nil if it isn't one.
    init?(_ bytes: ArraySlice<UInt8>) {
        // Why it isn't one doesn't matter: `Journal.verify` tells which line it is, and where the chain broke.
        guard let values = try? JSONDecoder().decode([String: JSONValue].self, from: Data(bytes)),
            case .integer(let seq)? = values["seq"], case .string(let time)? = values["at"],
            let at = Date(iso8601: time), case .string(let event)? = values["event"],
            case .string(let outcome)? = values["outcome"], case .string(let prev)? = values["prev"]
        else { return nil }
        self.seq = seq
        self.at = at
        self.event = event
        self.outcome = outcome
        self.prev = prev
        if case .string(let archive)? = values["archive"] { self.archive = archive }
        if case .integer(let count)? = values["recovered"] { recovered = count }
        details = values.filter { !JournalLine.ownKeys.contains($0.key) }
    }

    /// Whether the line's seal is that of its other bytes.
    static func isSealed(_ bytes: ArraySlice<UInt8>) -> Bool {
        let length = sealKey.count + 65
        guard let start = ByteSearch.first(sealKey, in: bytes), start + length <= bytes.endIndex,
            bytes[start + length - 1] == UInt8(ascii: "\"")
        else { return false }
        let seal = bytes[start + sealKey.count..<start + length - 1]
        return sha256(bytes[..<start] + bytes[(start + length)...]).utf8.elementsEqual(seal)
    }

    static func sha256(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(64)
        for byte in SHA256.hash(data: Data(bytes)) {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension JournalLine: Codable {
    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(_ text: String) { stringValue = text }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Reads an object; keys that are not its own become details.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        seq = try container.decode(Int64.self, forKey: Key("seq"))
        let time = try container.decode(String.self, forKey: Key("at"))
        guard let date = Date(iso8601: time) else {
            throw DecodingError.dataCorruptedError(
                forKey: Key("at"), in: container, debugDescription: "not a time: \(time)")
        }
        at = date
        event = try container.decode(String.self, forKey: Key("event"))
        archive = try container.decodeIfPresent(String.self, forKey: Key("archive"))
        outcome = try container.decode(String.self, forKey: Key("outcome"))
        recovered = try container.decodeIfPresent(Int64.self, forKey: Key("recovered"))
        prev = try container.decode(String.self, forKey: Key("prev"))
        details = [:]
        for key in container.allKeys where !JournalLine.ownKeys.contains(key.stringValue) {
            details[key.stringValue] = try container.decode(JSONValue.self, forKey: key)
        }
    }

    /// Writes one object, the details beside its own keys.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for (key, value) in details { try container.encode(value, forKey: Key(key)) }
        try container.encode(seq, forKey: Key("seq"))
        try container.encode(at.iso8601Milliseconds, forKey: Key("at"))
        try container.encode(event, forKey: Key("event"))
        try container.encodeIfPresent(archive, forKey: Key("archive"))
        try container.encode(outcome, forKey: Key("outcome"))
        try container.encodeIfPresent(recovered, forKey: Key("recovered"))
        try container.encode(prev, forKey: Key("prev"))
    }
}
