import PGKeepArchive
import PGKeepModel
import PGKeepPostgres

/// The roles that a pg_dumpall speaks of before its databases: those that are missing are created, those that exist
/// are left as they are.
struct DumpRoles {
    let connection: Connection
    let leftOut: LeftOut
    private var created: Set<String> = []

    init(connection: Connection, leftOut: LeftOut) {
        self.connection = connection
        self.leftOut = leftOut
    }

    mutating func heed(_ statement: DumpStatement, _ leavingOut: LeavingOut) throws {
        // With neither owners nor privileges, nothing needs the roles.
        guard !(leavingOut.owners && leavingOut.privileges) else { return }
        if statement.begins(with: "CREATE ROLE"), let name = statement.identifier(at: 2) {
            guard try !exists(name) else { return }
            if try run(statement) { created.insert(name) }
        } else if statement.begins(with: "ALTER ROLE") || statement.begins(with: "COMMENT ON ROLE") {
            let place = statement.begins(with: "ALTER ROLE") ? 2 : 3
            guard let name = statement.identifier(at: place), created.contains(name),
                !statement.contains("IN DATABASE")
            else { return }
            _ = try run(statement)
        } else if statement.begins(with: "GRANT"), let to = statement.place(of: "TO"),
            let member = statement.identifier(at: to), created.contains(member)
        {
            _ = try run(statement)
        }
    }

    private func exists(_ name: String) throws -> Bool {
        try !connection.query(
            "SELECT FROM pg_catalog.pg_roles WHERE rolname = \(connection.quote(literal: name))"
        ).isEmpty
    }

    /// A role that can't be made is told; what needs it then fails, or is left out, by itself.
    private func run(_ statement: DumpStatement) throws -> Bool {
        do {
            try connection.execute(statement.sql)
            return true
        } catch let error as PGKeepError where error.code == .privileges || error.code == .failed {
            leftOut.add(statement, error)
            return false
        }
    }
}
