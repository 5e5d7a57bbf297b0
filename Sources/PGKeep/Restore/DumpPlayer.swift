import PGKeepArchive
import PGKeepModel
import PGKeepPostgres

/// Plays one database of a whole dump into one session: SQL an entry at a time, INSERTs a megabyte at a time, rows
/// through COPY. Of what stands before the databases, roles that are missing are created.
struct DumpPlayer: DumpVisitor {
    private enum Part { case head, wanted, other }

    private static let batchBytes = 1 << 20

    let connection: Connection
    /// The rows the server took through COPY, by table.
    private(set) var loaded: [QualifiedName: Int64] = [:]
    private let player: EntryPlayer
    private let database: String?
    private let progress: Progress?
    private var part: Part
    /// No entry has begun yet: what stands here clears away what was there before.
    private var isClearing = true
    private var roles: DumpRoles
    private var sql: [UInt8] = []
    private var isInserts = false
    private var atTop = true
    private var searchPath = SearchPath()
    private var target: CopyTarget?

    /// `database` is nil where the dump names none.
    init(_ connection: Connection, _ player: EntryPlayer, of database: String?, progress: Progress?) {
        self.connection = connection
        self.player = player
        self.database = database
        self.progress = progress
        part = database == nil ? .wanted : .head
        roles = DumpRoles(connection: connection, leftOut: player.leftOut)
    }

    mutating func line(_ line: UnsafeRawBufferPointer, _ role: LineRole) throws {
        switch role {
        case .restrict, .unrestrict: break
        case .connect(let name):
            try flush()
            part = name == database ? .wanted : .other
            isClearing = true
            searchPath = SearchPath()
        case .header:
            try flush()
            isClearing = false
            sql += line
        case .text:
            guard part != .other else { return }
            if atTop { try begin(line) }
            sql += line
        case .rule, .sessionState, .complete: if part != .other { sql += line }
        }
    }

    mutating func statementClosed() { atTop = true }

    mutating func copyBegan(_ target: CopyTarget) throws {
        atTop = true
        guard part == .wanted else {
            sql = []
            return
        }
        // The COPY is at the end of what waits.
        var statements = DumpStatement.split(sql)
        guard let copy = statements.popLast() else { return }
        for statement in statements { try player.play(statement.sql) }
        sql = []
        try connection.copyIn(copy.sql)
        self.target = searchPath.resolve(target)
    }

    mutating func rows(_ block: UnsafeRawBufferPointer) throws {
        guard target != nil else { return }
        try connection.send(block)
        progress?.add(bytes: Int64(block.count))
    }

    mutating func copyEnded() throws {
        guard let target else { return }
        self.target = nil
        let rows: Int64
        do {
            rows = try connection.endCopyIn()
        } catch let error as PGKeepError {
            throw RestoreHints.placed(error, in: nil)
        }
        loaded[target.name, default: 0] += rows
        progress?.add(bytes: 0, rows: rows)
    }

    /// Runs what waits.
    mutating func flush() throws {
        guard !sql.isEmpty else { return }
        let text = sql
        sql = []
        switch part {
        case .other: break
        case .head: for statement in DumpStatement.split(text) { try roles.heed(statement, player.leavingOut) }
        // Whole statements, and so many of them that looking into each would cost more than running it.
        case .wanted where isInserts: try insert(text)
        case .wanted: try player.play(text, clearing: isClearing)
        }
        isInserts = false
    }

    private func insert(_ statements: [UInt8]) throws {
        do {
            try connection.execute(statements)
        } catch let error as PGKeepError {
            throw RestoreHints.placed(error, in: nil)
        }
    }

    /// The first line of a statement, or one between statements.
    private mutating func begin(_ line: UnsafeRawBufferPointer) throws {
        guard let first = line.first, first != UInt8(ascii: "\n"), first != UInt8(ascii: "-") else { return }
        atTop = false
        let isInsert = line.starts(with: "INSERT INTO ".utf8)
        if isInsert != isInserts || (isInsert && sql.count >= DumpPlayer.batchBytes) { try flush() }
        isInserts = isInsert
        if line.starts(with: "SET search_path".utf8) { searchPath.heed(ServerText.decode(line)) }
    }
}
