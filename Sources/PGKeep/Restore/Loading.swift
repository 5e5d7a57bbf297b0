import Foundation
import PGKeepArchive
import PGKeepModel
import PGKeepPostgres
import Synchronization

/// Loads an archive into an empty database: schema in order, rows over several sessions, then indexes and primary keys
/// of different tables side by side, and everything else in order.
struct Loading: Sendable {
    var archive: ArchiveReader
    var target: ConnectionString
    var jobs: Int
    var leavingOut: LeavingOut
    var leftOut: LeftOut
    var progress: Progress?
    var cancellation: Cancellation

    /// Rows while they load and indexes while they are built: one session more than cores, since some wait for I/O.
    private var sessions: Int { jobs + 1 }

    /// Creates the roles that are missing, then everything that must exist before rows can be loaded.
    func loadSchema() async throws {
        try await BlockingWork.run("pgkeep schema") {
            let connection = try session()
            let decoder = UnitDecoder(archive.compression)
            // With neither owners nor privileges, nothing needs the roles.
            for unit in archive.index.units where unit.kind == .roles && !(leavingOut.owners && leavingOut.privileges) {
                try connection.execute(try archive.text(of: unit, with: decoder))
            }
            leftOut.add(connection.warnings)
            let player = player(on: connection)
            for unit in archive.index.units where unit.kind == .schema {
                let entries = try archive.text(of: unit, with: decoder).withUnsafeBytes { try DumpEntries.split($0) }
                for entry in entries { try player.play(entry) }
            }
        }
    }

    /// Loads all rows and large objects; gives how many rows the server took, by table.
    func loadRows() async throws -> [QualifiedName: Int64] {
        let units = archive.index.units
        let largest = units.indices.filter { units[$0].kind == .rows || units[$0].kind == .data }
        let queue = Mutex(largest[...])
        let loaded = Mutex<[QualifiedName: Int64]>([:])
        progress?.begin("loading rows", totalBytes: archive.index.tables.reduce(0) { $0 + $1.rawBytes })
        var crew = Crew()
        crew.add {
            try await BlockingWork.run("pgkeep objects") {
                // In order and by one session: a large object's pieces follow one another.
                let objects = units.filter { $0.kind == .objects }
                guard !objects.isEmpty else { return }
                try playUnits(objects, on: session(), into: loaded)
            }
        }
        for number in 0..<min(sessions, max(1, largest.count)) {
            crew.add {
                try await BlockingWork.run("pgkeep load \(number + 1)") {
                    guard let first = queue.withLock({ $0.popFirst() }) else { return }
                    let connection = try session()
                    var next: Int? = first
                    while let place = next {
                        try playUnits([units[place]], on: connection, into: loaded)
                        next = queue.withLock { $0.popFirst() }
                    }
                }
            }
        }
        try await crew.run { _ in cancellation.cancel() }
        return loaded.withLock { $0 }
    }

    /// Plays indexes, constraints, triggers, privileges.
    func finish() async throws {
        progress?.begin("indexes and constraints", totalBytes: 0)
        let entries = try await BlockingWork.run("pgkeep finish") {
            let decoder = UnitDecoder(archive.compression)
            return try archive.index.units.filter { $0.kind == .finish }.flatMap { unit in
                try archive.text(of: unit, with: decoder).withUnsafeBytes { try DumpEntries.split($0) }
            }
        }
        let sizes = Dictionary(
            archive.index.tables.map { (QualifiedName(sql: $0.table), $0.rawBytes) }, uniquingKeysWith: { $1 })
        for stage in FinishPlan(entries, size: { sizes[QualifiedName(sql: $0)] ?? 0 }).stages {
            let lanes = Mutex(stage[...])
            var crew = Crew()
            for number in 0..<min(sessions, stage.count) {
                crew.add {
                    try await BlockingWork.run("pgkeep finish \(number + 1)") {
                        let player = try player(on: session())
                        while let lane = lanes.withLock({ $0.popFirst() }) {
                            for entry in lane { try player.play(entry) }
                        }
                    }
                }
            }
            try await crew.run { _ in cancellation.cancel() }
        }
    }

    private func session() throws -> Connection { try Loading.session(of: archive, in: target, cancellation) }

    /// A session that any unit of the archive runs in.
    static func session(
        of archive: ArchiveReader, in target: ConnectionString, _ cancellation: Cancellation
    ) throws -> Connection {
        let connection = try Connection(target, purpose: "pgkeep restore", cancellation: cancellation)
        // A crash loses the whole side database anyway, and the swap's own commit waits for the disk.
        try connection.query(
            "\(Session.withoutTimeouts); SET default_transaction_read_only = off; SET synchronous_commit = off")
        try connection.execute(ServerText.encode(archive.index.header.preamble))
        return connection
    }

    private func player(on connection: Connection) -> EntryPlayer {
        EntryPlayer(connection: connection, leavingOut: leavingOut, leftOut: leftOut)
    }

    private func playUnits(
        _ units: [UnitEntry], on connection: Connection, into loaded: borrowing Mutex<[QualifiedName: Int64]>
    ) throws {
        let decoder = UnitDecoder(archive.compression)
        for unit in units {
            try cancellation.check()
            var scanner = DumpScanner(visitor: UnitPlayer(connection, player(on: connection), progress: progress))
            try archive.read(unit, with: decoder) { try scanner.feed($0) }
            try scanner.finish()
            try scanner.visitor.flush()
            let rows = scanner.visitor.loaded
            loaded.withLock { loaded in
                for (table, count) in rows { loaded[table, default: 0] += count }
            }
        }
    }
}
