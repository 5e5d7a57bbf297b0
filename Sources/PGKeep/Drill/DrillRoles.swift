import PGKeepArchive
import PGKeepModel

/// The roles that an archive's SQL speaks of, whoever created them.
enum DrillRoles {
    /// Words after which roles are named, in statements that grant, revoke, or are about somebody.
    private static let places = ["TO", "FROM", "FOR ROLE", "SESSION AUTHORIZATION", "USER MAPPING FOR"]
    private static let types: Set<String> = ["ACL", "DEFAULT ACL", "ACL LANGUAGE", "POLICY", "USER MAPPING"]

    static func named(in definitions: DumpDefinitions, _ properties: DatabaseProperties) -> Set<String> {
        var names: Set<String> = [properties.owner]
        names.formUnion(properties.grants?.compactMap(\.grantee) ?? [])
        names.formUnion(properties.settings.compactMap(\.role))
        for entry in definitions.entries {
            if let owner = entry.header.owner { names.insert(owner) }
            guard types.contains(entry.header.type) else { continue }
            for statement in DumpStatement.split(entry.text) { names.formUnion(roles(statement)) }
        }
        names.remove("")
        return names
    }

    private static func roles(_ statement: DumpStatement) -> [String] {
        places.flatMap { words -> [String] in
            guard var place = statement.place(of: words) else { return [] }
            var found: [String] = []
            while let name = statement.identifier(at: place) {
                if statement.key(at: place) != "PUBLIC" { found.append(name) }
                guard statement.isSymbol(",", at: place + 1) else { break }
                place += 2
            }
            return found
        }
    }
}
