/// A table's schema and name, unquoted.
public struct QualifiedName: Sendable, Hashable {
    /// Without its quotes, as in `pg_namespace`.
    public var schema: String
    /// Without its quotes, as in `pg_class`.
    public var name: String

    /// Takes both parts as the catalog has them.
    public init(schema: String, name: String) {
        self.schema = schema
        self.name = name
    }

    /// Reads `public.orders` or `"My Schema"."a ""b"""`; nil if it isn't two identifiers and nothing else.
    public init?(sql: String) {
        var parts: [String] = []
        var rest = Substring(sql)
        while let part = QualifiedName.takeIdentifier(&rest) {
            parts.append(part)
            guard rest.unicodeScalars.first == "." else { break }
            rest = Substring(rest.unicodeScalars.dropFirst())
        }
        guard parts.count == 2, rest.isEmpty else { return nil }
        self.init(schema: parts[0], name: parts[1])
    }

    /// Both parts quoted, whatever they are: valid SQL, and a valid pattern of pg_dump.
    public var quoted: String { "\(QualifiedName.quote(schema)).\(QualifiedName.quote(name))" }

    /// In double quotes.
    public static func quote(_ identifier: String) -> String {
        "\"" + identifier.escaping(["\""], with: "\"") + "\""
    }

    private static func takeIdentifier(_ rest: inout Substring) -> String? {
        guard let first = rest.unicodeScalars.first else { return nil }
        var taken = String.UnicodeScalarView()
        var scalars = rest.unicodeScalars
        if first == "\"" {
            scalars.removeFirst()
            while let next = scalars.popFirst() {
                if next == "\"" {
                    guard scalars.first == "\"" else {
                        rest = Substring(scalars)
                        return String(taken)
                    }
                    scalars.removeFirst()
                }
                taken.append(next)
            }
            return nil
        }
        while let next = scalars.first, next != ".", next != "\"", next != " ", next != "(" {
            taken.append(next)
            scalars.removeFirst()
        }
        rest = Substring(scalars)
        return taken.isEmpty ? nil : String(taken)
    }
}

extension QualifiedName: CustomStringConvertible {
    /// For people: not quoted, so not for SQL.
    public var description: String { "\(schema).\(name)" }
}
