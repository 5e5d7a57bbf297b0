import Foundation
import PGKeepArchive
import PGKeepModel
import PGKeepVaults

/// A backup beside its app's history, and the watch over all of it.
extension BackupSystem {
    /// How well protected what is kept is, or every app of the vault if nothing is set; no server is asked.
    public func protection() async throws -> ProtectionFacts {
        var facts: [ProtectionFacts] = []
        for place in try await watchedDatabases().places {
            let system = with(place[0].settings)
            await lookAtCopies(of: place)
            let kept = try await system.appsOfKeepers()
            let apps = place.map { database in
                WatchedApp(
                    database.app, settings: database.settings,
                    nextRuns: kept.contains(database.app.text) ? database.settings.nextRuns(after: now()) : [:])
            }
            facts.append(try await Watcher(system.settings, now: now).look(at: apps))
        }
        if let facts = ProtectionFacts(joining: facts) { return facts }
        return try await Watcher(settings, now: now).look(at: [])
    }

    /// The databases that are set, even if they have no backup yet; else those of the vault. Of a server of which every
    /// database is kept, those it had when a keeper asked last count too.
    private func watchedDatabases() async throws -> KeptDatabases {
        let isOpen: Bool
        var databases: [KeptDatabases.Database] = []
        switch settings.databases {
        case .one: isOpen = settings.appName == nil && settings.databaseURL == nil
        case .every:
            isOpen = true
            let memory = try KeptMemoryFile(directory: settings.stateDirectory).load()
            databases = try settings.keptDatabases(named: memory.present).databases
        case .named, .listed: isOpen = false
        }
        guard isOpen else { return try await settings.keptDatabases() }
        let known = Set(databases.map(\.app))
        let found = try await Watcher(settings, now: now).appsInVault().map(\.app).filter { !known.contains($0) }
        return KeptDatabases(databases: databases + found.map { .init(app: $0, settings: settings) })
    }

    /// The apps that a keeper is at work for: whoever takes backups by hand or by cron has none.
    private func appsOfKeepers() async throws -> Set<String> {
        let (directory, now) = (settings.backupDirectory, now())
        return try await BlockingWork.run("pgkeep keepers") {
            let notes = try KeeperNotes(vault: DirectoryVault(directory)).all()
            return notes.filter { $0.isFresh(at: now) }.reduce(into: []) { $0.formUnion($1.apps.keys) }
        }
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
