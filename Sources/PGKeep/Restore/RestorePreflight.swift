import Foundation
import PGKeepArchive
import PGKeepModel
import PGKeepPostgres
import PGKeepVaults

/// Looks at the target before a restore touches it: what will be replaced, what is missing, what is in the way.
struct RestorePreflight {
    let source: RestorableDatabase
    let request: RestoreRequest
    /// The database that will hold it in the end.
    let database: String
    let jobs: Int
    let timings: [RestoreTiming.Sample]
    let now: Date
    /// In another database of the server.
    let connection: Connection
    let cancellation: Cancellation

    func plan() throws -> (plan: RestorePlan, properties: DatabaseProperties) {
        let exists = try Databases.exists(database, connection)
        let properties = try properties(exists: exists)
        let estimate = RestoreTiming.estimate(rawBytes: source.rawBytes, jobs: jobs, timings)
        var plan = RestorePlan(
            archive: source.name, createdAt: source.takenAt, database: database, keptAside: nil, replacedBytes: nil,
            sessions: 0, sessionGroups: [], serverVersion: try connection.value("SHOW server_version") ?? "",
            archiveServerVersion: source.serverVersion, tables: source.tables.count, rows: source.rows,
            rawBytes: source.rawBytes, encoding: properties.encoding, collate: properties.collate, missingRoles: [],
            extensions: [], missingTablespaces: [], asSuperuser: try isSuperuser(),
            neededBytes: source.rawBytes * 3 / 2, freeBytes: try freeBytes(), estimatedSeconds: estimate.seconds,
            estimateIsMeasured: estimate.isMeasured, warnings: [], blockers: [])
        checkMajor(&plan)
        try checkRole(&plan)
        if exists { try lookAtReplaced(&plan) }
        try lookAtNeeds(&plan, properties)
        addWarnings(&plan, properties)
        return (plan, properties)
    }

    /// Those of the archive. A dump tells at most encoding and locale: the rest is that of the database it replaces, or
    /// of a new one.
    private func properties(exists: Bool) throws -> DatabaseProperties {
        switch source.contents {
        case .archive(let archive): return archive.index.header.database
        case .dump(_, let section):
            var properties = try DatabaseFacts.properties(of: exists ? database : "template1", connection)
            if !exists {
                properties.owner = try connection.currentRole()
                (properties.comment, properties.grants, properties.settings) = (nil, nil, [])
                properties.connectionLimit = -1
            }
            properties.name = database
            guard let creation = section.creation else { return properties }
            properties.encoding = creation.encoding ?? properties.encoding
            properties.collate = creation.collate ?? properties.collate
            properties.characterType = creation.characterType ?? properties.characterType
            if creation.localeProvider != nil {
                (properties.localeProvider, properties.locale) = (creation.localeProvider, creation.locale)
                properties.icuRules = nil
            }
            return properties
        }
    }

    // MARK: The role and the server

    private func isSuperuser() throws -> Bool {
        try connection.value("SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user") == "t"
    }

    private func checkRole(_ plan: inout RestorePlan) throws {
        if try connection.value(
            "SELECT rolsuper OR rolcreatedb FROM pg_catalog.pg_roles WHERE rolname = current_user") != "t"
        {
            let role = try connection.value("SELECT pg_catalog.quote_ident(current_user)") ?? ""
            plan.blockers.append(
                .init(
                    .privileges, "role \(role) may not create databases",
                    hint: "as a superuser: ALTER ROLE \(role) CREATEDB"))
        }
        if try connection.value("SELECT pg_catalog.pg_is_in_recovery()") == "t" {
            plan.blockers.append(
                .init(.standby, "the server is a standby", hint: "point DATABASE_URL at its primary"))
        }
    }

    private func checkMajor(_ plan: inout RestorePlan) {
        let oldest = SupportedMajors.all.lowerBound
        guard connection.major < oldest else { return }
        plan.blockers.append(
            .init(
                .version, "the server is PostgreSQL \(connection.major); pgkeep restores to \(oldest) and newer",
                hint: "by hand: gunzip -c \(source.name) | psql -X -v ON_ERROR_STOP=1 -d NEWDB"))
    }

    /// The server's own file system, where it is this machine's and the role may know the folder.
    private func freeBytes() throws -> Int64? {
        let row = try connection.query(
            """
            SELECT pg_catalog.inet_server_addr() IS NULL
                   OR pg_catalog.host(pg_catalog.inet_server_addr()) IN ('127.0.0.1', '::1'),
                   (SELECT setting FROM pg_catalog.pg_settings WHERE name = 'data_directory')
            """
        ).first
        guard row?[0] == "t", let folder = row?[1] else { return nil }
        return DirectoryVault.freeSpace(at: folder)?.bytes
    }

    // MARK: What is replaced

    private func lookAtReplaced(_ plan: inout RestorePlan) throws {
        let literal = try connection.quote(literal: database)
        plan.replacedBytes = try connection.value("SELECT pg_catalog.pg_database_size(\(literal))")
            .flatMap { Int64($0) }
        // Of the same database, its size now tells more than the length of the SQL.
        if source.database == database { plan.neededBytes = max(plan.replacedBytes ?? 0, source.rawBytes) }
        plan.sessionGroups = try connection.query(
            """
            SELECT usename, coalesce(application_name, ''), count(*) FROM pg_catalog.pg_stat_activity
            WHERE datname = \(literal) GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
            """
        ).map { row in .init(user: row[0], application: row[1] ?? "", count: row[2].flatMap { Int($0) } ?? 0) }
        plan.sessions = plan.sessionGroups.reduce(0) { $0 + $1.count }
        switch request.target {
        case .create:
            plan.blockers.append(
                .init(
                    .exists, "database \(database) exists already",
                    hint: "another name after --into, or --to \(database) to replace it"))
        case .replace:
            plan.keptAside = try SideDatabase.nameAside(database, now, connection)
            try addObstacles(&plan, literal)
            let encoding = try DatabaseFacts.properties(of: database, connection).encoding
            if encoding != plan.encoding {
                plan.warnings.append("its encoding will be \(plan.encoding), that of the one in use is \(encoding)")
            }
            plan.warnings += try publications().map {
                "publication \($0) of the database in use: what subscribes to it must do so anew"
            }
        }
    }

    /// Known in the database itself only, which may not let us in.
    private func publications() throws -> [String] {
        do {
            let inside = try Connection(
                connection.target.database(database), purpose: "pgkeep preflight", cancellation: cancellation)
            return try inside.query("SELECT pubname FROM pg_catalog.pg_publication ORDER BY 1").compactMap(\.[0])
        } catch let error as PGKeepError where error.code == .unreachable || error.code == .privileges {
            return []
        }
    }

    /// What would be lost or in the way if the database were replaced.
    private func addObstacles(_ plan: inout RestorePlan, _ literal: String) throws {
        let quoted = QualifiedName.quote(database)
        if try connection.value("SELECT datistemplate FROM pg_catalog.pg_database WHERE datname = \(literal)") == "t" {
            plan.blockers.append(
                .init(
                    .template, "database \(database) is a template",
                    hint: "psql -d postgres -c 'ALTER DATABASE \(quoted) IS_TEMPLATE false'"))
        }
        // A prepared transaction stops the rename, whatever one is ready to lose.
        for row in try connection.query("SELECT gid FROM pg_catalog.pg_prepared_xacts WHERE database = \(literal)") {
            let gid = try connection.quote(literal: row[0] ?? "")
            plan.blockers.append(
                .init(
                    .preparedTransaction, "prepared transaction \(row[0] ?? "") holds the database",
                    hint: "in \(database): COMMIT PREPARED \(gid), or ROLLBACK PREPARED \(gid)"))
        }
        guard !request.breakReplication else { return }
        let slots = try connection.query(
            "SELECT slot_name FROM pg_catalog.pg_replication_slots WHERE database = \(literal)")
        let subscriptions = try connection.query(
            """
            SELECT s.subname FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d ON d.oid = s.subdbid
            WHERE d.datname = \(literal)
            """)
        let things = slots.map { "logical slot \($0[0] ?? "")" } + subscriptions.map { "subscription \($0[0] ?? "")" }
        plan.blockers += things.map { thing in
            .init(
                .replication, "\(thing) stays with the old database",
                hint:
                    "pgkeep restore \(source.name) --break-replication   (and set the replication up again afterwards)")
        }
    }

    // MARK: What the archive needs

    private func lookAtNeeds(_ plan: inout RestorePlan, _ properties: DatabaseProperties) throws {
        guard let needs = source.needs else { return }
        if !(request.noOwner && request.noPrivileges) {
            plan.missingRoles = try DatabaseNeeds.missingRoles(needs.roles, connection)
        }
        let available = try DatabaseNeeds.available(needs.extensions.keys, connection)
        plan.extensions = needs.extensions.sorted { $0.key < $1.key }.map { name, version in
            .init(name: name, version: version, available: available[name])
        }
        for missing in plan.extensions where missing.available == nil {
            plan.blockers.append(
                .init(
                    .extension, "extension \(missing.name) \(missing.version) is not installed on the server",
                    hint: "install its package there, for PostgreSQL \(connection.major) "
                        + "(apt-cache search postgresql-\(connection.major) | grep \(missing.name)), then try again"))
        }
        plan.missingTablespaces = try DatabaseNeeds.missingTablespaces(needs.tablespaces, connection)
        for tablespace in plan.missingTablespaces {
            plan.blockers.append(
                .init(
                    .tablespace, "tablespace \(tablespace) is missing on the server",
                    hint:
                        "psql -d postgres -c \"CREATE TABLESPACE \(QualifiedName.quote(tablespace)) LOCATION '/folder'\""
                ))
        }
        let provider = properties.localeProvider == "icu" ? "i" : properties.localeProvider == "builtin" ? "b" : "c"
        let here = try DatabaseNeeds.collationVersion(provider: provider, collate: properties.collate, connection)
        if let there = needs.collationVersion, let here, there != here {
            plan.warnings.append(
                "text is sorted by version \(here) of its library here, \(there) there: its order may differ")
        }
    }

    private func addWarnings(_ plan: inout RestorePlan, _ properties: DatabaseProperties) {
        if let loss = DatabaseLocale(properties, serverMajor: connection.major).loss { plan.warnings.append(loss) }
        if let major = source.serverMajor, major > connection.major {
            plan.warnings.append(
                "the archive is of PostgreSQL \(major), the server is \(connection.major): "
                    + "what the older one doesn't know stops the restore")
        }
        for older in plan.extensions where older.isOlder {
            plan.warnings.append(
                "extension \(older.name) was \(older.version), the server has \(older.available ?? "")")
        }
        if !plan.asSuperuser {
            plan.warnings.append("the role is no superuser: what only one may do is left out, and listed at the end")
        }
        if source.hasUncountedRows {
            plan.warnings.append("some of its rows come as INSERT: they are loaded, but not counted and compared")
        }
        if let free = plan.freeBytes, free < plan.neededBytes {
            plan.warnings.append("\(ByteCount(plan.neededBytes)) are needed, \(ByteCount(free)) are free")
        }
    }
}
