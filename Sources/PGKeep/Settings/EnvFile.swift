/// The lines `NAME=value` of a `.env` file, read the way shells and compose files write them.
///
/// Blank lines and `#` comments are skipped, `export ` may stand in front. A value in single quotes is taken as it
/// is, in double quotes `\n`, `\t`, `\"`, `\\` and `\$` are replaced, without quotes it ends at ` #`. Nothing is
/// expanded: passwords are full of dollar signs.
struct EnvFile: Equatable {
    private(set) var values: [String: String] = [:]
    /// One text a line that is none of these, with its number.
    private(set) var problems: [String] = []

    init(_ text: String) {
        let unmarked = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
        let lines = unmarked.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (number, line) in lines.enumerated() {
            var line = Self.trimmed(line)
            if line.isEmpty || line.first == "#" { continue }
            if line.hasPrefix("export ") { line = Self.trimmed(line.dropFirst(7)) }
            guard let equals = line.firstIndex(of: "=") else {
                problems.append("line \(number + 1) is not NAME=value")
                continue
            }
            let name = Self.trimmed(line[..<equals])
            guard Self.isName(name) else {
                problems.append("line \(number + 1) has no variable's name before the =")
                continue
            }
            guard let value = Self.value(of: Self.trimmed(line[line.index(after: equals)...])) else {
                problems.append("line \(number + 1): the quote of \(name) is not closed")
                continue
            }
            values[String(name)] = value
        }
    }

    private static func isName(_ text: Substring) -> Bool {
        guard let first = text.first, !first.isNumber else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }

    private static func value(of text: Substring) -> String? {
        guard let quote = text.first, quote == "\"" || quote == "'" else {
            var end = text.startIndex
            while end < text.endIndex {
                if text[end] == "#", end == text.startIndex || text[text.index(before: end)].isWhitespace { break }
                end = text.index(after: end)
            }
            return String(trimmed(text[..<end]))
        }
        var result = ""
        var rest = text.dropFirst()
        while let character = rest.popFirst() {
            if character == quote {
                let after = trimmed(rest)
                return after.isEmpty || after.first == "#" ? result : nil
            }
            guard character == "\\", quote == "\"", let next = rest.popFirst() else {
                result.append(character)
                continue
            }
            switch next {
            case "n": result.append("\n")
            case "t": result.append("\t")
            case "\"", "\\", "$": result.append(next)
            default: result += "\\\(next)"
            }
        }
        return nil
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
