import PGKeepModel
import PGKeepPostgres

/// What keeps an archive from being drilled here, which says nothing against the archive: the server lacks an extension's
/// library, a tablespace, a collation.
enum DrillObstacle {
    private static let ofServer: Set<RestorePlan.Blocker.Kind> = [.extension, .tablespace, .version]

    static func refuse(_ plan: RestorePlan, _ archive: String) throws {
        let lacking = plan.blockers.filter { ofServer.contains($0.kind) }
        if !lacking.isEmpty {
            throw error(
                archive, cause: lacking.map(\.message).joined(separator: "; "),
                hint: lacking.map(\.hint).joined(separator: "\n"))
        }
        guard let free = plan.freeBytes, free < plan.neededBytes else { return }
        throw PGKeepError(
            .noSpace, "\(archive) was not drilled",
            cause: "\(ByteCount(plan.neededBytes)) are needed, \(ByteCount(free)) are free",
            hint: "export BACKUP_DRILL_DIR=…   (a folder with more room)")
    }

    /// Tries to create a database with the archive's encoding and locale, unless every server has it.
    static func tryLocale(of properties: DatabaseProperties, _ archive: String, _ connection: Connection) throws {
        let everywhere: Set<String> = ["C", "POSIX", "C.UTF-8", "C.utf8"]
        let isPlain = properties.localeProvider ?? "libc" == "libc"
        if isPlain, everywhere.contains(properties.collate), everywhere.contains(properties.characterType) { return }
        do {
            try Databases.create("pgkeep_locale", like: properties, connection)
            try Databases.drop("pgkeep_locale", connection)
        } catch let failure as PGKeepError where failure.code == .failed {
            throw error(archive, cause: failure.description, hint: failure.hint)
        }
    }

    /// A refusal while it was restored that only means that the server can't do something.
    static func explained(_ thrown: any Error, _ archive: String) -> any Error {
        guard let failure = thrown as? PGKeepError, let state = failure.sqlState else { return thrown }
        // Feature not supported, and a library that isn't there.
        var isOfServer = ["0A000", "58P01"].contains(state)
        let words = failure.description
        // An extension that wants to be loaded at the server's start, or lacks a part of itself; not one whose schema is
        // missing in the archive. What was being restored stands there in our own words.
        let isExtension = words.contains("while restoring CREATE EXTENSION")
        isOfServer = isOfServer || isExtension && !["3F000", "42P01"].contains(state)
        // A locale that this machine lacks, of a collation or of a column: the SQLSTATE is that of anything unknown, and a
        // scratch server speaks English.
        let isCollation = words.contains("while restoring CREATE COLLATION") || words.contains("collation \"")
        isOfServer = isOfServer || isCollation && ["42704", "22023"].contains(state)
        guard isOfServer else { return thrown }
        return error(archive, cause: failure.description, hint: failure.hint)
    }

    /// What the other server has already, or is, that keeps a side database from being made there.
    static func refuseIfBlocked(_ plan: RestorePlan, _ archive: String) throws {
        do {
            try plan.refuseIfBlocked()
        } catch let failure as PGKeepError where failure.code == .failed {
            throw PGKeepError(
                .settings, "\(archive) was not drilled", cause: failure.cause ?? failure.message, hint: failure.hint)
        }
    }

    private static func error(_ archive: String, cause: String, hint: String?) -> PGKeepError {
        PGKeepError(
            .toolMissing, "\(archive) was not drilled: the server lacks what it needs", cause: cause, hint: hint)
    }
}
