import Foundation
import PGKeepArchive
import PGKeepModel
import PGKeepPostgres
import PGKeepVaults

/// What is due each week, month, quarter and year: done, judged, and reported.
extension BackupSystem {
    /// Goes through a checklist of the app: verifies, drills, compares, and tells what was found.
    ///
    /// What can't be done here is told as not done, with the reason, never as passed.
    public func checklist(_ period: ChecklistPeriod, progress: Progress? = nil) async throws -> ChecklistReport {
        let report = try await examine(period, progress: progress)
        try record(report.event())
        return report
    }

    /// The list without the journal's line of it, for whoever has more to do before it counts as done.
    func examine(_ period: ChecklistPeriod, progress: Progress? = nil) async throws -> ChecklistReport {
        let app = try app()
        talk(.step(.backup, "\(period.rawValue.capitalized)'s checklist of \(app)..."))
        let evidence = try await evidence(for: period, app, progress)
        return ChecklistReport(period, evidence, host: ProcessInfo.processInfo.hostName)
    }

    private func evidence(
        for period: ChecklistPeriod, _ app: AppName, _ progress: Progress?
    ) async throws -> ChecklistEvidence {
        let begun = now()
        let since = period.start(before: begun, in: settings.timeZone)
        let before = try await attempt { try await BlockingWork.run("pgkeep list") { try catalogue().backups() } }
        let recent = (before.value ?? []).filter { $0.createdAt >= since }
        let verifications = try await verifications(of: recent, progress)
        let copies = try await copies(of: app, withLocks: period.included.contains(.quarter))
        let (drill, disasterDrill) = try await drills(for: period, app, progress)
        let vault = try await attempt {
            try await Watcher(settings, now: now).look(at: [WatchedApp(app, settings: settings)]).vault
        }
        let verdict = try await attempt { try await auditVerify() }
        let (lines, backups) = try await books(of: app)
        // What was done for the list belongs to its time.
        var evidence = ChecklistEvidence(
            app: app, at: now(), timeZone: settings.timeZone, retention: settings.retention,
            schedules: settings.schedules, rpo: settings.rpo, rto: settings.rto, backups: backups.value ?? [],
            lines: lines)
        evidence.begun = begun
        evidence.unlisted = before.problem ?? backups.problem
        evidence.verifications = verifications
        evidence.drill = drill
        evidence.disasterDrill = disasterDrill
        evidence.copies = copies
        evidence.vault = vault.value
        evidence.recipients = settings.encryptionRecipients.map { KeyIdentifier(of: $0).description }
        evidence.verdict = verdict.value
        evidence.unverified = verdict.problem
        return evidence
    }

    /// What can't be found out is told by its item: only whoever interrupts a list ends it.
    private func attempt<Value>(_ body: () async throws -> Value) async throws -> Result<Value, PGKeepError> {
        do {
            return .success(try await body())
        } catch let error where !error.isInterruption {
            return .failure(error.asPGKeepError)
        }
    }

    /// The journal's lines about the app, and the backups that are there.
    ///
    /// What retention deletes while they are read stands in neither if the journal is read once: so its deletions are read
    /// again afterwards.
    private func books(of app: AppName) async throws -> ([JournalLine], Result<[Backup], PGKeepError>) {
        try await BlockingWork.run("pgkeep checklist") { () throws -> ([JournalLine], Result<[Backup], PGKeepError>) in
            let first = try journal.lines()
            let backups = Result { try catalogue().backups() }.mapError { $0.asPGKeepError }
            let last = first.last?.seq ?? 0
            let deletions = try journal.lines(of: .delete) + journal.lines(of: .remove)
            let later = deletions.filter { $0.seq > last }.sorted { $0.seq < $1.seq }
            return ((first + later).filter { $0.isAbout(app) }, backups)
        }
    }

    /// Each is read whole; one that can't be read at all is a finding, not an end.
    private func verifications(
        of backups: [Backup], _ progress: Progress?
    ) async throws -> [ChecklistEvidence.Verification] {
        var found: [ChecklistEvidence.Verification] = []
        for backup in backups.sorted(by: { $0.createdAt < $1.createdAt }) {
            do {
                let report = try await verifyBackup(backup.name, progress: progress)
                found.append(
                    .init(
                        archive: report.name, problems: report.problems, unchecked: report.unchecked,
                        isProof: report.isProof))
            } catch let error where !error.isInterruption {
                let error = error.asPGKeepError
                switch error.code {
                // Whether it could go while the others were read, the journal tells.
                case .noSuchArchive: break
                // A key that is missing says nothing against the archive.
                case .key:
                    found.append(.init(archive: backup.name, unchecked: [error.description], isProof: false))
                default: found.append(.init(archive: backup.name, problems: [error.description], isProof: false))
                }
            }
        }
        return found
    }

    // MARK: Drills

    private func drills(
        for period: ChecklistPeriod, _ app: AppName, _ progress: Progress?
    ) async throws -> (restore: ChecklistEvidence.Drill, disaster: ChecklistEvidence.Drill) {
        let none = ChecklistEvidence.Drill.notDone(reason: "it is no part of this list")
        guard period.included.contains(.month) else { return (none, none) }
        let restore = try await drill(listed: "latest", of: app, progress)
        guard period.included.contains(.quarter) else { return (restore, none) }
        guard let away = settings.vaults.first(where: \.isRemote) else {
            return (restore, .notDone(reason: "there is no vault off site (BACKUP_VAULTS)"))
        }
        let name = "\(away)/latest"
        // A vault that can't be used is none that can be relied on, whatever the reason.
        let found = try await attempt { try await BlockingWork.run("pgkeep drill") { try reference(name).name } }
        if let problem = found.problem { return (restore, .failed(archive: name, reason: problem)) }
        return (restore, try await drill(listed: name, of: app, progress))
    }

    private func drill(
        listed name: String, of app: AppName, _ progress: Progress?
    ) async throws -> ChecklistEvidence.Drill {
        do {
            let proof = try await waitingForDrills(of: app) { try await drill(name, progress: progress).proof }
            let archive = name == "latest" ? proof.archive : "\(name) (\(proof.archive))"
            guard proof.verdict == .proven else { return .failed(archive: archive, reason: proof.reason ?? "") }
            return .passed(archive: archive, seconds: proof.rtoSeconds, details: ChecklistEvidence.details(of: proof))
        } catch let error where !error.isInterruption {
            let known = error.asPGKeepError
            // Where nothing is to be restored from, or no key that is set opens it, somebody relies on what isn't there.
            let isMissed =
                known.code == .noSuchArchive || (known.code == .key && !settings.encryptionKeyFiles.isEmpty)
            return isMissed || DrillFailure.isOfArchive(error)
                ? .failed(archive: name, reason: known.description) : .notDone(reason: known.description)
        }
    }

    /// Another drill of the app is waited for, no longer than a drill may take.
    private func waitingForDrills<Value>(of app: AppName, _ body: () async throws -> Value) async throws -> Value {
        let start = ContinuousClock.now
        while true {
            do {
                // A drill that finds the lock taken is written down as one that failed: so it is tried before, and let go.
                _ = try RunLock(
                    directory: settings.stateDirectory, file: DrillLock.file(of: app), of: "the drills of \(app)",
                    doing: "drill")
                return try await body()
            } catch let error as PGKeepError
                where error.code == .busy && start.duration(to: .now) < settings.drillTimeout
            {
                // A lock tells nobody when it is free, and a drill takes minutes.
                try await Task.sleep(for: .seconds(5))
            }
        }
    }

    // MARK: Copies

    /// What lies in every other vault, looked at now.
    private func copies(of app: AppName, withLocks: Bool) async throws -> [ChecklistEvidence.Copies] {
        guard !settings.vaults.isEmpty else { return [] }
        let wantsLocks = { (address: VaultAddress) in withLocks && settings.lock != nil && address.hasLocks }
        let seen = try await attempt { () async throws -> [VaultSight] in
            _ = try await waitingForGlances { try await sync(app, .look) }
            var known = WatchedCopies(directory: settings.stateDirectory)
            return try known.sights(of: app, settings.vaults)
        }
        guard let sights = seen.value else {
            return settings.vaults.map { address in
                .init(
                    vault: address.description, count: 0, trouble: seen.problem, wantsLocks: wantsLocks(address))
            }
        }
        var copies: [ChecklistEvidence.Copies] = []
        for (address, sight) in zip(settings.vaults, sights) {
            var found = ChecklistEvidence.Copies(
                vault: sight.vault, count: sight.copies.count, missing: sight.missing.sorted(),
                differing: sight.differing.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" },
                trouble: sight.trouble?.message, wantsLocks: wantsLocks(address))
            if found.wantsLocks, found.trouble == nil {
                let names = sight.copies.keys.compactMap { ArchiveName($0) }
                let read = try await attempt { try await locks(in: address, names) }
                found.locks = read.value
                found.lockTrouble = read.problem.map { "its locks can't be read: \($0)" }
            }
            copies.append(found)
        }
        return copies
    }

    /// The store is asked for each lock that should still hold.
    private func locks(
        in address: VaultAddress, _ names: [ArchiveName]
    ) async throws -> [ChecklistEvidence.LockReading] {
        let wishes = settings.copyWishes
        let wanted = names.sorted().compactMap { name in
            wishes.locking(for: name, at: address, now: now()).lock.map { (name.text, $0) }
        }
        return try await BlockingWork.cancellable { cancellation in
            try await BlockingWork.run("pgkeep locks") {
                let vault = try vault(at: address)
                return try wanted.map { name, lock in
                    try cancellation.check()
                    let found = try vault.lock(of: name)
                    return .init(
                        archive: name, lockedUntil: found?.until, mode: found?.mode, wanted: lock.until,
                        wantedMode: lock.mode)
                }
            }
        }
    }
}

extension Error {
    /// Whether somebody wants the work to end.
    fileprivate var isInterruption: Bool { asPGKeepError.code == .interrupted }
}

extension Result where Failure == PGKeepError {
    fileprivate var value: Success? { if case .success(let value) = self { value } else { nil } }

    fileprivate var problem: String? { if case .failure(let error) = self { error.description } else { nil } }
}

extension ChecklistEvidence {
    /// What a drill compared, a line each.
    fileprivate static func details(of proof: Proof) -> [String] {
        let objects = proof.objects.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
        let checks = proof.checks.map { "check \($0.name): \($0.passed ? "passed" : "failed")" }
        return [
            "\(Figures.count(proof.tables.count, "table")), \(Figures.grouped(proof.rows)) rows: all equal",
            "\(Figures.count(proof.sequences, "sequence")), \(Figures.count(proof.largeObjects, "large object")): all equal",
            "definitions (\(proof.definitions.rawValue)): \(objects.joined(separator: ", "))",
            "restored on \(proof.serverVersion), taken from \(proof.archiveServerVersion)",
            "SHA-256 of the archive: \(proof.sha256)",
        ] + checks
    }
}
