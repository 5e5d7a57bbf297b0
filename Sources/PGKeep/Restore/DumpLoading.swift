import PGKeepArchive
import PGKeepModel
import PGKeepPostgres

/// Loads one database out of another tool's dump into an empty database: in order and in one session, as psql would,
/// but no statement may fail.
struct DumpLoading: Sendable {
    var dump: ForeignDump
    var section: DumpSection
    var target: ConnectionString
    var leavingOut: LeavingOut
    var leftOut: LeftOut
    var progress: Progress?
    var cancellation: Cancellation

    /// Gives how many rows the server took through COPY, by table.
    func load() async throws -> [QualifiedName: Int64] {
        progress?.begin("loading", totalBytes: section.rawBytes)
        return try await BlockingWork.run("pgkeep load") {
            let connection = try Connection(target, purpose: "pgkeep restore", cancellation: cancellation)
            // A crash loses the whole side database anyway, and the swap's own commit waits for the disk.
            try connection.query(
                "\(Session.withoutTimeouts); SET default_transaction_read_only = off; SET synchronous_commit = off")
            var leavingOut = self.leavingOut
            leavingOut.foreign = true
            let player = EntryPlayer(connection: connection, leavingOut: leavingOut, leftOut: leftOut)
            let visitor = DumpPlayer(connection, player, of: section.database, progress: progress)
            var played = try dump.read(visitor) { try cancellation.check() }
            try played.flush()
            return played.loaded
        }
    }
}
