import Foundation

/// psql's `\connect`, in the forms that pg_dump and pg_dumpall write (`appendPsqlMetaConnect` in string_utils.c).
enum ConnectLine {
    /// The database that `\connect name`, `\connect "Na""me"` or `\connect -reuse-previous=on "dbname='na me'"` names.
    static func database(in line: String) -> String? {
        guard line.hasPrefix("\\connect ") else { return nil }
        var rest = line.dropFirst("\\connect ".count).trimmingCharacters(in: .whitespacesAndNewlines)
        let reuse = "-reuse-previous=on "
        let isConnectionString = rest.hasPrefix(reuse)
        if isConnectionString { rest = String(rest.dropFirst(reuse.count)) }
        if rest.hasPrefix("\""), rest.hasSuffix("\""), rest.count >= 2 {
            rest = String(rest.dropFirst().dropLast()).replacing("\"\"", with: "\"")
        }
        guard isConnectionString else { return rest.isEmpty ? nil : rest }
        guard rest.hasPrefix("dbname=") else { return nil }
        let value = rest.dropFirst("dbname=".count)
        guard value.hasPrefix("'"), value.hasSuffix("'"), value.count >= 2 else { return String(value) }
        return unescaped(value.dropFirst().dropLast())
    }

    /// In a connection string a backslash stands before a quote or another backslash.
    private static func unescaped(_ text: Substring) -> String {
        var name = ""
        var escaped = false
        for character in text {
            if character == "\\", !escaped {
                escaped = true
            } else {
                name.append(character)
                escaped = false
            }
        }
        return name
    }
}
