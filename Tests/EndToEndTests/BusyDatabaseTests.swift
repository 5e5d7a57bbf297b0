import Foundation
import Testing

/// Backups of a database that others write to: each is of one moment.
@Suite(.server, .serverLog)
struct BusyDatabaseTests {
    /// All but `small` are large enough to be taken over. Both balances together are 0 in every moment, and `refilled` and `rewritten` are never seen empty.
    private static let content = """
        CREATE TABLE public.debit AS SELECT g AS id, 0::numeric AS v, repeat(md5(g::text), 6) AS pad FROM generate_series(1, 60000) g;
        CREATE TABLE public.credit AS SELECT * FROM public.debit;
        CREATE TABLE public.refilled AS SELECT g AS id, repeat(md5(g::text), 6) AS pad FROM generate_series(1, 60000) g;
        CREATE TABLE public.rewritten AS SELECT * FROM public.refilled;
        CREATE TABLE public.small AS SELECT g AS id FROM generate_series(1, 10) g;
        """

    private static let writers = [
        """
        BEGIN;
        UPDATE public.debit SET v = v - 1 WHERE id % 97 = (random() * 97)::int;
        INSERT INTO public.debit SELECT max(id) + 1, -5, 'x' FROM public.debit;
        INSERT INTO public.credit SELECT max(id) + 1, (SELECT -sum(v) FROM public.debit) - sum(v), 'x' FROM public.credit;
        COMMIT;
        """,
        """
        BEGIN;
        TRUNCATE public.refilled, public.small;
        INSERT INTO public.refilled SELECT g, repeat(md5(random()::text), 6) FROM generate_series(1, 60000) g;
        INSERT INTO public.small SELECT g FROM generate_series(1, 10) g;
        COMMIT;
        SELECT pg_sleep(0.5 + random());
        ALTER TABLE public.rewritten ALTER id TYPE bigint, ADD COLUMN more int DEFAULT random() * 9;
        SELECT pg_sleep(0.5 + random());
        ALTER TABLE public.rewritten ALTER id TYPE int, DROP COLUMN more;
        """,
    ]

    @Test("Each backup is of one moment while others write, truncate and alter", .timeLimit(.minutes(10)))
    func oneMoment() async throws {
        try await TestDatabase.with(.sql(BusyDatabaseTests.content)) { database in
            let stop = "\(database.folder)/stop"
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in BusyDatabaseTests.writers {
                    group.addTask {
                        try await Shell.run(
                            #"while [ ! -e "$2" ]; do psql -X -q -v ON_ERROR_STOP=1 -o /dev/null -d "$1" <<<"$3"; done"#,
                            database.url, stop, writer)
                    }
                }
                do {
                    for number in 1...6 { try await check(number, database) }
                    try await Shell.run(#"touch "$1""#, stop)
                } catch {
                    try await Shell.run(#"touch "$1""#, stop)
                    throw error
                }
                try await group.waitForAll()
            }
        }
    }

    private func check(_ number: Int, _ database: TestDatabase) async throws {
        // An ALTER TABLE between our lock and pg_dump's ends the attempt, and the next one begins. Writers that never
        // pause may spoil all five on a slow machine: that ends with 6, and asking again is all there is to do.
        let program = Program(database, environment: ["BACKUP_LOCK_TIMEOUT": "2"])
        var outcome = try await program.attempt("backup")
        while outcome.status == 6 { outcome = try await program.attempt("backup") }
        try #require(outcome.succeeded, "\(outcome)")
        let archive = outcome.output.trimmingCharacters(in: .newlines)
        let copy = try await database.sibling("copy\(number)")
        try await Shell.run(
            #"gunzip -c "$2" | psql -X -q -v ON_ERROR_STOP=1 -o /dev/null -d "$1""#, copy.url, archive)
        let found = try await copy.execute(
            """
            SELECT (SELECT sum(v) FROM public.debit) + (SELECT sum(v) FROM public.credit),
                   (SELECT count(*) FROM public.debit) - (SELECT count(*) FROM public.credit),
                   (SELECT count(*) FROM public.refilled), (SELECT count(*) FROM public.rewritten),
                   (SELECT count(*) FROM public.small)
            """)
        #expect(found == "0|0|60000|60000|10")
        try await TestDatabase.administer("DROP DATABASE \"\(copy.name)\"")
    }
}
