import PGKeepArchive
import PGKeepModel
import PGKeepPostgres

/// Plays SQL of schema and finish in one session: whole entries, or statement by statement where some are left out.
struct EntryPlayer {
    let connection: Connection
    let leavingOut: LeavingOut
    let leftOut: LeftOut

    func play(_ entry: DumpEntry) throws { try play(entry.sql) }

    func play(_ sql: [UInt8]) throws {
        guard !leavingOut.isEmpty else {
            do {
                return try connection.execute(sql)
            } catch let error as PGKeepError {
                throw EntryPlayer.placed(error, in: DumpStatement.split(sql).first { !$0.begins(with: "SET") })
            }
        }
        for statement in DumpStatement.split(sql) where !leavingOut.isUnwanted(statement) {
            guard !leavingOut.mustWait(statement) else {
                leftOut.postpone(statement)
                continue
            }
            do {
                try connection.execute(statement.sql)
            } catch let error as PGKeepError {
                guard leavingOut.mayMiss(statement, error) else { throw EntryPlayer.placed(error, in: statement) }
                leftOut.add(statement, error)
            }
        }
    }

    /// Tells which statement it was, and what to do where the role is the reason.
    private static func placed(_ error: PGKeepError, in statement: DumpStatement?) -> PGKeepError {
        guard let statement, error.code == .failed || error.code == .privileges else { return error }
        var error = error
        error.message += " while restoring \(statement.title)"
        if statement.givesAway {
            error.hint = error.hint ?? "pgkeep restore … --no-owner   (everything belongs to the restoring role)"
        } else if statement.grants {
            error.hint = error.hint ?? "pgkeep restore … --no-privileges   (nobody is granted anything)"
        }
        return error
    }
}
