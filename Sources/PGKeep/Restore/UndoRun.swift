import Foundation
import PGKeepModel
import PGKeepPostgres

/// Takes a restore back: the database that was kept aside gets its name again, by rename in one transaction.
enum UndoRun {
    static func run(
        _ database: String, _ server: ConnectionString, now: Date, _ cancellation: Cancellation
    ) throws -> UndoReport {
        let connection = try Databases.maintenance(server, avoiding: database, cancellation: cancellation)
        let kept = try SideDatabase.all(connection)
            .first { $0.note.pgkeep == .before && $0.note.database == database }
        guard let kept else {
            throw PGKeepError(
                .failed, "no database was kept aside for \(database)",
                hint: "list what there is: psql \"$DATABASE_URL\" -d postgres -l")
        }
        var renames = [(from: kept.name, to: database)]
        var comments = [(name: database, text: kept.note.comment ?? "")]
        let aside = try SideDatabase.nameAside(database, now, connection)
        if try Databases.exists(database, connection) {
            renames.insert((database, aside), at: 0)
            comments.append((aside, try SideDatabase.noteKeepingAside(database, now, connection)))
        }
        try Databases.rename(renames, commenting: comments, connection, cancellation)
        return UndoReport(database: database, broughtBack: kept.name, keptAside: aside)
    }

    /// Drops the databases that were kept aside longer than `days`; their names.
    static func removeOld(
        days: Int, _ server: ConnectionString, dryRun: Bool, now: Date, _ cancellation: Cancellation
    ) throws -> [String] {
        // Any database shows the comments of all; the one that is backed up is sure to let us in.
        let connection = try Connection(server, purpose: "pgkeep cleanup", cancellation: cancellation)
        let old = try SideDatabase.all(connection).filter {
            $0.note.pgkeep == .before && now.timeIntervalSince($0.note.at) > Double(days) * 86_400
        }
        if !dryRun { for database in old { try Databases.drop(database.name, connection) } }
        return old.map(\.name)
    }
}
