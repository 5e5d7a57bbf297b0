import PGKeepArchive
import PGKeepModel
import PGKeepPostgres

/// Bringing a database back, or some of its tables.
extension BackupSystem {
    /// What a restore would do, without doing it.
    public func planRestore(_ request: RestoreRequest) async throws -> RestorePlan {
        try await prepare(request).plan
    }

    /// Restores a backup; `confirm` is shown the plan and decides.
    public func restoreBackup(
        _ request: RestoreRequest, progress: Progress? = nil,
        confirm: @Sendable (RestorePlan) async throws -> Bool = { _ in true }
    ) async throws -> RestoreReport? {
        let prepared = try await preparedOrRefused(request, progress)
        guard try await confirm(prepared.plan) else { return nil }
        return try await restore(prepared, request, progress)
    }

    /// Restores a backup over the database of `DATABASE_URL`, which is kept aside; `name` is a name, a path or `latest`.
    ///
    /// That is the plain case of `restoreBackup(_:progress:confirm:)`, without a question.
    public func restoreBackup(from name: String) async throws -> RestoreReport {
        let request = RestoreRequest(archive: name)
        return try await restore(try await preparedOrRefused(request, nil), request, nil)
    }

    /// A restore that nothing is in the way of.
    private func preparedOrRefused(_ request: RestoreRequest, _ progress: Progress?) async throws -> PreparedRestore {
        let prepared = try await prepare(request, progress: progress)
        guard !request.prove || prepared.source.hasComparableContents else {
            throw PGKeepError(
                .usage, "the contents of \(prepared.plan.archive) can't be proven, only its numbers of rows",
                cause: "the text of its rows depends on settings that another tool took it with",
                hint: "pgkeep restore … without --prove")
        }
        try prepared.plan.refuseIfBlocked()
        return prepared
    }

    private func restore(
        _ prepared: PreparedRestore, _ request: RestoreRequest, _ progress: Progress?
    ) async throws -> RestoreReport {
        let plan = prepared.plan
        let server = try server(as: request.role)
        talk(.startingRestore(plan.archive))
        do {
            let report = try await BlockingWork.cancellable { cancellation in
                try await RestoreRun(
                    source: prepared.source, properties: prepared.properties, plan: plan, request: request,
                    server: server, jobs: settings.jobs, progress: progress, talk: talk, now: now(),
                    cancellation: cancellation
                ).run()
            }
            try record(
                JournalEvent(
                    .restore, archive: plan.archive,
                    details: [
                        "database": .string(plan.database), "keptAside": plan.keptAside.map { .string($0) } ?? .null,
                        "rows": .integer(report.rows), "rawBytes": .integer(plan.rawBytes),
                        "proven": .boolean(report.proven), "durationSeconds": .number(report.durationSeconds),
                    ]))
            for warning in report.warnings { talk(.warning(.restore, "not put back: \(warning)")) }
            talk(.restoreCompleted)
            return report
        } catch {
            talk(.restoreFailed(reason: "\(error)"))
            recordFailure(
                .restore, archive: plan.archive, ["database": .string(plan.database), "error": .string("\(error)")])
            throw error
        }
    }

    /// Brings some tables back beside those in use, or appends their rows; tells how to merge them.
    public func restoreTables(
        _ request: RestoreTablesRequest, progress: Progress? = nil
    ) async throws -> RestoreTablesReport {
        let server = try server(as: request.role)
        let database = try request.database ?? targetDatabase(server)
        let reference = try reference(request.archive, at: request.at)
        guard case .archive(let archive) = try await open(reference, progress: progress) else {
            throw PGKeepError(
                .usage, "\(reference.name) is a dump without an index: its tables can't be restored one by one",
                hint: "pgkeep restore \(reference.path) --into \(database)_restored")
        }
        talk(.startingRestore(reference.name))
        let target = server.database(database)
        do {
            let report = try await BlockingWork.cancellable { cancellation in
                try await BlockingWork.run("pgkeep preflight") {
                    _ = try Pooler.refuseTransactions(Connection(target, cancellation: cancellation), cancellation)
                }
                return try await RestoreTablesRun(
                    archive: archive, name: reference.name, request: request, target: target, jobs: settings.jobs,
                    progress: progress, talk: talk, now: now(), cancellation: cancellation
                ).run()
            }
            try record(
                JournalEvent(
                    .restore, archive: reference.name,
                    details: [
                        "database": .string(database), "schema": report.schema.map { .string($0) } ?? .null,
                        "tables": .string(report.tables.map(\.table).joined(separator: ", ")),
                        "rows": .integer(report.tables.reduce(0) { $0 + $1.rows }), "proven": .boolean(report.proven),
                        "durationSeconds": .number(report.durationSeconds),
                    ]))
            talk(.restoreCompleted)
            return report
        } catch {
            talk(.restoreFailed(reason: "\(error)"))
            recordFailure(
                .restore, archive: reference.name, ["database": .string(database), "error": .string("\(error)")])
            throw error
        }
    }

    /// Takes the last restore of a database back; nil is that of `DATABASE_URL`.
    public func undoRestore(of database: String? = nil) async throws -> UndoReport {
        let server = try ConnectionString(settings.requireDatabaseURL().reveal())
        let name = try database ?? targetDatabase(server)
        let report = try await BlockingWork.cancellable { cancellation in
            try await BlockingWork.run("pgkeep undo") { try UndoRun.run(name, server, now: now(), cancellation) }
        }
        try record(
            JournalEvent(
                .undo,
                details: [
                    "database": .string(name), "broughtBack": .string(report.broughtBack),
                    "keptAside": .string(report.keptAside),
                ]))
        talk(.restoreUndone(name))
        return report
    }
}
