import Foundation
import PGKeepModel
import PGKeepVaults

/// Removing copies by hand.
extension BackupSystem {
    /// Removes an archive's copies from every vault, as far as no lock holds them; not while copies are made, which might
    /// bring one back.
    func removeCopies(_ name: String, of app: AppName) async -> [RemovalReport.Copy] {
        guard !settings.vaults.isEmpty else { return [] }
        do {
            return try await waitingForGlances {
                try await RunLock.with(
                    directory: SightsFile.folder(in: settings.stateDirectory), app: app, doing: "removing copies"
                ) {
                    await removeFromVaults(name)
                }
            }
        } catch {
            let problem = error.asPGKeepError.description
            return settings.vaults.map {
                RemovalReport.Copy(vault: $0.description, removed: false, problem: problem)
            }
        }
    }

    private func removeFromVaults(_ name: String) async -> [RemovalReport.Copy] {
        let places = vaultPlaces
        return await withTaskGroup(of: (Int, RemovalReport.Copy?).self) { group in
            for (number, address) in settings.vaults.enumerated() {
                group.addTask { (number, await removeCopy(name, places[address])) }
            }
            return await group.reduce(into: [Int: RemovalReport.Copy]()) { $0[$1.0] = $1.1 }
        }.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Nil where there is none.
    private func removeCopy(_ name: String, _ place: VaultPlace) async -> RemovalReport.Copy? {
        let address = place.address
        var copy = RemovalReport.Copy(vault: address.description, removed: false)
        do {
            let now = now()
            let outcome = try await place.ask { vault -> (wasThere: Bool, locked: Date?) in
                guard try vault.exists(name) else { return (false, nil) }
                let removal = CopyRemoval(vault: vault, address: address, now: now)
                if let until = try removal.lock(on: name) { return (true, until) }
                try removal.remove(name, versions: vault.versions())
                return (true, nil)
            }
            guard outcome.wasThere else { return nil }
            copy.lockedUntil = outcome.locked?.iso8601
            copy.removed = outcome.locked == nil
            if copy.removed {
                note(JournalEvent(.remove, archive: name, details: ["vault": .string(address.description)]))
            }
        } catch {
            copy.problem = error.asPGKeepError.description
        }
        return copy
    }

    /// Removes an archive of which the backup folder has nothing any more; nil if no vault has it either.
    func removeCopyOnly(_ name: String, force: Bool) async throws -> RemovalReport? {
        guard let archive = ArchiveName(name), archive.app == (try app()) else { return nil }
        if !force, try catalogue().latest(now: now()) == nil {
            throw PGKeepError(
                .failed,
                "there is no good backup of \(archive.app) in \(settings.backupDirectory): copies may be the last",
                hint: "pgkeep remove --force \(name)")
        }
        let copies = await removeCopies(name, of: archive.app)
        guard let first = copies.first else { return nil }
        return RemovalReport(
            backup: Backup(
                name: name, path: "\(first.vault)/\(name)", app: archive.app.text, tier: archive.tier,
                createdAt: archive.createdAt, bytes: 0, sealed: archive.sealed),
            copies: copies)
    }

    /// Writes down of an archive that vanished that somebody knows; nil unless the journal tells that it was taken and
    /// not that it was removed.
    func acknowledge(_ name: String) throws -> RemovalReport? {
        guard let archive = ArchiveName(name), archive.app == (try app()) else { return nil }
        let told = try journal.lines().filter {
            $0.archive == name && $0.outcome == JournalEvent.Outcome.ok.rawValue && $0.text("vault") == nil
        }.compactMap { JournalEvent.Kind(rawValue: $0.event) }
        guard told.contains(.backup), !told.contains(.delete), !told.contains(.remove) else { return nil }
        try record(JournalEvent(.remove, archive: name, details: ["bytes": 0, "vanished": true]))
        talk(.step(.backup, "\(name) is gone, which is written down now; copies of it stay"))
        return RemovalReport(
            backup: Backup(
                name: name, path: try primary().path(of: name), app: archive.app.text, tier: archive.tier,
                createdAt: archive.createdAt, bytes: 0, sealed: archive.sealed),
            copies: [])
    }
}
