import PGKeepArchive
import PGKeepModel
import PGKeepPostgres

/// Plays units of rows and large objects into one session: SQL as it comes, rows through COPY.
struct UnitPlayer: DumpVisitor {
    let connection: Connection
    /// The rows the server took, by table.
    private(set) var loaded: [QualifiedName: Int64] = [:]
    private let player: EntryPlayer
    private let progress: Progress?
    private var sql: [UInt8] = []
    private var target: CopyTarget?

    init(_ connection: Connection, _ player: EntryPlayer, progress: Progress?) {
        self.connection = connection
        self.player = player
        self.progress = progress
    }

    mutating func line(_ line: UnsafeRawBufferPointer, _ role: LineRole) throws {
        switch role {
        case .restrict, .unrestrict, .connect: break
        // Statement by statement would need a parser; entry by entry is how pg_dump wrote it.
        case .header:
            try flush()
            sql += line
        case .text, .rule, .sessionState, .complete: sql += line
        }
    }

    mutating func copyBegan(_ target: CopyTarget) throws {
        // The COPY is at the end of what waits.
        try connection.copyIn(sql)
        sql = []
        self.target = target
    }

    mutating func rows(_ block: UnsafeRawBufferPointer) throws {
        try connection.send(block)
        progress?.add(bytes: Int64(block.count))
    }

    mutating func copyEnded() throws {
        guard let target else { return }
        let rows = try connection.endCopyIn()
        loaded[target.name, default: 0] += rows
        progress?.add(bytes: 0, rows: rows)
        self.target = nil
    }

    /// Runs what waits.
    mutating func flush() throws {
        guard !sql.isEmpty else { return }
        try player.play(sql)
        sql = []
    }
}
