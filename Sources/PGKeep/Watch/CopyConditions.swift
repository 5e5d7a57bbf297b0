import Foundation
import PGKeepModel

extension Conditions {
    /// What is not as it should be with an app's copies.
    static func ofCopies(_ app: AppProtection, _ now: Date) -> [Condition] {
        app.vaults.flatMap { vault in
            [trouble(vault, app), missing(vault, app, now), differing(vault, app), unlocked(vault, app, now)]
                .compactMap(\.self)
        }
    }

    private static func trouble(_ vault: CopyProtection, _ app: AppProtection) -> Condition? {
        vault.trouble.map { trouble in
            Condition(
                trouble.isOfLock ? .lockMissing : .copyFailed, app: app.app, subject: vault.vault,
                message: "copies to \(vault.vault) fail: \(trouble.reason)", hint: trouble.hint ?? "pgkeep sync",
                since: trouble.since)
        }
    }

    /// Copies that are gone are told at once; others once they had their time, unless they are being made, or it is told
    /// already what stands in the way.
    private static func missing(_ vault: CopyProtection, _ app: AppProtection, _ now: Date) -> Condition? {
        let message: String
        if !vault.vanished.isEmpty {
            let count = vault.vanished.count
            message =
                "\(Figures.count(count, "copy", "copies")) that \(count == 1 ? "was" : "were") in \(vault.vault) "
                + "\(count == 1 ? "is" : "are") gone: \(listed(vault.vanished))"
        } else if !vault.overdue.isEmpty, app.copying == nil, vault.trouble == nil {
            message =
                "\(vault.overdue.count) of \(Figures.count(app.backups, "backup")) "
                + "\(vault.overdue.count == 1 ? "has" : "have") no copy in \(vault.vault): \(listed(vault.overdue))"
        } else {
            return nil
        }
        return Condition(
            .copyMissing, app: app.app, subject: vault.vault, message: message, hint: "pgkeep sync", since: now)
    }

    private static func differing(_ vault: CopyProtection, _ app: AppProtection) -> Condition? {
        guard let first = vault.differing.first else { return nil }
        let more = vault.differing.count > 1 ? ", and \(vault.differing.count - 1) more" : ""
        return Condition(
            .verifyFailed, app: app.app, subject: vault.vault,
            message: "the copy of \(first.name) in \(vault.vault) is not what it should be: \(first.reason)\(more)",
            hint: "pgkeep sync", since: first.since)
    }

    private static func unlocked(_ vault: CopyProtection, _ app: AppProtection, _ now: Date) -> Condition? {
        guard let name = vault.unlocked, vault.trouble?.isOfLock != true else { return nil }
        return Condition(
            .lockMissing, app: app.app, subject: vault.vault,
            message: "the newest copy in \(vault.vault), \(name), is not locked, and BACKUP_LOCK is set",
            hint: "pgkeep backup   (what is copied from now on is locked)", since: now)
    }

    private static func listed(_ names: [String]) -> String {
        let rest = names.count > 3 ? " and \(names.count - 3) more" : ""
        return names.prefix(3).joined(separator: ", ") + rest
    }
}
