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
        let app = try app()
        talk(.step(.backup, "\(period.rawValue.capitalized)'s checklist of \(app)..."))
        let evidence = try await evidence(for: period, app, progress)
        let report = ChecklistReport(period, evidence, host: ProcessInfo.processInfo.hostName)
        try record(
            JournalEvent(
                .checklist, outcome: report.hasFailures ? .failed : .ok,
                details: [
                    "app": .string(app.text), "period": .string(period.rawValue),
                    "failed": .list(report.items(.failed).map { .string($0.kind.rawValue) }),
                    "notDone": .list(report.items(.notDone).map { .string($0.kind.rawValue) }),
                ]))
        return report
    }

    private func evidence(
        for period: ChecklistPeriod, _ app: AppName, _ progress: Progress?
    ) async throws -> ChecklistEvidence {
        let at = now()
        let since = period.start(before: at, in: settings.timeZone)
        let verifications = try await verifications(
            of: catalogue().backups().filter { $0.createdAt >= since }, progress)
        let (drill, disasterDrill) = try await drills(for: period, progress)
        let copies = try await copies(of: app, withLocks: period.included.contains(.quarter))
        var evidence = ChecklistEvidence(
            app: app, at: at, timeZone: settings.timeZone, retention: settings.retention,
            schedules: settings.schedules, rpo: settings.rpo, rto: settings.rto, backups: try catalogue().backups(),
            lines: try journal.lines().filter { $0.isAbout(app) })
        evidence.verifications = verifications
        evidence.drill = drill
        evidence.disasterDrill = disasterDrill
        evidence.copies = copies
        evidence.vault = try await Watcher(settings, now: now).look(at: [WatchedApp(app, settings: settings)]).vault
        evidence.recipients = settings.encryptionRecipients.map { KeyIdentifier(of: $0).description }
        if period.included.contains(.year) { evidence.verdict = try await auditVerify() }
        return evidence
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
                    .init(archive: report.name, problems: report.problems, unchecked: report.unchecked))
            } catch let error as PGKeepError where error.code != .interrupted {
                found.append(.init(archive: backup.name, problems: [error.description]))
            }
        }
        return found
    }

    // MARK: Drills

    private func drills(
        for period: ChecklistPeriod, _ progress: Progress?
    ) async throws -> (restore: ChecklistEvidence.Drill, disaster: ChecklistEvidence.Drill) {
        let none = ChecklistEvidence.Drill.notDone(reason: "it is no part of this list")
        guard period.included.contains(.month) else { return (none, none) }
        let restore = try await drill(listed: "latest", progress)
        guard period.included.contains(.quarter) else { return (restore, none) }
        guard let away = settings.vaults.first(where: \.isRemote) else {
            return (restore, .notDone(reason: "there is no vault off site (BACKUP_VAULTS)"))
        }
        return (restore, try await drill(listed: "\(away)/latest", progress))
    }

    private func drill(listed name: String, _ progress: Progress?) async throws -> ChecklistEvidence.Drill {
        do {
            let proof = try await drill(name, progress: progress).proof
            let archive = name == "latest" ? proof.archive : "\(name) (\(proof.archive))"
            guard proof.verdict == .proven else { return .failed(archive: archive, reason: proof.reason ?? "") }
            return .passed(archive: archive, seconds: proof.rtoSeconds, details: ChecklistEvidence.details(of: proof))
        } catch let error as PGKeepError where error.code != .interrupted {
            // Where nothing is to be restored from, somebody relies on what isn't there.
            return DrillFailure.isOfArchive(error) || error.code == .noSuchArchive
                ? .failed(archive: name, reason: error.description) : .notDone(reason: error.description)
        }
    }

    // MARK: Copies

    /// What lies in every other vault, looked at now.
    private func copies(of app: AppName, withLocks: Bool) async throws -> [ChecklistEvidence.Copies] {
        guard !settings.vaults.isEmpty else { return [] }
        _ = try await sync(app, .look)
        var known = WatchedCopies(directory: settings.stateDirectory)
        let sights = try known.sights(of: app, settings.vaults)
        var copies: [ChecklistEvidence.Copies] = []
        for (address, sight) in zip(settings.vaults, sights) {
            var found = ChecklistEvidence.Copies(
                vault: sight.vault, count: sight.copies.count, missing: sight.missing.sorted(),
                differing: sight.differing.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" },
                trouble: sight.trouble?.message)
            if withLocks, settings.lock != nil, address.hasLocks, sight.trouble == nil {
                found.locks = try await locks(in: address, sight.copies.keys.compactMap { ArchiveName($0) })
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
            wishes.locking(for: name, at: address, now: now()).lock.map { (name.text, $0.until) }
        }
        return try await BlockingWork.cancellable { cancellation in
            try await BlockingWork.run("pgkeep locks") {
                let vault = try vault(at: address)
                return try wanted.map { name, until in
                    try cancellation.check()
                    return .init(archive: name, lockedUntil: try vault.lock(of: name)?.until, wanted: until)
                }
            }
        }
    }
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
