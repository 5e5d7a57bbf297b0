import PGKeepModel
import PGKeepVaults

extension JournalEvent {
    /// A copy was made, and how it was compared with its original.
    static func copied(_ copy: MadeCopy, to address: VaultAddress, of app: AppName) -> JournalEvent {
        var details: [String: JSONValue] = [
            "app": .string(app.text), "vault": .string(address.description), "bytes": .integer(copy.bytes),
            "checked": .string(copy.checked), "durationSeconds": .number(copy.seconds),
        ]
        details["lockedUntil"] = copy.lock.map { .string($0.until.iso8601) }
        details["lockMode"] = copy.lock.map { .string($0.mode.rawValue) }
        return JournalEvent(.copy, archive: copy.name, details: details)
    }

    /// A copy could not be made; without a name: none could.
    static func notCopied(
        _ name: String?, to address: VaultAddress, of app: AppName, _ error: PGKeepError
    ) -> JournalEvent {
        JournalEvent(
            .copy, archive: name, outcome: .failed,
            details: [
                "app": .string(app.text), "vault": .string(address.description), "error": .string(error.description),
                "code": .string(error.code.description),
            ])
    }

    /// Retention deleted a copy.
    static func deleted(_ entry: CleanupReport.Entry, in address: VaultAddress) -> JournalEvent {
        JournalEvent(
            .delete, archive: entry.name,
            details: [
                "ageDays": .integer(Int64(entry.ageDays)), "bytes": .integer(entry.bytes),
                "reason": .string(entry.reason), "vault": .string(address.description),
            ])
    }

    /// Retention deleted an older version of a name that was deleted before.
    static func swept(_ version: VaultVersion, from address: VaultAddress) -> JournalEvent {
        JournalEvent(
            .delete, archive: version.name,
            details: [
                "bytes": .integer(version.bytes), "reason": "a version of a deleted copy",
                "version": .string(version.id),
                "vault": .string(address.description),
            ])
    }
}
