/// Bytes as text that people can copy: Bech32m of BIP 350.
///
/// A prefix that says what they are, `1`, five bits a character, and six characters of checksum, by which any four wrong
/// ones are found. All of it may be in capitals.
package enum Bech32 {
    private static let characters = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
    private static let checksumLength = 6
    private static let constant: UInt32 = 0x2BC8_30A3

    /// In lower case.
    package static func encode(_ bytes: [UInt8], prefix: String) -> String {
        let values = regrouped(bytes, from: 8, to: 5, padded: true) ?? []
        let sum = polymod(expanded(prefix) + values + Array(repeating: 0, count: checksumLength)) ^ constant
        let checksum = (0..<checksumLength).map { UInt8(truncatingIfNeeded: sum >> (5 * (5 - $0))) & 31 }
        return prefix + "1" + String(decoding: (values + checksum).map { characters[Int($0)] }, as: UTF8.self)
    }

    /// nil if the text has another prefix, is not all in one case, or its checksum is wrong.
    package static func decode(_ text: String, prefix: String) -> [UInt8]? {
        let lowercased = text.lowercased()
        guard text == lowercased || text == text.uppercased(), lowercased.hasPrefix(prefix + "1") else { return nil }
        var values: [UInt8] = []
        for character in lowercased.utf8.dropFirst(prefix.utf8.count + 1) {
            guard let place = characters.firstIndex(of: character) else { return nil }
            values.append(UInt8(place))
        }
        guard values.count >= checksumLength, polymod(expanded(prefix) + values) == constant else { return nil }
        return regrouped(values.dropLast(checksumLength), from: 5, to: 8, padded: false)
    }

    /// The same bits in groups of another size; nil if what is left over isn't padding.
    private static func regrouped(
        _ values: some Sequence<UInt8>, from: Int, to: Int, padded: Bool
    ) -> [UInt8]? {
        var groups: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for value in values {
            bits = bits << UInt32(from) | UInt32(value)
            count += from
            while count >= to {
                count -= to
                groups.append(UInt8(bits >> UInt32(count)))
                bits &= (1 << UInt32(count)) - 1
            }
        }
        if padded {
            if count > 0 { groups.append(UInt8(bits << UInt32(to - count))) }
        } else if count >= from || bits != 0 {
            return nil
        }
        return groups
    }

    private static func expanded(_ prefix: String) -> [UInt8] {
        prefix.utf8.map { $0 >> 5 } + [0] + prefix.utf8.map { $0 & 31 }
    }

    private static func polymod(_ values: [UInt8]) -> UInt32 {
        let generator: [UInt32] = [0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3]
        var sum: UInt32 = 1
        for value in values {
            let top = sum >> 25
            sum = (sum & 0x1FF_FFFF) << 5 ^ UInt32(value)
            for (place, factor) in generator.enumerated() where top >> UInt32(place) & 1 == 1 { sum ^= factor }
        }
        return sum
    }
}
