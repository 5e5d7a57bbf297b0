package import Foundation
import PGKeepModel
import PGKeepVaults

extension Catalogue {
    /// Marks an archive as never to be deleted by retention; whether it wasn't before.
    @discardableResult
    package func pin(_ name: String, at now: Date, by user: String?) throws -> Bool {
        guard try !backup(name).pinned else { return false }
        try vault.put(Mark.pin.name(for: name), MarkFacts(at: now, by: user).encoded())
        return true
    }

    /// Takes the pin off; whether there was one.
    @discardableResult
    package func unpin(_ name: String) throws -> Bool {
        guard try backup(name).pinned else { return false }
        try vault.remove(Mark.pin.name(for: name))
        return true
    }

    /// Marks an archive as unlike its history.
    package func suspect(_ name: String, at now: Date, reason: String) throws {
        _ = try backup(name)
        try vault.put(Mark.suspect.name(for: name), MarkFacts(at: now, reason: reason).encoded())
    }

    /// Lets deletion go on in spite of a suspect archive; whether it was suspect.
    @discardableResult
    package func accept(_ name: String) throws -> Bool {
        guard try backup(name).suspect else { return false }
        try vault.remove(Mark.suspect.name(for: name))
        return true
    }

    /// Removes an archive, then its marks, so that a crash between leaves a mark without an archive, not the reverse.
    package func remove(_ name: String) throws {
        try vault.remove(name)
        for mark in Mark.allCases where try vault.exists(mark.name(for: name)) {
            try vault.remove(mark.name(for: name))
        }
    }

    /// Removes by hand; the last good backup of its app goes only by force.
    package func remove(_ name: String, force: Bool) throws -> Backup {
        let backup = try backup(name)
        if !force, backup.isGood, !backup.suspect {
            let others = try Catalogue(vault: vault, app: AppName(encoded: backup.app)).backups()
            guard others.contains(where: { $0.isGood && !$0.suspect && $0.name != name }) else {
                throw PGKeepError(
                    .failed, "\(name) is the last good backup of \(backup.app)", hint: "pgkeep remove --force \(name)")
            }
        }
        if !force, backup.pinned {
            throw PGKeepError(.failed, "\(name) is pinned", hint: "pgkeep unpin \(name)")
        }
        try remove(name)
        return backup
    }
}
