import Foundation
import PGKeepArchive
import PGKeepModel
import PGKeepVaults

/// A backup beside its app's history, and the watch over all of it.
extension BackupSystem {
    /// How well protected the app is, or every app of the vault if none is set; no server is asked.
    public func protection() async throws -> ProtectionFacts {
        let watcher = try Watcher(settings, now: now)
        return try await watcher.look(at: try await watchedApps(watcher))
    }

    /// The app that is set or that `DATABASE_URL` names, even if it has no backup yet; else those that have.
    private func watchedApps(_ watcher: Watcher) async throws -> [WatchedApp] {
        guard settings.appName != nil || settings.databaseURL != nil else { return try await watcher.appsInVault() }
        return [WatchedApp(try app(), settings: settings)]
    }

    /// Compares a backup with its app's history; one that collapsed is marked before retention acts.
    func judge(
        _ outcome: CreateBackup.Outcome, _ app: AppName, _ vault: DirectoryVault
    ) throws -> JudgedBackup {
        let figures = BackupFigures(archive: outcome.name.text, bytes: outcome.bytes, of: outcome.index)
        let present = VaultDigest(try vault.list())
        let suspects = present.archives[app]?.filter(\.isSuspect).map(\.name.text) ?? []
        let history = try journal.history(of: app, suspects: Set(suspects), present: present.names)
        let judged = JudgedBackup(figures: figures, anomalies: Anomalies.find(in: figures, history: history))
        if judged.isSuspect {
            try catalogue(vault, app).suspect(outcome.name.text, at: now(), reason: judged.reason)
        }
        return judged
    }

    /// The journal's line of a backup: all that later looks need, since its archive may be sealed, or gone, by then.
    func record(
        _ outcome: CreateBackup.Outcome, _ app: AppName, _ judged: JudgedBackup, took: Duration
    ) throws {
        var details = judged.figures.details
        details["app"] = .string(app.text)
        details["tier"] = .string(outcome.name.tier.rawValue)
        details["tables"] = .integer(Int64(outcome.footer.tables))
        details["index"] = .string(outcome.footer.indexSHA256)
        details["systemIdentifier"] = outcome.index.header.server.systemIdentifier.map(JSONValue.string)
        if let seal = outcome.seal {
            details["sha256"] = .string(seal.sha256)
            details["sealedFor"] = .list(seal.identifiers.map { .string($0.description) })
        }
        details["durationSeconds"] = .number(took.seconds)
        details["toolHole"] = outcome.toolHole.map(JSONValue.string)
        if !outcome.warnings.isEmpty { details["warnings"] = .list(outcome.warnings.map(JSONValue.string)) }
        if !judged.anomalies.isEmpty {
            details["anomalies"] = .list(judged.anomalies.map { .string($0.message) })
        }
        if judged.isSuspect { details["suspect"] = true }
        try record(JournalEvent(.backup, archive: outcome.name.text, details: details))
    }

    /// Says what is not as usual.
    func tell(_ judged: JudgedBackup) {
        if judged.isSuspect { talk(.backupSuspect(judged.figures.archive)) }
        for anomaly in judged.anomalies { talk(.warning(.backup, anomaly.message)) }
        if judged.isSuspect {
            talk(.step(.backup, "No older backup is deleted until: pgkeep accept \(judged.figures.archive)"))
        }
    }

    /// What is known of a run that failed, perhaps before anybody knew whose backup it was to be.
    func failureDetails(_ tier: Tier, _ error: any Error) -> [String: JSONValue] {
        var details: [String: JSONValue] = ["tier": .string(tier.rawValue), "error": .string("\(error)")]
        let code = (error as? PGKeepError)?.code ?? (error is CancellationError ? .interrupted : .failed)
        details["code"] = .string(code.description)
        do {
            details["app"] = .string(try app().text)
        } catch {
            // That is what the run failed for: its own error tells it.
        }
        return details
    }
}

/// A backup and what is unusual in it.
struct JudgedBackup: Sendable {
    var figures: BackupFigures
    var anomalies: [Anomaly]

    var isSuspect: Bool { anomalies.contains(where: \.isCollapse) }
    var reason: String { anomalies.map(\.message).joined(separator: "; ") }
}
