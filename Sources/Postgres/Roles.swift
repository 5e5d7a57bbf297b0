import PGKeepModel

/// The roles a dump's objects belong to or are granted to, as SQL that creates those that a server lacks.
package enum Roles {
    private struct Role {
        var name: String
        var attributes: String
        var canLogIn: Bool
        var memberships: [Membership]
    }

    private struct Membership {
        /// The role it is a member of.
        var role: String
        /// It may pass the membership on.
        var admin: Bool
        /// `INHERIT` and `SET` where they are not what GRANT gives by default, which only 16 and newer know.
        var options: String?
    }

    /// Guarded `DO` blocks, or nothing when the dump needs no role but the bootstrap one.
    ///
    /// A role that exists is left as it is; one that may not be created is a warning. Passwords are not carried.
    package static func statements(_ connection: Connection, encoding: String) throws -> [UInt8] {
        let roles = try read(connection)
        guard !roles.isEmpty else { return [] }
        var sql = "SET client_encoding = '\(encoding)';\nSET standard_conforming_strings = on;\n\n"
        for role in sorted(roles) { sql += try block(for: role, connection) }
        return ServerText.encode(sql)
    }

    /// The names of the same roles.
    static func names(_ connection: Connection) throws -> [String] { try read(connection).map(\.name) }

    private static func read(_ connection: Connection) throws -> [Role] {
        // From 16 on a membership is one of each grantor, and has options of its own.
        let options =
            connection.major >= 16
            ? "pg_catalog.bool_or(m.inherit_option) AS inherits, pg_catalog.bool_or(m.set_option) AS sets"
            : "NULL::bool AS inherits, true AS sets"
        let rows = try connection.query(
            """
            WITH RECURSIVE database AS (
                SELECT * FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()
            ), named AS (
                SELECT refobjid AS oid FROM pg_catalog.pg_shdepend, database
                WHERE (dbid = database.oid OR (classid = 'pg_catalog.pg_database'::regclass AND objid = database.oid))
                  AND refclassid = 'pg_catalog.pg_authid'::regclass
                UNION SELECT setrole FROM pg_catalog.pg_db_role_setting, database WHERE setdatabase = database.oid
                UNION SELECT m.roleid FROM named JOIN pg_catalog.pg_auth_members m ON m.member = named.oid
            )
            SELECT r.rolname, r.rolsuper, r.rolinherit, r.rolcreaterole, r.rolcreatedb, r.rolcanlogin,
                   r.rolreplication, r.rolbypassrls, r.rolconnlimit, r.rolvaliduntil, m.role, m.admin,
                   coalesce(m.inherits, r.rolinherit), m.sets
            FROM pg_catalog.pg_roles r
                 LEFT JOIN (SELECT m.member, g.rolname AS role, pg_catalog.bool_or(m.admin_option) AS admin, \(options)
                            FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
                            GROUP BY m.member, g.rolname) m ON m.member = r.oid
            WHERE r.oid IN (SELECT oid FROM named) AND r.oid <> 10 AND r.rolname !~ '^pg_'
              AND r.rolname !~ '^(rdsadmin|rds_|cloudsql|azure_|azuresu|alloydb|supabase_admin|neon_superuser)'
            ORDER BY r.rolname, m.role
            """)
        var roles: [Role] = []
        for row in rows {
            guard let name = row[0] else { continue }
            if roles.last?.name != name {
                let flags = zip(
                    ["SUPERUSER", "INHERIT", "CREATEROLE", "CREATEDB", "LOGIN", "REPLICATION", "BYPASSRLS"], row[1...7])
                var attributes = flags.map { ($1 == "t" ? "" : "NO") + $0 }.joined(separator: " ")
                if let limit = row[8], limit != "-1" { attributes += " CONNECTION LIMIT \(limit)" }
                if let until = row[9] { attributes += " VALID UNTIL \(try connection.quote(literal: until))" }
                roles.append(Role(name: name, attributes: attributes, canLogIn: row[5] == "t", memberships: []))
            }
            guard let group = row[10] else { continue }
            let isOrdinary = row[12] == row[2] && row[13] == "t"
            let options = "INHERIT \(row[12] == "t" ? "TRUE" : "FALSE"), SET \(row[13] == "t" ? "TRUE" : "FALSE")"
            roles[roles.count - 1].memberships.append(
                Membership(role: group, admin: row[11] == "t", options: isOrdinary ? nil : options))
        }
        return roles
    }

    /// Groups before their members.
    private static func sorted(_ roles: [Role]) -> [Role] {
        var rest = roles
        var done: [Role] = []
        while !rest.isEmpty {
            let waiting = Set(rest.map(\.name))
            let ready = rest.filter { role in
                role.memberships.allSatisfy { $0.role == role.name || !waiting.contains($0.role) }
            }
            guard !ready.isEmpty else { return done + rest }
            done += ready
            let names = Set(ready.map(\.name))
            rest.removeAll { names.contains($0.name) }
        }
        return done
    }

    private static func block(for role: Role, _ connection: Connection) throws -> String {
        let name = QualifiedName.quote(role.name)
        let literal = try connection.quote(literal: role.name)
        var grants = ""
        for membership in role.memberships { grants += try statement(granting: membership, to: role, connection) }
        var tag = "pgkeep"
        let body = { (tag: String) in
            """
            DO $\(tag)$
            BEGIN
                IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = \(literal)) THEN
                    BEGIN
                        CREATE ROLE \(name) WITH \(role.attributes);
                    EXCEPTION WHEN insufficient_privilege THEN
                        CREATE ROLE \(name) WITH \(role.canLogIn ? "LOGIN" : "NOLOGIN");
                    END;
            \(grants)    END IF;
            EXCEPTION WHEN insufficient_privilege OR undefined_object THEN
                RAISE WARNING 'role % is missing and could not be created: %', \(literal), SQLERRM;
            END $\(tag)$;


            """
        }
        let names = role.name + role.memberships.map(\.role).joined()
        while names.contains("$\(tag)$") { tag += "_" }
        return body(tag)
    }

    /// A membership with options is not granted by a server that doesn't know them: its member could do more there.
    private static func statement(
        granting membership: Membership, to role: Role, _ connection: Connection
    ) throws -> String {
        let grant = "GRANT \(QualifiedName.quote(membership.role)) TO \(QualifiedName.quote(role.name))"
        guard let options = membership.options else {
            return "        \(grant)\(membership.admin ? " WITH ADMIN OPTION" : "");\n"
        }
        let limited = "\(grant) WITH ADMIN \(membership.admin ? "TRUE" : "FALSE"), \(options)"
        let names = try [role.name, membership.role].map { try connection.quote(literal: $0) }.joined(separator: ", ")
        return """
                    IF pg_catalog.current_setting('server_version_num')::int >= 160000 THEN
                        EXECUTE \(try connection.quote(literal: limited));
                    ELSE
                        RAISE WARNING 'role % is no member of %: its INHERIT and SET came with PostgreSQL 16', \(names);
                    END IF;

            """
    }
}
