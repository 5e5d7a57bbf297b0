package import PGKeepModel

/// What a `COPY … FROM stdin;` line loads: its table and columns, as written.
package struct CopyTarget: Sendable, Equatable {
    /// As in the statement: `public."Order"`.
    package var table: String
    /// As in the statement, without the parentheses; empty for a table without columns.
    package var columns: String
    package var name: QualifiedName

    /// Reads a whole statement; nil if it isn't a COPY from stdin in the form pg_dump writes.
    package init?(statement: [UInt8]) {
        let text = ServerText.decode(statement)
        guard text.hasPrefix(CopyTarget.prefix), text.hasSuffix(CopyTarget.suffix) else { return nil }
        let middle = text.dropFirst(CopyTarget.prefix.count).dropLast(CopyTarget.suffix.count)
        guard let end = CopyTarget.endOfName(middle) else { return nil }
        let columns = middle[end...].drop { $0 == " " }
        if columns.isEmpty {
            self.columns = ""
        } else {
            guard columns.first == "(", columns.last == ")" else { return nil }
            self.columns = String(columns.dropFirst().dropLast())
        }
        table = String(middle[..<end])
        // Dumps of before 2018 name no schema: the search path does.
        guard let name = QualifiedName(sql: table) ?? CopyTarget.withoutSchema(table) else { return nil }
        self.name = name
    }

    private static func withoutSchema(_ table: String) -> QualifiedName? {
        QualifiedName(sql: "x.\(table)").map { QualifiedName(schema: "", name: $0.name) }
    }

    package init(name: QualifiedName, table: String, columns: String) {
        self.name = name
        self.table = table
        self.columns = columns
    }

    /// The line that begins the rows.
    package var statement: [UInt8] {
        let list = columns.isEmpty ? "" : "(\(columns))"
        return ServerText.encode("\(CopyTarget.prefix)\(table) \(list)\(CopyTarget.suffix)\n")
    }

    static let prefix = "COPY "
    static let suffix = " FROM stdin;"

    /// Where the first blank outside quotes stands.
    private static func endOfName(_ text: Substring) -> Substring.Index? {
        var inQuotes = false
        return text.unicodeScalars.firstIndex { scalar in
            if scalar == "\"" { inQuotes.toggle() }
            return scalar == " " && !inQuotes
        }
    }
}
