/// What to print of a connection string: itself, with every password replaced by `***`.
package enum ConnectionRedaction {
    private static let secretKeywords: Set<String> = ["password", "sslpassword", "oauth_client_secret"]

    package static func redacted(_ text: String) -> String {
        guard let scheme = ["postgresql://", "postgres://"].first(where: text.hasPrefix) else {
            return redactedPairs(text)
        }
        return scheme + redactedURI(text.dropFirst(scheme.count))
    }

    /// A password with an unescaped `@`, `/` or `?` is wrong, and yet must not show: the last `@` counts.
    private static func redactedURI(_ rest: Substring) -> String {
        var head = ""
        var rest = rest
        if let at = rest.lastIndex(of: "@") {
            let user = rest[..<at]
            if let colon = user.firstIndex(of: ":") {
                head = user[..<colon] + ":***@"
            } else {
                head = user + "@"
            }
            rest = rest[rest.index(after: at)...]
        }
        guard let mark = rest.firstIndex(of: "?") else { return redactedHead(head) + rest }
        return redactedHead(head) + rest[...mark] + redactedQuery(rest[rest.index(after: mark)...])
    }

    /// An `@` in the query puts the query's start into the head.
    private static func redactedHead(_ head: String) -> String {
        guard let mark = head.firstIndex(of: "?") else { return head }
        return head[...mark] + redactedQuery(head[head.index(after: mark)...])
    }

    private static func redactedQuery(_ query: Substring) -> String {
        query.split(separator: "&", omittingEmptySubsequences: false).map { pair in
            guard let equals = pair.firstIndex(of: "=") else { return String(pair) }
            guard secretKeywords.contains(percentDecoded(pair[..<equals]).lowercased()) else { return String(pair) }
            return pair[...equals] + "***"
        }.joined(separator: "&")
    }

    private static func percentDecoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest.removeFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `keyword = 'quoted value' keyword=value`, quoted and escaped as libpq reads it.
    private static func redactedPairs(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while !rest.isEmpty {
            let space = rest.prefix(while: \.isWhitespace)
            rest = rest.dropFirst(space.count)
            let keyword = rest.prefix { $0 != "=" && !$0.isWhitespace }
            rest = rest.dropFirst(keyword.count)
            result += space + keyword
            let gap = rest.prefix { $0.isWhitespace || $0 == "=" }
            guard gap.contains("=") else { continue }
            rest = rest.dropFirst(gap.count)
            result += gap
            let value = takeValue(&rest)
            result += secretKeywords.contains(keyword.lowercased()) ? "***" : value
        }
        return result
    }

    private static func takeValue(_ rest: inout Substring) -> Substring {
        let start = rest
        let quoted = rest.first == "'"
        if quoted { rest.removeFirst() }
        while let character = rest.first {
            if !quoted, character.isWhitespace { break }
            rest.removeFirst()
            if character == "\\" { _ = rest.popFirst() }
            if quoted, character == "'" { break }
        }
        return start[..<rest.startIndex]
    }
}
