import Foundation
import Testing

/// Backs a database up and brings it back by each of the ways there are, comparing all of it each time.
struct RoundTrip: Sendable {
    var database: TestDatabase
    var encoding = TestDatabase.Encoding.utf8
    var compression = "true"

    init(_ database: TestDatabase, encoding: TestDatabase.Encoding = .utf8, compression: String = "true") {
        self.database = database
        self.encoding = encoding
        self.compression = compression
    }

    private var program: Program { Program(database, environment: ["BACKUP_COMPRESSION": compression]) }

    /// What prints an archive's SQL, by its ending.
    static func unpacker(of archive: String) -> String {
        if archive.hasSuffix(".gz") { return "gunzip -c" }
        return archive.hasSuffix(".zst") ? "zstd -dc" : "cat"
    }

    /// All three ways, from one backup.
    func all() async throws {
        let source = try await Oracle.read(database)
        let properties = try await Oracle.properties(of: database.name)
        let archive = try await program.run("backup")
        try await byPsql(archive, source)
        try await intoNew(source, properties)
        try await bySwap(source, properties)
    }

    /// Any machine with gunzip and psql can restore it.
    func byPsql(_ archive: String, _ source: Oracle) async throws {
        let plain = try await database.sibling("plain", encoding: encoding)
        try await Shell.run(
            "\(RoundTrip.unpacker(of: archive)) \"$2\" | psql -X -q -v ON_ERROR_STOP=1 -o /dev/null -d \"$1\"",
            plain.url, archive)
        try await expectEqual(plain, source, "by psql")
    }

    func intoNew(_ source: Oracle, _ properties: String) async throws {
        let new = try await database.sibling("new", created: false)
        try await program.run("restore", "latest", "--into", new.name, "--prove", "--yes")
        try await expectEqual(new, source, "into a new database")
        let found = try await Oracle.properties(of: new.name)
        #expect(found == properties)
    }

    /// Damages the database, restores in its place, and undoes that.
    func bySwap(_ source: Oracle, _ properties: String) async throws {
        try await damage()
        let damaged = try await Oracle.read(database)
        let damagedProperties = try await Oracle.properties(of: database.name)
        try await program.run("restore", "latest", "--yes")
        try await expectEqual(database, source, "swapped in")
        let found = try await Oracle.properties(of: database.name)
        #expect(found == properties)
        let aside = try await database.relatives("before")
        #expect(aside.count == 1)
        try await program.run("restore", "--undo", "--yes")
        try await expectEqual(database, damaged, "undone")
        let foundDamaged = try await Oracle.properties(of: database.name)
        #expect(foundDamaged == damagedProperties)
    }

    /// What an accident does: a table too many, a large object too many, and rows gone from up to five tables.
    ///
    /// Published tables are spared, since a row without a replica identity can't be deleted: where all are published,
    /// as in the database of everything, no row goes.
    private func damage() async throws {
        try await database.execute(
            """
            CREATE TABLE public.after_the_accident AS SELECT g AS id FROM generate_series(1, 100) g;
            SELECT format('DELETE FROM ONLY %s WHERE ctid = (SELECT max(ctid) FROM ONLY %1$s)', c.oid::regclass)
              FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
             WHERE relkind = 'r' AND relpersistence = 'p' AND nspname NOT IN ('pg_catalog', 'information_schema')
               AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid)
               AND NOT EXISTS (SELECT FROM pg_rewrite WHERE ev_class = c.oid)
               AND NOT EXISTS (SELECT FROM pg_publication_tables p WHERE p.schemaname = nspname AND p.tablename = relname)
             LIMIT 5 \\gexec
            SELECT lo_create(987654);
            """)
    }
}
