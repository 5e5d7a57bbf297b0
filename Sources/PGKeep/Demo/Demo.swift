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
        tell("Starting a PostgreSQL \(initdb.version) of its own in \(folder) (Unix socket only, gone afterwards)")
        let settings = ["fsync": "off", "max_wal_size": "4GB", "synchronous_commit": "off"]
        try await ScratchServer.with(initdb, in: folder, settings: settings) { server in
            try await play(server, tools: initdb.folder, progress)
        }
        tell("Done in \(DurationText.of(start.duration(to: .now))); the server and its folder are gone")
        tell("Your own database: export DATABASE_URL=postgresql://… and run: pgkeep backup")
    }

    private func play(_ server: ConnectionString, tools: String, _ progress: Progress?) async throws {
        let database = server.database("billing")
        tell("Filling a billing database: customers, invoices, their lines, payments")
        try await sql(server, "CREATE DATABASE billing")
        try await sql(database, DemoData.schema)
        for (number, step) in DemoData.rows.enumerated() {
            progress?.begin("filling, \(number + 1) of \(DemoData.rows.count)")
            try await sql(database, step)
        }
        try await sql(database, DemoData.finish)
        let size = try await ask(database, "SELECT pg_catalog.pg_database_size('billing')")
        let before = try await checksums(database)
        tell("It holds \(ByteCount(Int64(size) ?? 0)) in \(before.count) tables")

        let vault = "\(server.folderOfSocket)/backups"
        var own = Settings(databaseURL: Secret(database.text), backupDirectory: vault)
        own.jobs = self.settings.jobs
        own.compression = self.settings.compression
        own.pgBinDirectory = tools
        let system = BackupSystem(settings: own, talk: talk, now: now)

        heading("Taking a backup: plain SQL, compressed, hashed", "pgkeep backup daily")
        let report = try await system.createBackup(.daily, progress: progress)
        heading("What there is", "pgkeep list")
        for backup in try await system.listBackups() {
            let contents = "\(backup.rows ?? 0) rows in \(backup.tables ?? 0) tables"
            tell("  \(backup.name)  \(ByteCount(backup.bytes))  \(contents)")
        }
        heading("Reading all of it back and comparing it with its index", "pgkeep verify latest")
        _ = try await system.verifyBackup("latest", progress: progress)

        heading("The bad day", "DROP TABLE payments CASCADE; UPDATE invoices SET total = 0 …")
        try await sql(database, DemoData.badDay)
        let damaged = try await checksums(database)
        for table in before.keys.sorted() where damaged[table] != before[table] {
            tell("  \(table): \(damaged[table] == nil ? "gone" : "damaged")")
        }

        heading("Bringing it back", "pgkeep restore latest --prove")
        let restored = try await system.restoreBackup(
            RestoreRequest(archive: report.backup.name, prove: true), progress: progress)
        if let aside = restored?.plan.keptAside { tell("  the damaged database is kept aside as \(aside)") }

        heading("The proof, by checksums that PostgreSQL computed before and after", nil)
        let after = try await checksums(database)
        for table in before.keys.sorted() {
            tell("  \(after[table] == before[table] ? "✅" : "❌") \(table)  \(after[table] ?? "missing")")
        }
        guard after == before else { throw PGKeepError(.failed, "the restored database is not what it was") }
        tell("✅ Every row is back")
    }

    private func tell(_ text: String) { talk(.step(.demo, text)) }

    private func heading(_ text: String, _ command: String?) {
        tell("")
        tell(text + (command.map { "   $ \($0)" } ?? ""))
    }

    private func sql(_ database: ConnectionString, _ text: String) async throws { _ = try await ask(database, text) }

    private func ask(_ database: ConnectionString, _ text: String) async throws -> String {
        try await BlockingWork.cancellable { cancellation in
            try await BlockingWork.run("pgkeep demo") {
                try Connection(database, purpose: "pgkeep demo", cancellation: cancellation).value(text) ?? ""
            }
        }
    }

    /// Of each table its number of rows and an order-free sum over its rows, as PostgreSQL computes it.
    private func checksums(_ database: ConnectionString) async throws -> [String: String] {
        try await BlockingWork.cancellable { cancellation in
            try await BlockingWork.run("pgkeep demo") {
                let connection = try Connection(database, purpose: "pgkeep demo", cancellation: cancellation)
                let tables = try connection.query(
                    "SELECT c.relname FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
                var sums: [String: String] = [:]
                for table in tables.compactMap(\.first?.self) {
                    let quoted = QualifiedName.quote(table)
                    sums[table] = try connection.value(
                        "SELECT count(*) || ' rows, sum ' || coalesce(sum(hashtextextended(t::text, 0)), 0) "
                            + "FROM \(quoted) t")
                }
                return sums
            }
        }
    }
}
