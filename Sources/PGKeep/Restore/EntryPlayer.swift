import PGKeepArchive
import PGKeepModel
import PGKeepPostgres

/// Plays SQL of schema and finish in one session: whole entries, or statement by statement where some are left out.
struct EntryPlayer {
    let connection: Connection
    let leavingOut: LeavingOut
    let leftOut: LeftOut

    func play(_ entry: DumpEntry) throws { try play(entry.sql) }

    /// `clearing`: the text is what another tool's dump clears away before it begins.
    func play(_ sql: [UInt8], clearing: Bool = false) throws {
        guard !leavingOut.isEmpty else {
            do {
                return try connection.execute(sql)
            } catch let error as PGKeepError {
                throw RestoreHints.placed(error, in: DumpStatement.split(sql).first { !$0.begins(with: "SET") })
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
                if leavingOut.isHarmless(statement, error, clearing: clearing) { continue }
                guard leavingOut.mayMiss(statement, error) else { throw RestoreHints.placed(error, in: statement) }
                leftOut.add(statement, error)
            }
        }
    }
}
