package import PGKeepModel

/// Questions about a server and one of its databases.
package enum DatabaseFacts {
    package static func server(_ connection: Connection) throws -> ServerFacts {
        let row = try connection.query(
            "SELECT pg_catalog.current_setting('server_version'), pg_catalog.pg_is_in_recovery()")[0]
        // Reading pg_control needs no more than PUBLIC has, but a provider may have revoked it.
        let mayIdentify = try connection.value(
            "SELECT pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')")
        let identifier =
            mayIdentify == "t"
            ? try connection.value("SELECT system_identifier FROM pg_catalog.pg_control_system()") : nil
        return ServerFacts(
            versionNumber: connection.versionNumber, version: row[0] ?? "", systemIdentifier: identifier,
            isStandby: row[1] == "t")
    }

    /// Of the current database, or of another one on the server, which must exist.
    package static func properties(
        of name: String? = nil, _ connection: Connection
    ) throws -> DatabaseProperties {
        let database = try name.map(connection.quote(literal:)) ?? "pg_catalog.current_database()"
        let locale =
            switch connection.major {
            case ..<15: "NULL, NULL, NULL"
            case 15: "datlocprovider, daticulocale, NULL"
            case 16: "datlocprovider, daticulocale, daticurules"
            default: "datlocprovider, datlocale, daticurules"
            }
        let row = try connection.query(
            """
            SELECT datname, pg_catalog.pg_get_userbyid(datdba), pg_catalog.pg_encoding_to_char(encoding), datcollate,
                   datctype, datconnlimit, pg_catalog.shobj_description(oid, 'pg_database'), datacl IS NULL, \(locale)
            FROM pg_catalog.pg_database WHERE datname = \(database)
            """)[0]
        let providers = ["c": "libc", "i": "icu", "b": "builtin"]
        return DatabaseProperties(
            name: row[0] ?? "", owner: row[1] ?? "", encoding: row[2] ?? "", collate: row[3] ?? "",
            characterType: row[4] ?? "", localeProvider: row[8].flatMap { providers[$0] }, locale: row[9],
            icuRules: row[10], connectionLimit: row[5].flatMap { Int($0) } ?? -1, comment: row[6],
            grants: row[7] == "t" ? nil : try grants(of: database, connection),
            settings: try settings(of: database, connection))
    }

    private static func grants(of database: String, _ connection: Connection) throws -> [DatabaseProperties.Grant] {
        try connection.query(
            """
            SELECT CASE WHEN a.grantee = 0 THEN NULL ELSE pg_catalog.pg_get_userbyid(a.grantee) END, a.privilege_type,
                   a.is_grantable
            FROM pg_catalog.pg_database d, pg_catalog.aclexplode(d.datacl) a
            WHERE d.datname = \(database) ORDER BY 1 NULLS FIRST, 2
            """
        ).map { DatabaseProperties.Grant(grantee: $0[0], privilege: $0[1] ?? "", grantable: $0[2] == "t") }
    }

    private static func settings(of database: String, _ connection: Connection) throws -> [DatabaseProperties.Setting] {
        try connection.query(
            """
            SELECT CASE WHEN s.setrole = 0 THEN NULL ELSE pg_catalog.pg_get_userbyid(s.setrole) END,
                   pg_catalog.split_part(c, '=', 1), pg_catalog.substr(c, pg_catalog.strpos(c, '=') + 1)
            FROM pg_catalog.pg_db_role_setting s JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase,
                 pg_catalog.unnest(s.setconfig) c
            WHERE d.datname = \(database) ORDER BY 1 NULLS FIRST, 2
            """
        ).map { DatabaseProperties.Setting(role: $0[0], name: $0[1] ?? "", value: $0[2] ?? "") }
    }
}
