package import PGKeepModel

/// Numbers as people read them.
package enum Figures {
    /// `5,201,333`.
    package static func grouped(_ number: Int64) -> String {
        var text = ""
        for (place, digit) in String(number.magnitude).reversed().enumerated() {
            if place > 0, place % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (number < 0 ? "-" : "") + String(text.reversed())
    }

    /// `187 MB`, and `4.2 MB` below ten.
    package static func short(_ size: ByteCount) -> String {
        let text = size.description
        guard let point = text.firstIndex(of: "."), let space = text.firstIndex(of: " "), text[..<point].count > 1
        else { return text }
        return String(text[..<point] + text[space...])
    }

    /// `1 backup`, `3 backups`.
    package static func count(_ number: Int, _ noun: String) -> String { count(number, noun, "\(noun)s") }

    /// `1 copy`, `3 copies`.
    package static func count(_ number: Int, _ noun: String, _ plural: String) -> String {
        "\(number) \(number == 1 ? noun : plural)"
    }
}
