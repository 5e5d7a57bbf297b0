/// A number of bytes.
public struct ByteCount: Sendable, Hashable, Comparable, Codable {
    /// The plain number.
    public var bytes: Int64

    /// Takes a length in a file.
    public init(_ bytes: Int64) { self.bytes = bytes }

    /// Takes a length in memory.
    public init(_ bytes: Int) { self.bytes = Int64(bytes) }

    /// Nothing at all.
    public static let zero = ByteCount(0)

    /// So many times 1,048,576 bytes.
    public static func mebibytes(_ count: Int) -> ByteCount { ByteCount(count << 20) }

    /// By the plain number.
    public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

    /// The sum of both.
    public static func + (left: ByteCount, right: ByteCount) -> ByteCount { ByteCount(left.bytes + right.bytes) }

    /// Adds the second to the first.
    public static func += (left: inout ByteCount, right: ByteCount) { left.bytes += right.bytes }

    /// Reads a plain number.
    public init(from decoder: any Decoder) throws {
        bytes = try decoder.singleValueContainer().decode(Int64.self)
    }

    /// Writes a plain number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(bytes)
    }
}

extension ByteCount: CustomStringConvertible {
    /// `45.2 MB`: one decimal, steps of 1,024, as people read sizes in `ls -h`.
    public var description: String {
        let units = ["KB", "MB", "GB", "TB", "PB"]
        if bytes < 1024 { return "\(bytes) B" }
        var value = Double(bytes) / 1024
        var unit = 0
        while value >= 1023.95, unit + 1 < units.count {
            value /= 1024
            unit += 1
        }
        let tenths = Int64((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}

extension ByteCount {
    /// Reads a size as settings have it: `20G`, `500M`, `20GB`, or a number of bytes; nil if it is none.
    package init?(setting text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let shifts: [String: Int64] = ["": 0, "k": 10, "m": 20, "g": 30, "t": 40]
        var unit = text.dropFirst(digits.count).lowercased()
        if unit.count == 2, unit.hasSuffix("b") { unit.removeLast() }
        guard let count = Int64(digits), count > 0, let shift = shifts[unit] else { return nil }
        let (bytes, overflows) = count.multipliedReportingOverflow(by: 1 << shift)
        guard !overflows else { return nil }
        self.init(bytes)
    }
}
