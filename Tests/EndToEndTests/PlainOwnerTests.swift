import Foundation
import Testing

/// The commonest restore of all: production, dumped by a superuser, into a server where one is nobody in particular.
@Suite("Restoring as an ordinary role", .lendsServer, .enabled(if: FaultServer.isPossible))
struct PlainOwnerTests {
    /// A database of a superuser, with roles of its own and with what only a superuser may make.
    private static func production(_ prefix: String) -> String {
        """
        CREATE ROLE \(prefix)_app LOGIN; CREATE ROLE \(prefix)_reader;
        CREATE EXTENSION pgcrypto; CREATE EXTENSION hstore; CREATE EXTENSION file_fdw;
        COMMENT ON EXTENSION hstore IS 'ours';
        CREATE SCHEMA app AUTHORIZATION \(prefix)_app;
        CREATE TABLE app.customers (id serial PRIMARY KEY, name text, attributes hstore, token bytea DEFAULT gen_random_bytes(8));
        INSERT INTO app.customers (name, attributes) SELECT 'c' || g, 'a=>b' FROM generate_series(1, 1000) g;
        CREATE TABLE app.orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer int REFERENCES app.customers, v text);
        INSERT INTO app.orders (customer, v) SELECT g % 1000 + 1, repeat(md5(g::text), 4) FROM generate_series(1, 70000) g;
        CREATE INDEX ON app.customers USING gist (attributes);
        ALTER TABLE app.customers OWNER TO \(prefix)_app; ALTER TABLE app.orders OWNER TO \(prefix)_app;
        ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        CREATE POLICY everyone ON app.orders USING (true); CREATE POLICY readers ON app.orders TO \(prefix)_reader USING (id > 1);
        CREATE FUNCTION app.in_c() RETURNS void LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
        CREATE FUNCTION app.check_it() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
        CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER touch BEFORE UPDATE ON app.orders FOR EACH ROW EXECUTE FUNCTION app.touch();
        CREATE TABLE app.audit (what text);
        CREATE RULE audit AS ON DELETE TO app.customers DO ALSO (INSERT INTO app.audit VALUES ('a'); INSERT INTO app.audit VALUES ('b'));
        CREATE FUNCTION app.atomic(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE WHEN a > 1 THEN 2 END; END;
        CREATE EVENT TRIGGER checks ON ddl_command_end EXECUTE FUNCTION app.check_it();
        CREATE PUBLICATION everything FOR ALL TABLES; CREATE PUBLICATION shared FOR TABLE app.customers;
        CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
        CREATE FOREIGN TABLE app.far (line text) SERVER files OPTIONS (filename '/etc/hostname');
        CREATE VIEW app.from_far AS SELECT * FROM app.far;
        CREATE VIEW app.rich AS SELECT customer, count(*) FROM app.orders GROUP BY 1;
        CREATE MATERIALIZED VIEW app.counts AS SELECT customer, count(*) FROM app.orders GROUP BY 1;
        GRANT USAGE ON SCHEMA app TO \(prefix)_reader; GRANT SELECT ON ALL TABLES IN SCHEMA app TO \(prefix)_reader;
        GRANT SELECT ON app.customers TO \(prefix)_app WITH GRANT OPTION;
        SET ROLE \(prefix)_app; GRANT SELECT ON app.customers TO \(prefix)_reader WITH GRANT OPTION;
        SET ROLE \(prefix)_reader; GRANT SELECT ON app.customers TO PUBLIC; RESET ROLE;
        ALTER DEFAULT PRIVILEGES FOR ROLE \(prefix)_app IN SCHEMA app GRANT SELECT ON TABLES TO \(prefix)_reader;
        SELECT lo_from_bytea(77, 'a large object'); ALTER LARGE OBJECT 77 OWNER TO \(prefix)_app;
        COMMENT ON LARGE OBJECT 77 IS 'large'; GRANT SELECT ON LARGE OBJECT 77 TO \(prefix)_reader;
        """
    }

    private static let contents = """
        SELECT count(*), sum(hashtextextended(c::text, 0)::numeric) FROM app.customers c
        UNION ALL SELECT count(*), sum(hashtextextended(o::text, 0)::numeric) FROM app.orders o
        UNION ALL SELECT count(*), sum(hashtextextended(o::text, 0)::numeric) FROM app.counts o
        UNION ALL SELECT last_value, is_called::int FROM app.customers_id_seq
        UNION ALL SELECT last_value, is_called::int FROM app.orders_id_seq
        UNION ALL SELECT 0, hashtextextended(encode(lo_get(77), 'hex'), 0)
        """

    /// Everything that a restore must make though nobody in particular runs it.
    private static let objects = """
        SELECT relkind, oid::regclass FROM pg_class WHERE relnamespace = 'app'::regnamespace
           AND oid::regclass::text NOT IN ('app.far', 'app.from_far')
         ORDER BY oid::regclass::text;
        SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'app'::regnamespace ORDER BY 1;
        SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1;
        SELECT rulename, definition FROM pg_rules WHERE schemaname = 'app' ORDER BY 1;
        SELECT polname FROM pg_policy WHERE polname <> 'readers'; SELECT pubname FROM pg_publication WHERE NOT puballtables;
        SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = 'app.orders'::regclass;
        SELECT proname FROM pg_proc WHERE pronamespace = 'app'::regnamespace AND proname <> 'in_c' ORDER BY 1;
        SELECT extname FROM pg_extension WHERE extname <> 'file_fdw' ORDER BY 1;
        """

    /// A backup of production, and a server that knows none of its roles; `body` gets the archive's path.
    private func withStaging(
        _ body:
            @escaping @Sendable (
                _ production: String, _ staging: FaultServer, _ sandbox: Sandbox, _ archive: String
            ) async throws -> Void
    ) async throws {
        let server = try FaultServer.lent
        let prefix = "p_\(UUID().uuidString.prefix(6).lowercased())"
        try await server.withDatabase(PlainOwnerTests.production(prefix)) { name in
            try await Sandbox.with { sandbox in
                let archive = try await sandbox.backup(server.url(name))
                try await FaultServer.with { staging in
                    try await staging.psql(
                        "CREATE ROLE plain LOGIN CREATEDB; CREATE ROLE team CREATEDB; GRANT team TO plain")
                    try await body(name, staging, sandbox, archive)
                }
            }
        }
        try await server.psql("DROP ROLE \(prefix)_app, \(prefix)_reader")
    }

    @Test("--no-owner --no-privileges restores all but what only a superuser may make, lists that, and ends with 3")
    func plain() async throws {
        try await withStaging { name, staging, sandbox, archive in
            let server = try FaultServer.lent
            let url = staging.url("shop", user: "plain")
            let run = try await sandbox.pgkeep(
                "restore", archive, "--into", "shop", "--no-owner", "--no-privileges", "--prove", "--yes", url: url)
            #expect(run.status == 3, "\(run)")
            #expect(run.output.contains("contents compared"))
            for (what, why) in [
                ("CREATE EXTENSION IF NOT EXISTS file_fdw", "permission denied to create extension \"file_fdw\""),
                ("COMMENT ON EXTENSION file_fdw", "extension \"file_fdw\" does not exist"),
                ("CREATE FUNCTION app.in_c()", "permission denied for language c"),
                ("CREATE EVENT TRIGGER checks", "permission denied to create event trigger"),
                (
                    "CREATE PUBLICATION everything FOR ALL TABLES",
                    "must be superuser to create FOR ALL TABLES publication"
                ),
                ("CREATE SERVER files", "foreign-data wrapper \"file_fdw\" does not exist"),
                ("CREATE FOREIGN TABLE app.far", "server \"files\" does not exist"),
                ("CREATE VIEW app.from_far", "relation \"app.far\" does not exist"),
                ("CREATE POLICY readers", "does not exist"),
            ] {
                let line = run.output.split(separator: "\n").first { $0.contains(what) }
                #expect(line?.contains(why) == true, "\(what): \(line ?? "not listed")\n\(run)")
                #expect(run.talk.contains("Warning: not put back: \(what)"))
            }
            let listed = run.output.split(separator: "\n").filter { $0.hasPrefix("Warning") }
            #expect(listed.count == 9, "\(run)")
            for question in [PlainOwnerTests.contents, PlainOwnerTests.objects] {
                let (found, expected) = (
                    try await staging.psql(question, in: "shop"), try await server.psql(question, in: name)
                )
                #expect(found == expected)
            }
            let owners = """
                SELECT DISTINCT relowner::regrole FROM pg_class WHERE relnamespace = 'app'::regnamespace
                UNION SELECT nspowner::regrole FROM pg_namespace WHERE nspname = 'app'
                UNION SELECT datdba::regrole FROM pg_database WHERE datname = 'shop'
                UNION SELECT lomowner::regrole FROM pg_largeobject_metadata
                """
            #expect(try await staging.psql(owners, in: "shop") == "plain")
            #expect(try await staging.psql("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'p\\_%'") == "0")
        }
    }

    @Test("--role gives everything to that role, and replaces and undoes as it")
    func role() async throws {
        try await withStaging { name, staging, sandbox, archive in
            let url = staging.url("shop", user: "plain")
            let options = ["--no-owner", "--no-privileges", "--role", "team", "--yes"]
            for target in [["--into", "shop"], ["--to", "shop"]] {
                let run = try await sandbox.pgkeep(["restore", archive] + target + options, url: url)
                #expect(run.status == 3, "\(run)")
                let owners = "SELECT DISTINCT relowner::regrole FROM pg_class WHERE relnamespace = 'app'::regnamespace"
                #expect(try await staging.psql(owners, in: "shop") == "team")
                let owner = "SELECT datdba::regrole FROM pg_database WHERE datname = 'shop'"
                #expect(try await staging.psql(owner) == "team")
            }
            #expect(try await staging.beside("shop").count == 1)
        }
    }

    @Test("Without --no-owner, or without --no-privileges, the error names what to do, and nothing stays")
    func told() async throws {
        try await withStaging { _, staging, sandbox, archive in
            let url = staging.url("shop", user: "plain")
            for (options, hint) in [([], "--no-owner"), (["--no-owner"], "--no-privileges")] {
                let run = try await sandbox.pgkeep(["restore", archive, "--into", "shop", "--yes"] + options, url: url)
                #expect([1, 9].contains(run.status), "\(run)")
                #expect(run.hint?.contains(hint) == true, "\(run)")
                let databases = "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database"
                #expect(try await staging.psql(databases) == "postgres template0 template1")
            }
        }
    }

    @Test("A superuser may leave out owners and privileges too, and then nothing else is left out")
    func superuser() async throws {
        try await withStaging { _, staging, sandbox, archive in
            let url = staging.url("shop")
            let run = try await sandbox.pgkeep(
                "restore", archive, "--into", "shop", "--no-owner", "--no-privileges", "--yes", url: url)
            #expect(run.status == 3, "\(run)")
            // The role that a policy is for is missing.
            let listed = run.output.split(separator: "\n").filter { $0.hasPrefix("Warning") }
            #expect(listed.count == 1 && listed[0].contains("CREATE POLICY readers"), "\(run)")
            try await staging.psql("DROP DATABASE shop")
            let whole = try await sandbox.pgkeep("restore", archive, "--into", "shop", "--no-owner", "--yes", url: url)
            #expect(whole.status == 0, "\(whole)")
            let owners = "SELECT DISTINCT relowner::regrole FROM pg_class WHERE relnamespace = 'app'::regnamespace"
            #expect(try await staging.psql(owners, in: "shop") == "postgres")
        }
    }
}
