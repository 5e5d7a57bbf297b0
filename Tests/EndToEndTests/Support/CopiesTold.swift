/// What `backup`, `list`, `status`, `sync` and `remove` tell of copies as JSON; what applies.
struct CopiesTold: Decodable {
    struct Redundancy: Decodable {
        var copies: Int
        var storages: [String]
        var offSite: Int
        var locked: Int
        var missing: [String]
        var lacks: [String]
    }
    struct Vault: Decodable {
        struct Made: Decodable {
            var name: String
            var checked: String
            var replaced: Bool
            var lockedUntil: String?
        }
        struct Remark: Decodable {
            var name: String
            var reason: String
        }
        var vault: String
        var copies: Int
        var missing: [String]
        var made: [Made]?
        var deleted: [Remark]?
        var locked: [Remark]?
        var differing: [Remark]?
        var failed: [Remark]?
        var problem: String?
    }
    struct Condition: Decodable {
        var kind: String
        var subject: String?
        var message: String
    }
    var name: String?
    var path: String?
    var redundancy: Redundancy?
    var copies: [Vault]?
    var vaults: [Vault]?
    var conditions: [Condition]?
}
