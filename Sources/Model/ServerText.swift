/// Text of a server as Swift strings, without loss.
///
/// A database in SQL_ASCII holds names that are no UTF-8. Each byte that is not is carried as one scalar of
/// U+EF80…U+EFFF (private use), and given back as that byte; real scalars of that range are carried the same way, so
/// that the mapping has an inverse.
package enum ServerText {
    package static func decode(_ bytes: some Collection<UInt8>) -> String {
        if let text = String(validating: bytes, as: UTF8.self), !text.unicodeScalars.contains(where: isCarrier) {
            return text
        }
        var scalars = String.UnicodeScalarView()
        var rest = Array(bytes)[...]
        while let first = rest.first {
            let length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
            if let one = String(validating: rest.prefix(length), as: UTF8.self)?.unicodeScalars.first,
                one.utf8.count == length, !isCarrier(one)
            {
                scalars.append(one)
                rest = rest.dropFirst(length)
            } else if let carrier = Unicode.Scalar(0xEF00 + UInt32(first)) {
                scalars.append(carrier)
                rest = rest.dropFirst()
            }
        }
        return String(scalars)
    }

    package static func encode(_ text: String) -> [UInt8] {
        guard text.unicodeScalars.contains(where: isCarrier) else { return Array(text.utf8) }
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            if isCarrier(scalar) {
                bytes.append(UInt8(scalar.value & 0xFF))
            } else {
                bytes.append(contentsOf: scalar.utf8)
            }
        }
        return bytes
    }

    private static func isCarrier(_ scalar: Unicode.Scalar) -> Bool { (0xEF80...0xEFFF).contains(scalar.value) }
}

extension Unicode.Scalar {
    fileprivate var utf8: [UInt8] { Array(String(self).utf8) }
}
