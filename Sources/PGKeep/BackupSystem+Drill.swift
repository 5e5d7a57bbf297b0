import Foundation
import PGKeepArchive
import PGKeepModel
import PGKeepPostgres
import PGKeepVaults

/// Proving that a backup gives the database back.
extension BackupSystem {
    /// Restores a backup on a throw-away server, compares everything with what was backed up, asks the user's checks, and
    /// keeps the proof beside the archive if all is well.
    ///
    /// `name` is a name, a path or `latest`. With `server`, a connection string, a side database there takes the place of
    /// the throw-away server, and is dropped afterwards. What is not equal is in the report; what keeps the drill from
    /// being held, such as an extension that the server lacks, is thrown.
    public func drill(
        _ name: String? = nil, server: String? = nil, progress: Progress? = nil
    ) async throws -> DrillReport {
        let reference = try reference(name)
        talk(.startingDrill(reference.name))
        do {
            let report = try await DrillLock.with(directory: settings.stateDirectory, archive: reference.name) {
                try await drill(reference, server, progress)
            }
            talk(report.proof.verdict == .proven ? .drillCompleted : .drillFailed(reason: report.proof.reason ?? ""))
            return report
        } catch {
            let error: any Error = error is CancellationError ? PGKeepError(.interrupted, "interrupted") : error
            talk(
                DrillFailure.isOfArchive(error) ? .drillFailed(reason: "\(error)") : .notDrilled(reason: "\(error)"))
            if (error as? PGKeepError)?.code == .damaged { doubt(reference, "\(error)") }
            recordFailure(.drill, archive: reference.name, drillFailureDetails(reference, error))
            throw error
        }
    }

    /// The proofs of the app's backups that lie beside them, those of the newest backups first; a proof that can't be
    /// read is left out.
    public func proofs() async throws -> [Proof] {
        let vault = try primary()
        let app = try app()
        return try await BlockingWork.run("pgkeep proofs") {
            try vault.list().compactMap { entry -> Proof? in
                guard let (archive, mark) = Mark.read(entry.name), mark == .proof, ArchiveName(archive)?.app == app,
                    let document = try Catalogue.proof(of: archive, in: vault)
                else { return nil }
                // That it can't be read is told by whoever verifies it.
                return try? document.proof()
            }.sorted { ($0.createdAt, $0.archive) > ($1.createdAt, $1.archive) }
        }
    }

    private func drill(
        _ reference: ArchiveReference, _ server: String?, _ progress: Progress?
    ) async throws -> DrillReport {
        let clock = ContinuousClock()
        let start = clock.now
        let key = try signingKey()
        let opened = try await open(reference, progress: progress)
        try opened.refuseIfNotWhole()
        let identity = try ArchiveIdentity(reference.name, journal)
        if case .archive(let archive) = opened { try identity.check(archive) }
        let wanted = try settings.databaseURL.map { try ConnectionString($0.reveal()) }?.databaseName
        let source = try RestorableDatabase(opened, name: reference.name, wanted: wanted)
        let file = try reference.open()
        let findings: DrillRun.Findings
        let sha256: String
        (findings, sha256) = try await BlockingWork.cancellable { cancellation in
            // The whole file is read once more for its hash while the restore waits for the disk.
            async let hash = BlockingWork.run("pgkeep hash") {
                try file.sha256(progress: nil) { try cancellation.check() }
            }
            do {
                let found = try await hold(source, server, progress, cancellation)
                return (found, try await hash)
            } catch {
                // Nobody waits for the rest of a large file.
                cancellation.cancel()
                throw error
            }
        }
        try identity.check(sha256: sha256, provenBefore: provenBefore(reference))
        var proof = Proof(findings, of: source, reference.name, sha256: sha256, bytes: file.byteCount)
        proof.at = now()
        proof.scratch = server == nil
        proof.durationSeconds = start.duration(to: clock.now).seconds
        return try conclude(proof, reference, signedBy: key)
    }

    /// Where a drill is held: on a server of our own, or on another one.
    private func hold(
        _ source: RestorableDatabase, _ server: String?, _ progress: Progress?, _ cancellation: Cancellation
    ) async throws -> DrillRun.Findings {
        @Sendable func run(_ server: ConnectionString, _ tools: String?) async throws -> DrillRun.Findings {
            let expected = try await BlockingWork.run("pgkeep definitions") { try source.definitions(cancellation) }
            return try await DrillRun(
                source: source, expected: expected, dumpVersion: source.dumpVersion, server: server,
                isScratch: tools != nil, settings: settings, tools: tools, progress: progress, talk: talk, now: now(),
                cancellation: cancellation
            ).run()
        }
        if let server {
            let target = try ConnectionString(server)
            let limit = settings.drillTimeout
            let found = try await TimeLimit.result(within: limit) {
                // What waits for the server hears of the time's end by this.
                try await withTaskCancellationHandler {
                    try await run(target, nil)
                } onCancel: {
                    cancellation.cancel()
                }
            }
            guard let found else { throw ScratchLimits.passed("the drill", limit) }
            return found
        }
        progress?.begin("starting a scratch server")
        let major = max(source.serverMajor ?? SupportedMajors.all.upperBound, SupportedMajors.all.lowerBound)
        let initdb = try await Tool.find("initdb", forServer: major, preferring: settings.pgBinDirectory)
        return try await ScratchServer.with(
            initdb, in: settings.scratchDirectory,
            settings: DrillServer.settings(jobs: settings.jobs, tables: source.tables.count),
            limits: ScratchLimits(time: settings.drillTimeout, bytes: settings.drillMaxSize?.bytes)
        ) { try await run($0, initdb.folder) }
    }

    /// What the archive's earlier proof tells of its bytes.
    private func provenBefore(_ reference: ArchiveReference) throws -> String? {
        // One that can't be read tells nothing; `proof verify` says so.
        try reference.proof().flatMap { try? $0.proof().sha256 }
    }

    private func conclude(
        _ proof: Proof, _ reference: ArchiveReference, signedBy key: SigningKey?
    ) throws -> DrillReport {
        let isProven = proof.verdict == .proven
        let document = try ProofDocument(proof, signedBy: isProven ? key : nil)
        let isKept = isProven ? try keep(document, reference) : false
        // On another server an ordinary role may have left things out.
        if proof.scratch, !proof.differences.isEmpty { doubt(reference, proof.reason ?? "") }
        try record(
            JournalEvent(
                .drill, archive: reference.name, outcome: isProven ? .ok : .failed,
                details: proof.details(document, signedBy: isProven ? key?.publicKey : nil)))
        if isProven, key == nil {
            talk(.step(.drill, "The proof is not signed: no key is set (BACKUP_SIGNING_KEY_FILE)"))
        }
        return DrillReport(
            proof: proof, signedBy: isProven ? key?.publicKey : nil,
            document: String(decoding: document.bytes, as: UTF8.self), isKept: isKept)
    }

    /// Whether the proof lies beside the archive now. Whoever can only read there has drilled all the same.
    private func keep(_ document: ProofDocument, _ reference: ArchiveReference) throws -> Bool {
        do {
            return try reference.keep(document)
        } catch let error as PGKeepError where error.code == .privileges || reference.vault?.isRemote == true {
            talk(.warning(.drill, "the proof could not be put beside the archive: \(error)"))
            return false
        }
    }

    /// What does not give back what was backed up counts no more, neither as a good one nor as a proven one, and nothing
    /// older goes until a person says so. An earlier proof stays: it tells what the archive was.
    private func doubt(_ reference: ArchiveReference, _ reason: String) {
        guard let backup = reference.backup, !backup.suspect, let vault = reference.vault, !vault.isRemote,
            let app = AppName(encoded: backup.app)
        else { return }
        do {
            try catalogue(vault, app).suspect(reference.name, at: now(), reason: "a drill failed: \(reason)")
            talk(.backupSuspect(reference.name))
        } catch {
            talk(.warning(.drill, "\(reference.name) could not be marked as suspect: \(error)"))
        }
    }

    /// The key that proofs are signed with; nil if none is set.
    private func signingKey() throws -> SigningKey? {
        try settings.signingKeyFile.map { try SigningKey(file: $0) { talk(.warning(.drill, $0)) } }
    }

    private func drillFailureDetails(_ reference: ArchiveReference, _ error: any Error) -> [String: JSONValue] {
        let code = (error as? PGKeepError)?.code ?? (error is CancellationError ? .interrupted : .failed)
        var details: [String: JSONValue] = [
            "error": .string("\(error)"), "code": .string(code.description),
            "verdict": .string(DrillFailure.isOfArchive(error) ? Proof.Verdict.failed.rawValue : "notDrilled"),
        ]
        if let name = ArchiveName(reference.name) {
            details["app"] = .string(name.app.text)
            details["tier"] = .string(name.tier.rawValue)
        }
        details["hint"] = (error as? PGKeepError)?.hint.map(JSONValue.string)
        return details
    }
}
