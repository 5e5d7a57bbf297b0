import Foundation
import PGKeepArchive
import PGKeepModel
import PGKeepPostgres

/// Telling what changed.
extension BackupSystem {
    /// Compares an archive with another one, or with a live database: `other` is an archive's name or path, a
    /// database's name or its URL; nil is the database of `DATABASE_URL`.
    public func differences(
        between archive: String, and other: String? = nil, progress: Progress? = nil
    ) async throws -> DifferenceReport {
        let clock = ContinuousClock()
        let start = clock.now
        let (before, first) = try await side(of: archive, progress)
        let after: DifferenceReport.Side
        let tables: [TableSummary]
        var contents = first.hasComparableContents
        if let other, isArchive(other) {
            let second: RestorableDatabase
            (after, second) = try await side(of: other, progress)
            tables = second.tables
            contents = contents && second.hasComparableContents
        } else {
            (after, tables) = try await live(other, comparedWith: first.tables, progress)
        }
        return DifferenceReport(
            before: before, after: after, tables: Difference.of(first.tables, tables, contents: contents),
            contentsCompared: contents, durationSeconds: start.duration(to: clock.now).seconds)
    }

    private func side(
        of archive: String, _ progress: Progress?
    ) async throws -> (DifferenceReport.Side, RestorableDatabase) {
        let reference = try reference(archive)
        let opened = try await open(reference, progress: progress)
        try opened.refuseIfNotWhole()
        let wanted = try settings.databaseURL.map { try ConnectionString($0.reveal()) }?.databaseName
        let database = try RestorableDatabase(opened, name: reference.name, wanted: wanted)
        guard !database.hasUncountedRows else {
            throw PGKeepError(
                .failed, "\(reference.name) has rows as INSERT, which can't be compared",
                hint: "restore it and compare that: pgkeep restore \(reference.path) --into NAME; pgkeep diff … NAME")
        }
        return (.init(name: reference.name, at: database.takenAt, rows: database.rows), database)
    }

    private func live(
        _ other: String?, comparedWith tables: [TableSummary], _ progress: Progress?
    ) async throws -> (DifferenceReport.Side, [TableSummary]) {
        let server = try server(of: other)
        let name = try targetDatabase(server)
        let at = now()
        let found = try await BlockingWork.cancellable { cancellation in
            try await LiveContents(
                server: server, jobs: settings.jobs, lockTimeout: settings.lockTimeout, progress: progress,
                cancellation: cancellation
            ).read(roots: Set(tables.compactMap { QualifiedName(sql: $0.table) }))
        }
        return (.init(name: name, at: at, rows: found.reduce(0) { $0 + $1.rows }), found)
    }

    private func isArchive(_ text: String) -> Bool {
        if ArchiveAddress.isAddress(text) { return true }
        if text.contains("://") || text.contains("=") { return false }
        return text == "latest" || text.contains("/") || text.contains(".sql")
            || FileManager.default.fileExists(atPath: text)
    }

    private func server(of database: String?) throws -> ConnectionString {
        if let database, database.contains("://") || database.contains("=") { return try ConnectionString(database) }
        let server = try ConnectionString(settings.requireDatabaseURL().reveal())
        return database.map(server.database) ?? server
    }
}
