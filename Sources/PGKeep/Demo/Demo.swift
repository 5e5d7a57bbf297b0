import Foundation
import PGKeepModel
import PGKeepPostgres

/// A bad day and its good end, on a server of its own: backup, loss, restore, proof of equality.
extension BackupSystem {
    /// Runs the demonstration, telling each step; nothing but a temporary folder is touched.
    public func demo(progress: Progress? = nil) async throws {
        let start = ContinuousClock.now
        let initdb = try await Tool.find("initdb", forServer: 14, preferring: settings.pgBinDirectory)
        let folder = FileManager.default.temporaryDirectory.path
        tell("A bad day and its good end, on a PostgreSQL \(initdb.version) of its own in \(folder):")
        tell("reached by a Unix socket only, gone afterwards; nothing else on this machine is touched.")
        let settings = ["fsync": "off", "max_wal_size": "4GB", "synchronous_commit": "off"]
        try await ScratchServer.with(initdb, in: folder, settings: settings) { server in
            try await play(server, tools: initdb.folder, progress)
        }
        tell("")
        tell("Done in \(DurationText.of(start.duration(to: .now))); the server and its folder are gone.")
        tell("Your own database is next:")
        tell("  $ export DATABASE_URL=postgresql://user@host:5432/database")
        tell("  $ pgkeep backup")
    }

    private func play(_ server: ConnectionString, tools: String, _ progress: Progress?) async throws {
        let database = server.database("billing")
        heading(1, "A billing database: customers, products, invoices, their lines, payments")
        try await sql(server, "CREATE DATABASE billing")
        try await sql(database, DemoData.schema)
        for (number, step) in DemoData.rows.enumerated() {
            progress?.begin("filling, \(number + 1) of \(DemoData.rows.count)")
            try await sql(database, step)
        }
        try await sql(database, DemoData.finish)
        let size = try await ask(database, "SELECT pg_catalog.pg_database_size('billing')")
        let before = try await checksums(database)
        let rows = before.values.reduce(0) { $0 + $1.rows }
        tell("  \(Figures.grouped(rows)) rows in \(before.count) tables, \(ByteCount(Int64(size) ?? 0)) on disk")

        let vault = "\(server.folderOfSocket)/backups"
        var own = Settings(databaseURL: Secret(database.text), backupDirectory: vault)
        own.jobs = self.settings.jobs
        own.compression = self.settings.compression
        own.pgBinDirectory = tools
        let system = BackupSystem(settings: own, talk: talk, now: now)

        heading(2, "A backup: plain SQL, compressed, every row counted and hashed", "pgkeep backup daily")
        let report = try await system.createBackup(.daily, progress: progress)
        heading(3, "What there is", "pgkeep list")
        for backup in try await system.listBackups() {
            let contents = "\(Figures.grouped(backup.rows ?? 0)) rows in \(backup.tables ?? 0) tables"
            tell("  \(backup.name)  \(ByteCount(backup.bytes))  \(contents)")
        }
        heading(4, "Is it whole? All of it is read back and compared with the index inside it", "pgkeep verify latest")
        _ = try await system.verifyBackup("latest", progress: progress)

        heading(5, "The bad day: one table is dropped, rows of two others are overwritten")
        for statement in DemoData.badDay {
            tell("  billing=# \(statement);")
            try await sql(database, statement)
        }
        let damaged = try await checksums(database)
        for table in before.keys.sorted() where damaged[table] != before[table] {
            tell("  \(table): \(damaged[table] == nil ? "gone" : "not what it was")")
        }

        heading(
            6, "Bringing it back: beside the damaged database, compared, then swapped in",
            "pgkeep restore latest --prove")
        let restored = try await system.restoreBackup(
            RestoreRequest(archive: report.backup.name, prove: true), progress: progress)
        if let restored {
            tell("  the contents of \(Figures.grouped(restored.rows)) rows compared with the backup's hashes")
            tell("  after \(DurationText.of(.seconds(restored.durationSeconds))) the restored database was in place")
        }
        if let aside = restored?.plan.keptAside {
            tell("  the damaged one is kept aside as \(aside), in case it is wanted: pgkeep restore --undo")
        }

        heading(7, "The proof: rows and checksums, as PostgreSQL itself computed them before and computes them now")
        let after = try await checksums(database)
        for table in before.keys.sorted() {
            let isEqual = after[table] == before[table]
            tell(
                "  \(isEqual ? "✅" : "❌") \(table): \(after[table].map(\.text) ?? "missing")\(isEqual ? ", as before" : "")"
            )
        }
        guard after == before else { throw PGKeepError(.failed, "the restored database is not what it was") }
        tell("✅ Every row is back")
    }

    private func tell(_ text: String) { talk(.step(.demo, text)) }

    private func heading(_ number: Int, _ text: String, _ command: String? = nil) {
        tell("")
        tell("\(number). \(text)")
        if let command { tell("  $ \(command)") }
    }

    private func sql(_ database: ConnectionString, _ text: String) async throws { _ = try await ask(database, text) }

    private func ask(_ database: ConnectionString, _ text: String) async throws -> String {
        try await BlockingWork.cancellable { cancellation in
            try await BlockingWork.run("pgkeep demo") {
                try Connection(database, purpose: "pgkeep demo", cancellation: cancellation).value(text) ?? ""
            }
        }
    }

    /// What PostgreSQL computes of a table, whatever the order of its rows.
    private struct Checksum: Equatable, Sendable {
        var rows: Int64
        var sum: String

        var text: String { "\(Figures.grouped(rows)) rows, checksum \(sum)" }
    }

    private func checksums(_ database: ConnectionString) async throws -> [String: Checksum] {
        try await BlockingWork.cancellable { cancellation in
            try await BlockingWork.run("pgkeep demo") {
                let connection = try Connection(database, purpose: "pgkeep demo", cancellation: cancellation)
                let tables = try connection.query(
                    "SELECT c.relname FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
                var sums: [String: Checksum] = [:]
                for table in tables.compactMap(\.first?.self) {
                    let row = try connection.query(
                        "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) "
                            + "FROM \(QualifiedName.quote(table)) t")[0]
                    sums[table] = Checksum(rows: row[0].flatMap { Int64($0) } ?? 0, sum: row[1] ?? "")
                }
                return sums
            }
        }
    }
}
