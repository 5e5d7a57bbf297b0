import Foundation
import PGKeepArchive
import PGKeepModel
import PGKeepPostgres
import PGKeepVaults

/// Takes one backup, in the steps one would tell: preflight, snapshot, plan, run, publish, look at it again.
struct CreateBackup: Sendable {
    /// Attempts when a lock can't be had in time, each of them whole.
    private static let attempts = 5

    var settings: Settings
    var vault: DirectoryVault
    var tier: Tier
    var progress: Progress?
    var talk: Talk
    var journalHead: String?
    /// What the journal tells of sealed archives.
    var sealedRecords: @Sendable () throws -> [String: SealedRecord]
    var now: @Sendable () -> Date

    /// What came of it, before the journal and retention hear of it.
    struct Outcome: Sendable {
        var name: ArchiveName
        var index: ArchiveIndex
        var footer: ArchiveFooter
        var bytes: Int64
        /// nil: it is not sealed.
        var seal: Seal?
        var warnings: [String]
        /// What is known to be wrong with the pg_dump that was used; it stands among the warnings too.
        var toolHole: String?
    }

    func run(app: AppName, _ server: ConnectionString) async throws -> Outcome {
        var attempt = 1
        while true {
            do {
                // What fails cancels the rest of its attempt, so each has a cancellation of its own.
                return try await BlockingWork.cancellable { try await self.attempt(app, server, $0) }
            } catch var error as PGKeepError where error.code == .busy {
                guard attempt < CreateBackup.attempts else {
                    // Nobody's run to wait for, but a failure of this one.
                    error.code = .locked
                    throw error
                }
                talk(.warning(.backup, "\(error); attempt \(attempt + 1) of \(CreateBackup.attempts)"))
                attempt += 1
                // Whoever holds the lock is given a little more time after each attempt to be done with it.
                try await Task.sleep(for: .seconds(attempt))
            }
        }
    }

    private func attempt(
        _ app: AppName, _ server: ConnectionString, _ cancellation: Cancellation
    ) async throws -> Outcome {
        progress?.begin("preflight")
        let prepared = try await BlockingWork.run("pgkeep preflight") {
            let coordinator = try Connection(server, purpose: "pgkeep backup", cancellation: cancellation)
            let preflight = try BackupPreflight.run(coordinator, cancellation)
            return Prepared(session: HeldSession(coordinator), target: coordinator.target, preflight: preflight)
        }
        var warnings = prepared.preflight.warnings
        try checkOrigin(app, prepared.preflight)
        try checkSpace(app, prepared.preflight)
        let tool = try await Tool.find(
            "pg_dump", forServer: prepared.preflight.server.major, preferring: settings.pgBinDirectory)
        if let hole = tool.knownHole { warnings.append(hole) }
        if let warning = try sealWarning(app) { warnings.append(warning) }

        progress?.begin("snapshot")
        let snapshot = try await BlockingWork.run("pgkeep snapshot") {
            try prepared.session.with { try Snapshot.take(on: $0, lockTimeout: settings.lockTimeout) }
        }
        let plan = BackupPlan(tables: snapshot.tables, jobs: settings.jobs)
        let name = try await freeName(app)
        progress?.begin("rows and schema", totalBytes: snapshot.tables.reduce(0) { $0 + $1.bytes })

        let upload = try vault.begin(name.text)
        do {
            let sealing =
                settings.encryptionRecipients.isEmpty
                ? nil : try SealingSink(upload, for: settings.encryptionRecipients)
            let writer = ArchiveWriter(sink: sealing ?? upload, compression: settings.compression)
            try await writeRoles(writer, prepared)
            let run = BackupRun(
                plan: plan, snapshot: snapshot,
                dump: DumpProcess(
                    tool: tool, target: prepared.target, database: prepared.preflight.database.name,
                    serverMajor: prepared.preflight.server.major, snapshot: snapshot,
                    encoding: prepared.preflight.encoding, rows: .except(plan.takenOver.map(\.name)),
                    isPooled: prepared.preflight.isPooled),
                jobs: settings.jobs, writer: writer, progress: progress, cancellation: cancellation,
                explain: { await explained($0, prepared) })
            let (preamble, said) = try await run.run()
            warnings += said.split(separator: "\n").map(String.init)
            let header = ArchiveHeader(
                app: app.text, tier: tier, createdAt: name.createdAt, compression: settings.compression,
                pgkeepVersion: BackupSystem.version, server: prepared.preflight.server,
                pgDumpVersion: tool.version.description, snapshot: snapshot.identifier,
                database: prepared.preflight.database, preamble: preamble, journalHead: journalHead,
                needs: prepared.preflight.needs)
            let (written, seal) = try await BlockingWork.run("pgkeep publish") {
                try prepared.session.with { _ = try $0.query("COMMIT") }
                let written = try writer.finish(header, with: UnitEncoder(settings.compression))
                let seal = try sealing?.finish()
                try upload.publish()
                return (written, seal)
            }
            try checkAgain(name, written.footer, sealing)
            return Outcome(
                name: name, index: written.index, footer: written.footer, bytes: seal?.bytes ?? written.bytes,
                seal: seal, warnings: warnings, toolHole: tool.knownHole)
        } catch {
            upload.discard()
            throw error
        }
    }

    /// Why pg_dump failed, as far as the session that holds the snapshot knows.
    private func explained(_ error: any Error, _ prepared: Prepared) async -> any Error {
        guard prepared.preflight.server.isStandby else { return error }
        do {
            return try await BlockingWork.run("pgkeep standby") {
                prepared.session.with { ReplayConflict.explained(error, asking: $0) }
            }
        } catch {
            return error
        }
    }

    /// The first unit: what the file is, and the roles.
    private func writeRoles(_ writer: ArchiveWriter, _ prepared: Prepared) async throws {
        try await BlockingWork.run("pgkeep roles") {
            let roles = try prepared.session.with {
                try Roles.statements($0, encoding: prepared.preflight.encoding)
            }
            try (ArchiveMarker.line + roles).withUnsafeBytes {
                try writer.append(
                    ArchiveWriter.Unit(kind: .roles, contents: [], parts: [$0]),
                    with: UnitEncoder(settings.compression))
            }
        }
    }

    /// The same app's archives from another server would be filed, and thinned out, as one history.
    private func checkOrigin(_ app: AppName, _ preflight: BackupPreflight) throws {
        let catalogue = Catalogue(vault: vault, app: app)
        guard let here = preflight.server.systemIdentifier, let latest = try catalogue.latest(now: now()),
            let name = ArchiveName(latest.name),
            let there = try ArchiveOrigin.systemIdentifier(
                ofNewest: [name], in: vault, name.sealed ? sealedRecords() : [:]),
            there != here
        else { return }
        throw PGKeepError(
            .settings, "the backups of app \(app.text) here are of another server",
            cause: "system identifier \(there), this server's is \(here)",
            hint: "export BACKUP_APP_NAME=\(app.text)-2   (another name, or another BACKUP_DIR)")
    }

    /// A seal that goes missing is most often a variable that does.
    private func sealWarning(_ app: AppName) throws -> String? {
        guard settings.encryptionRecipients.isEmpty else { return nil }
        let newest = try vault.list().compactMap { ArchiveName($0.name) }.filter { $0.app == app }.max()
        guard let newest, newest.sealed else { return nil }
        return "\(newest.text) is sealed, and this backup is not: BACKUP_ENCRYPTION_RECIPIENTS is not set"
    }

    /// Refuses what can't fit: less room than the last backup took.
    private func checkSpace(_ app: AppName, _ preflight: BackupPreflight) throws {
        guard let free = try vault.freeSpace() else { return }
        let last = try Catalogue(vault: vault, app: app).latest(now: now()).map { ByteCount($0.bytes) }
        guard let needed = last, free < needed else { return }
        throw PGKeepError(
            .noSpace, "\(free) are free in \(vault.name), the last backup took \(needed)",
            hint: "pgkeep cleanup --dry-run; df -h \(vault.name)")
    }

    /// Two backups in one second: the second waits, even if only one of them is sealed. Which one is newer stays told.
    private func freeName(_ app: AppName) async throws -> ArchiveName {
        let isSealed = !settings.encryptionRecipients.isEmpty
        while true {
            let now = now()
            func name(sealed: Bool) -> ArchiveName {
                ArchiveName(
                    app: app, tier: tier, createdAt: now, format: ArchiveName.Format(settings.compression),
                    sealed: sealed)
            }
            let isTaken = try [true, false].contains { try vault.exists(name(sealed: $0).text) }
            guard isTaken else { return name(sealed: isSealed) }
            // Names differ by whole seconds, and the vault may be slow to ask: five looks a second are enough.
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// What was published is read back: footer and index as they now lie in the vault.
    private func checkAgain(_ name: ArchiveName, _ footer: ArchiveFooter, _ sealing: SealingSink?) throws {
        let source = try vault.open(name.text)
        let found = try ArchiveFooter.read(
            from: sealing?.reading(source) ?? source, compression: settings.compression)
        guard found == footer else {
            throw PGKeepError(.damaged, "\(name.text) does not read back as it was written")
        }
    }
}

/// The session that holds the snapshot, and what it found out.
private struct Prepared: Sendable {
    let session: HeldSession
    let target: ConnectionString
    let preflight: BackupPreflight
}
