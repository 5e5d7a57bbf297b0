package import PGKeepModel

/// What pg_dump will dump of a database, and what the role may not read of it.
package enum TableList {
    /// Tables smaller than this stay with pg_dump.
    package static let takeOverFrom: Int64 = 8 << 20

    /// The same tables in the same order without their facts, which takes no lock on them.
    static func names(_ connection: Connection) throws -> [(oid: UInt32, name: QualifiedName)] {
        try connection.query(
            """
            SELECT c.oid, n.nspname, c.relname
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND \(dumped)
            ORDER BY n.nspname, c.relname
            """
        ).compactMap { row in
            guard let oid = row[0].flatMap({ UInt32($0) }), let schema = row[1], let name = row[2] else { return nil }
            return (oid, QualifiedName(schema: schema, name: name))
        }
    }

    /// Every table with rows or partitions that pg_dump dumps, by name.
    package static func read(_ connection: Connection) throws -> [TableFacts] {
        let rows = try connection.query(listing)
        var tables = rows.compactMap { row -> TableFacts? in
            guard let oid = row[0].flatMap({ UInt32($0) }), let schema = row[1], let name = row[2],
                let sql = row[7]
            else { return nil }
            return TableFacts(
                oid: oid, name: QualifiedName(schema: schema, name: name), sql: sql,
                kind: row[3] == "p" ? .partitioned : .ordinary, pages: row[4].flatMap { Int64($0) } ?? 0,
                bytes: row[5].flatMap { Int64($0) } ?? 0, columns: [], canBeTakenOver: row[6] == "t")
        }
        let columns = try columns(connection, of: tables.filter(\.canBeTakenOver).map(\.oid))
        for place in tables.indices where tables[place].canBeTakenOver {
            tables[place].columns = columns[tables[place].oid] ?? []
            // A table without columns has nothing to select.
            tables[place].canBeTakenOver = !tables[place].columns.isEmpty
        }
        return tables
    }

    /// The tables that have no rows but those of their partitions.
    package static func partitioned(_ connection: Connection) throws -> Set<QualifiedName> {
        let rows = try connection.query(
            """
            SELECT n.nspname, c.relname FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'p'
            """)
        return Set(
            rows.compactMap { row in row[0].flatMap { schema in row[1].map { .init(schema: schema, name: $0) } } })
    }

    /// The column list of each table's COPY, by oid, quoted as the server does.
    package static func columnLists(_ connection: Connection) throws -> [UInt32: String] {
        let rows = try connection.query(
            """
            SELECT a.attrelid, pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ' ORDER BY a.attnum)
            FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
            WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
            GROUP BY a.attrelid
            """)
        return Dictionary(
            rows.compactMap { row in row[0].flatMap { UInt32($0) }.map { ($0, row[1] ?? "") } },
            uniquingKeysWith: { $1 })
    }

    /// The partitions, at any depth, of those of these tables that are partitioned.
    package static func partitions(
        below roots: Set<QualifiedName>, _ connection: Connection
    ) throws -> Set<QualifiedName> {
        let rows = try connection.query(
            """
            SELECT rn.nspname, r.relname, n.nspname, c.relname
            FROM pg_catalog.pg_class r JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace,
                 LATERAL pg_catalog.pg_partition_tree(r.oid) t JOIN pg_catalog.pg_class c ON c.oid = t.relid
                 JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE r.relkind = 'p' AND c.oid <> r.oid
            """)
        return Set(
            rows.compactMap { row in
                guard let schema = row[0], let root = row[1], let partSchema = row[2], let part = row[3],
                    roots.contains(QualifiedName(schema: schema, name: root))
                else { return nil }
                return QualifiedName(schema: partSchema, name: part)
            })
    }

    /// The tables and sequences that are not written to the WAL, so that a standby has nothing of them.
    package static func unlogged(_ connection: Connection) throws -> [String] {
        try connection.query(
            """
            SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'S') AND c.relpersistence = 'u' AND \(dumped)
            ORDER BY n.nspname, c.relname
            """
        ).compactMap(\.first?.self)
    }

    /// The tables, sequences and large objects that the role can't read, each said so that it can be granted.
    package static func unreadable(_ connection: Connection) throws -> [String] {
        try connection.query(
            """
            SELECT CASE c.relkind WHEN 'S' THEN 'sequence ' ELSE 'table ' END
                   || pg_catalog.format('%I.%I', n.nspname, c.relname)
                   || CASE WHEN NOT pg_catalog.has_schema_privilege(n.oid, 'USAGE') THEN ' (no USAGE on its schema)'
                           WHEN c.relkind <> 'S' AND pg_catalog.row_security_active(c.oid)
                                AND pg_catalog.has_table_privilege(c.oid, 'SELECT') THEN ' (row security hides rows)'
                           ELSE ' (no SELECT)' END
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
              AND c.relkind IN ('r', 'p', 'S') AND \(dumped)
              AND NOT (pg_catalog.has_schema_privilege(n.oid, 'USAGE')
                       AND CASE c.relkind WHEN 'S' THEN pg_catalog.has_sequence_privilege(c.oid, 'SELECT')
                           ELSE pg_catalog.has_table_privilege(c.oid, 'SELECT')
                                AND NOT (c.relrowsecurity AND pg_catalog.row_security_active(c.oid)) END)
            UNION ALL
            SELECT 'large object ' || m.oid::text FROM pg_catalog.pg_largeobject_metadata m
            WHERE NOT pg_catalog.pg_has_role(m.lomowner, 'USAGE')
              AND NOT EXISTS (SELECT FROM pg_catalog.aclexplode(m.lomacl) a WHERE a.privilege_type = 'SELECT'
                              AND (a.grantee = 0 OR pg_catalog.pg_has_role(a.grantee, 'USAGE')))
              AND NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user)
            ORDER BY 1
            """
        ).compactMap(\.first?.self)
    }

    /// What pg_dump dumps rows of, in the terms of its own `selectDumpableTable`.
    static let dumped = """
        c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass
                        AND d.objid = c.oid AND d.deptype = 'e')
        """

    private static var listing: String {
        // A leaf below a hash partition on an enum is loaded through its root, since an enum's values hash differently
        // elsewhere (pg_dump's getPartitioningInfo).
        // Asking a size opens the table, which of 10,000 takes a quarter of a second. What VACUUM or ANALYZE saw as far
        // too small is not asked: if it has grown since, it stays with pg_dump, which is right, only slower. Those that
        // neither has seen since they were made or truncated are asked.
        """
        WITH RECURSIVE through_root AS (
            SELECT p.partrelid AS oid FROM pg_catalog.pg_partitioned_table p
            WHERE EXISTS (SELECT FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_am a ON a.oid = o.opcmethod
                          WHERE o.opcname = 'enum_ops' AND o.opcnamespace = 'pg_catalog'::regnamespace
                            AND a.amname = 'hash' AND o.oid = ANY (p.partclass))
            UNION ALL
            SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN through_root t ON i.inhparent = t.oid
        )
        SELECT c.oid, n.nspname, c.relname, c.relkind, h.heap / b.size, h.heap + s.toast,
               c.relkind = 'r' AND h.heap + s.toast >= \(takeOverFrom)
               AND c.relam = (SELECT oid FROM pg_catalog.pg_am WHERE amname = 'heap')
               AND NOT (c.relpersistence = 'u' AND pg_catalog.pg_is_in_recovery())
               AND c.oid NOT IN (SELECT oid FROM through_root),
               pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
             LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid,
             (SELECT pg_catalog.current_setting('block_size')::bigint AS size) b,
             LATERAL (SELECT CASE WHEN c.relkind = 'r' AND \(mayBeLarge("c")) THEN pg_catalog.pg_relation_size(c.oid)
                                  ELSE greatest(c.relpages, 0) * b.size END AS heap) h,
             LATERAL (SELECT CASE WHEN h.heap > b.size AND \(mayBeLarge("t")) THEN pg_catalog.pg_relation_size(t.oid)
                                  ELSE coalesce(t.relpages, 0) * b.size END AS toast) s
        WHERE c.relkind IN ('r', 'p') AND \(dumped)
        ORDER BY n.nspname, c.relname
        """
    }

    /// Never looked at (PostgreSQL 14: `reltuples` is -1), or not far below what is taken over.
    private static func mayBeLarge(_ alias: String) -> String {
        "(\(alias).reltuples < 0 OR \(alias).relpages >= \(takeOverFrom / 8192 / 16))"
    }

    private static func columns(_ connection: Connection, of tables: [UInt32]) throws -> [UInt32: [String]] {
        guard !tables.isEmpty else { return [:] }
        let rows = try connection.query(
            """
            SELECT attrelid, pg_catalog.quote_ident(attname) FROM pg_catalog.pg_attribute
            WHERE attrelid IN (\(tables.map(String.init).joined(separator: ", "))) AND attnum > 0
              AND NOT attisdropped AND attgenerated = ''
            ORDER BY attrelid, attnum
            """)
        var columns: [UInt32: [String]] = [:]
        for row in rows {
            if let table = row[0].flatMap({ UInt32($0) }), let name = row[1] {
                columns[table, default: []].append(name)
            }
        }
        return columns
    }
}
