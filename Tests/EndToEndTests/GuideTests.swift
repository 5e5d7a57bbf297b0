import Foundation
import Testing

/// The guide of recovery, followed step by step on each major: what it says is typed, what it shows is printed, and the
/// data is back.
@Suite("The guide of recovery", .enabled(if: FaultServer.isPossible), .serialized)
struct GuideTests {
    /// The shop of the guide, on a server of its own; large enough for the orders to be taken over.
    private static let shop = """
        CREATE TABLE public.customers (id serial PRIMARY KEY, name text NOT NULL);
        INSERT INTO public.customers (name) SELECT 'customer ' || g FROM generate_series(1, 2000) g;
        CREATE TABLE public.orders (
            id serial PRIMARY KEY, customer integer NOT NULL REFERENCES public.customers, total numeric(10, 2), remark text
        );
        INSERT INTO public.orders (customer, total, remark)
            SELECT g % 2000 + 1, g % 500, repeat(md5(g::text), 2) FROM generate_series(1, 90000) g;
        CREATE INDEX orders_customer_idx ON public.orders (customer);
        """

    private static let contents = """
        SELECT count(*), sum(hashtextextended(t::text, 0)::numeric) FROM public.customers t
        UNION ALL SELECT count(*), sum(hashtextextended(t::text, 0)::numeric) FROM public.orders t
        UNION ALL SELECT last_value, is_called::int FROM public.customers_id_seq
        UNION ALL SELECT last_value, is_called::int FROM public.orders_id_seq;
        SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace ORDER BY conname;
        SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1;
        SELECT relname, pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1;
        """

    /// A shop with a backup of last night, which `damage` then happens to; the section's blocks must bring it back.
    private func recover(
        _ page: String, _ heading: String, on major: Int,
        damage: @escaping @Sendable (FaultServer, Sandbox) async throws -> Void
    ) async throws {
        let blocks = try GuidePage(page).blocks(heading)
        try await FaultServer.with(tools: Majors.tools(of: major)) { server in
            try await FaultServer.$shared.withValue(server) {
                try await Sandbox.with { sandbox in
                    try await server.psql("CREATE DATABASE shop")
                    try await server.psql(GuideTests.shop, in: "shop")
                    let before = try await server.psql(GuideTests.contents, in: "shop")
                    try await sandbox.backup(server.url("shop"), environment: server.pgBinDirectory)
                    try await damage(server, sandbox)
                    try await reader(server, sandbox).follow(blocks)
                    #expect(try await server.psql(GuideTests.contents, in: "shop") == before, "\(heading), \(major)")
                    let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'lost'"
                    #expect(try await server.psql(schemas, in: "shop") == "0")
                }
            }
        }
    }

    private func reader(_ server: FaultServer, _ sandbox: Sandbox) -> GuideReader {
        GuideReader(
            sandbox: sandbox, environment: ["DATABASE_URL": server.url("shop"), "BACKUP_DIR": sandbox.backups],
            places: [
                ("127.0.0.1:5432", "127.0.0.1:\(server.port)"), ("/var/backups/shop", sandbox.backups),
            ])
    }

    @Test("First of all", arguments: Majors.available)
    func first(on major: Int) async throws {
        try await recover("41-recovery.md", "First of all", on: major) { _, _ in }
    }

    @Test("Rows are missing or wrong", arguments: Majors.available)
    func rows(on major: Int) async throws {
        try await recover("42-accidental-deletion.md", "Rows are missing or wrong", on: major) { server, _ in
            try await server.psql(
                """
                DELETE FROM public.orders WHERE id > 400 AND id <= 900;
                UPDATE public.orders SET total = 0 WHERE id <= 20;
                """, in: "shop")
        }
    }

    @Test("A table is gone", arguments: Majors.available)
    func table(on major: Int) async throws {
        try await recover("42-accidental-deletion.md", "A table is gone", on: major) { server, _ in
            try await server.psql("DROP TABLE public.customers CASCADE", in: "shop")
        }
    }

    @Test("A table was emptied", arguments: Majors.available)
    func emptied(on major: Int) async throws {
        try await recover("42-accidental-deletion.md", "A table was emptied", on: major) { server, _ in
            try await server.psql("TRUNCATE public.orders", in: "shop")
        }
    }

    @Test("All of it is wrong", arguments: Majors.available)
    func allOfIt(on major: Int) async throws {
        try await recover("42-accidental-deletion.md", "All of it is wrong", on: major) { server, _ in
            try await server.psql(
                "UPDATE public.customers SET name = 'x'; DROP TABLE public.orders; CREATE TABLE public.oops ()",
                in: "shop")
        }
    }

    @Test("The database was dropped", arguments: Majors.available)
    func database(on major: Int) async throws {
        try await recover("42-accidental-deletion.md", "The database was dropped", on: major) { server, _ in
            try await server.psql("DROP DATABASE shop")
        }
    }

    @Test("The server can't read a table any more", arguments: Majors.available)
    func invalidPage(on major: Int) async throws {
        try await recover("43-corruption.md", "The server can't read a table any more", on: major) { server, _ in
            try await server.damagePage(of: "public.orders", in: "shop")
        }
    }

    @Test("An index is wrong", arguments: Majors.available)
    func wrongIndex(on major: Int) async throws {
        try await recover("43-corruption.md", "An index is wrong", on: major) { server, _ in
            try await server.damagePage(of: "public.orders_customer_idx", in: "shop")
        }
    }

    @Test("The newest backup is damaged", arguments: Majors.available)
    func damagedBackup(on major: Int) async throws {
        try await recover("43-corruption.md", "The newest backup is damaged", on: major) { server, sandbox in
            let newest = try await sandbox.backup(server.url("shop"), environment: server.pgBinDirectory)
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: newest))
            try file.seek(toOffset: 100_000)
            let bytes = try #require(try file.read(upToCount: 1))
            try file.seek(toOffset: 100_000)
            try file.write(contentsOf: Data([bytes[0] ^ 1]))
            try file.close()
            try await server.psql("DELETE FROM public.orders", in: "shop")
        }
    }

    /// The machine is gone; what is left is a copy of its folder of backups, and a new server.
    private func recoverElsewhere(
        _ heading: String, on major: Int, preparing sql: String = "SELECT 1", user: String = "postgres",
        owner: String = "postgres"
    ) async throws {
        let blocks = try GuidePage("44-lost-server.md").blocks(heading)
        try await Sandbox.with { sandbox in
            let before = try await FaultServer.with(tools: Majors.tools(of: major)) { server in
                try await server.psql("CREATE DATABASE shop")
                try await server.psql(GuideTests.shop, in: "shop")
                try await server.psql(
                    "CREATE ROLE shop_app LOGIN; GRANT SELECT ON public.orders TO shop_app", in: "shop")
                try await sandbox.backup(server.url("shop"), environment: server.pgBinDirectory)
                return try await server.psql(GuideTests.contents, in: "shop")
            }
            try await shell("mv \(sandbox.backups) \(sandbox.folder)/offsite")
            try await FaultServer.with(tools: Majors.tools(of: major)) { server in
                try await FaultServer.$shared.withValue(server) {
                    try await server.psql(sql)
                    let places = [
                        ("127.0.0.1:5432", "127.0.0.1:\(server.port)"), ("/var/backups/shop", sandbox.backups),
                        ("/mnt/offsite/shop", "\(sandbox.folder)/offsite"),
                    ]
                    try await GuideReader(sandbox: sandbox, environment: [:], places: places).follow(blocks)
                    let found = try await server.psql(GuideTests.contents, in: "shop")
                    #expect(found == before.replacing("|postgres", with: "|\(owner)"))
                }
            }
        }
    }

    @Test("Onto a new server", arguments: Majors.available)
    func newServer(on major: Int) async throws { try await recoverElsewhere("Onto a new server", on: major) }

    @Test("Onto a server that is not yours", arguments: Majors.available)
    func managedServer(on major: Int) async throws {
        try await recoverElsewhere(
            "Onto a server that is not yours", on: major, preparing: "CREATE ROLE shop_owner LOGIN CREATEDB",
            owner: "shop_owner")
    }

    @Test("Without pgkeep", arguments: Majors.available)
    func withoutPGKeep(on major: Int) async throws { try await recoverElsewhere("Without pgkeep", on: major) }

    @Test("Every section with commands is followed by a test, and what is not run is said to be")
    func complete() throws {
        let followed: Set = [
            "First of all", "Rows are missing or wrong", "A table is gone", "A table was emptied", "All of it is wrong",
            "The database was dropped", "The server can't read a table any more", "An index is wrong",
            "The newest backup is damaged", "Onto a new server", "Onto a server that is not yours", "Without pgkeep",
        ]
        let pages = ["41-recovery.md", "42-accidental-deletion.md", "43-corruption.md", "44-lost-server.md"]
        let sections = try pages.flatMap { try GuidePage($0).sections }.filter { !$0.blocks.isEmpty }
        #expect(Set(sections.map(\.heading)) == followed)
        let notRun = sections.flatMap(\.blocks).filter { !$0.isRun }
        #expect(notRun.allSatisfy { $0.commands.contains("apt-get install") }, "\(notRun)")
    }
}

extension FaultServer {
    /// Overwrites the head of a relation's first page on the disk, as a failing controller does.
    func damagePage(of relation: String, in database: String) async throws {
        let file = try await psql("SELECT pg_relation_filepath('\(relation)')", in: database)
        try await psql("CHECKPOINT", in: database)
        let become = geteuid() == 0 ? "runuser -u postgres -- " : ""
        try await shell("head -c 64 /dev/urandom | dd of=\(folder)/data/\(file) conv=notrunc status=none")
        // At once, so that no page is written over it.
        try await shell(
            "cd \(folder) && \(become)\(tools)/pg_ctl -D \(folder)/data -l \(folder)/log -m immediate -w restart </dev/null"
        )
    }
}
