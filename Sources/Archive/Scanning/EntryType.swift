/// The type pg_dump gives an entry in its header: `TABLE`, `TABLE DATA`, `INDEX` …, reduced to what we decide by.
package enum EntryType: Sendable, Equatable {
    /// Rows of a table, or a sequence's value.
    case tableData, sequenceSet
    /// Large objects: what they are, and what is in them.
    case blob, blobs
    case index, constraint, comment
    /// Everything else that pg_dump restores after the rows.
    case otherPostData
    /// Everything that comes before the rows.
    case preData

    /// Entries after the rows; the list is what `addBoundaryDependencies` in pg_dump_sort.c puts behind the data.
    var isPostData: Bool {
        switch self {
        case .index, .constraint, .otherPostData: true
        case .tableData, .sequenceSet, .blob, .blobs, .comment, .preData: false
        }
    }

    var isData: Bool {
        switch self {
        case .tableData, .sequenceSet, .blob, .blobs: true
        case .index, .constraint, .comment, .otherPostData, .preData: false
        }
    }

    init(name: some StringProtocol) {
        switch name {
        case "TABLE DATA": self = .tableData
        case "SEQUENCE SET": self = .sequenceSet
        case "BLOB", "BLOB METADATA", "LARGE OBJECT": self = .blob
        case "BLOBS": self = .blobs
        case "INDEX": self = .index
        case "CONSTRAINT": self = .constraint
        case "COMMENT", "SECURITY LABEL": self = .comment
        case "INDEX ATTACH", "FK CONSTRAINT", "CHECK CONSTRAINT", "TRIGGER", "RULE", "POLICY", "ROW SECURITY",
            "STATISTICS", "PUBLICATION", "PUBLICATION TABLE", "PUBLICATION TABLES IN SCHEMA", "SUBSCRIPTION",
            "SUBSCRIPTION TABLE", "EVENT TRIGGER", "MATERIALIZED VIEW DATA", "DEFAULT ACL", "ACL", "ACL LANGUAGE",
            "STATISTICS DATA":
            self = .otherPostData
        default: self = .preData
        }
    }

    /// For an entry whose header is ambiguous (its object's name holds a forged `; Type: `): judges by the statement.
    init(statement: String) {
        let text = statement.replacing("\n", with: " ")
        func begins(_ words: String...) -> Bool { words.contains { text.hasPrefix($0) } }
        if begins("COPY ") {
            self = .tableData
        } else if begins("SELECT pg_catalog.setval(") {
            self = .sequenceSet
        } else if begins("SELECT pg_catalog.lo_create(") {
            self = .blob
        } else if begins("CREATE INDEX ", "CREATE UNIQUE INDEX ") {
            self = .index
        } else if begins("COMMENT ON ", "SECURITY LABEL ") {
            self = .comment
        } else if begins(
            "CREATE TRIGGER ", "CREATE CONSTRAINT TRIGGER ", "CREATE RULE ", "CREATE POLICY ", "CREATE PUBLICATION ",
            "ALTER PUBLICATION ", "CREATE SUBSCRIPTION ", "CREATE EVENT TRIGGER ", "CREATE STATISTICS ",
            "REFRESH MATERIALIZED VIEW ", "GRANT ", "REVOKE ", "ALTER DEFAULT PRIVILEGES ", "ALTER INDEX ")
        {
            self = .otherPostData
        } else if begins("ALTER TABLE ", "ALTER DOMAIN ") {
            // What follows the name decides, and the name may hold anything in quotes.
            let action = EntryType.withoutQuoted(text)
            if action.contains(" ADD CONSTRAINT ") {
                self = action.contains(" FOREIGN KEY ") ? .otherPostData : .constraint
            } else {
                self = action.contains(" ROW LEVEL SECURITY") ? .otherPostData : .preData
            }
        } else {
            self = .preData
        }
    }

    private static func withoutQuoted(_ text: String) -> String {
        // By bytes: a quote with an accent upon it is one character, but a quote all the same.
        let parts = text.utf8.split(separator: .doubleQuote, omittingEmptySubsequences: false)
        let outside = parts.enumerated().filter { $0.offset.isMultiple(of: 2) }.flatMap(\.element)
        return String(decoding: outside, as: UTF8.self)
    }
}
