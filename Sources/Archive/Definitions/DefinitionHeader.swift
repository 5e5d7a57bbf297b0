import PGKeepModel

/// What an entry's header tells: `-- Name: orders; Type: TABLE; Schema: public; Owner: shop`.
package struct DefinitionHeader: Sendable, Hashable {
    /// Without its owner: what is the same in two dumps if it is the same object.
    package var identity: String
    /// `TABLE`, `INDEX`, `FK CONSTRAINT` and so on; empty where the object's own name makes that ambiguous.
    package var type: String
    /// The type in small letters, for counting.
    package var kind: String { type.isEmpty ? "other" : type.lowercased() }
    /// nil: nobody in particular.
    package var owner: String?

    /// Owner and tablespace come last, and neither can hold the words between them but by design.
    init(_ line: String) {
        let text = line.trimmedOfNewline
        let parts = text.parted(atLast: "; Owner: ")
        let owner = parts.after.map { $0.parted(atLast: "; Tablespace: ").before }
        self.owner = owner.flatMap { $0.isEmpty || $0 == "-" ? nil : $0 }
        let named = parts.before.parted(atLast: "; Schema: ")
        let typed = named.before.parted(atLast: "; Type: ")
        let isAmbiguous = typed.before.contains("; Type: ")
        type = isAmbiguous ? "" : typed.after ?? ""
        let name = typed.before.hasPrefix("-- Name: ") ? String(typed.before.dropFirst(9)) : typed.before
        let schema = named.after.flatMap { $0 == "-" ? nil : $0 }
        identity = "\(type.isEmpty ? "entry" : type.lowercased()) \(schema.map { "\($0)." } ?? "")\(name)"
    }
}

extension String {
    fileprivate var trimmedOfNewline: String { hasSuffix("\n") ? String(dropLast()) : self }

    /// What stands before and after the last occurrence of a text; all of it before where there is none.
    fileprivate func parted(atLast text: String) -> (before: String, after: String?) {
        let (bytes, wanted) = (Array(utf8), Array(text.utf8))
        guard bytes.count >= wanted.count else { return (self, nil) }
        for start in stride(from: bytes.count - wanted.count, through: 0, by: -1)
        where bytes[start..<start + wanted.count].elementsEqual(wanted) {
            return (
                String(decoding: bytes[..<start], as: UTF8.self),
                String(decoding: bytes[(start + wanted.count)...], as: UTF8.self)
            )
        }
        return (self, nil)
    }
}
