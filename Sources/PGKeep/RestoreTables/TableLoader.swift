import PGKeepArchive
import PGKeepModel
import PGKeepPostgres

/// Loads the rows of some tables out of units that hold others too, each to the place it was given.
struct TableLoader {
    private let archive: ArchiveReader
    private let connection: Connection
    private let places: [QualifiedName: QualifiedName]
    private let progress: Progress?
    private let decoder: UnitDecoder

    init(
        _ archive: ArchiveReader, _ connection: Connection, places: [QualifiedName: QualifiedName], progress: Progress?
    ) {
        self.archive = archive
        self.connection = connection
        self.places = places
        self.progress = progress
        decoder = UnitDecoder(archive.compression)
    }

    /// Gives how many rows the server took, by the table's name in the archive.
    func load(_ unit: UnitEntry) throws -> [QualifiedName: Int64] {
        var scanner = DumpScanner(visitor: Visitor(connection: connection, places: places, progress: progress))
        try archive.read(unit, with: decoder) { try scanner.feed($0) }
        try scanner.finish()
        return scanner.visitor.loaded
    }

    private struct Visitor: DumpVisitor {
        let connection: Connection
        let places: [QualifiedName: QualifiedName]
        let progress: Progress?
        var loaded: [QualifiedName: Int64] = [:]
        private var table: QualifiedName?

        init(connection: Connection, places: [QualifiedName: QualifiedName], progress: Progress?) {
            self.connection = connection
            self.places = places
            self.progress = progress
        }

        /// Sequence values and the like are not the tables' own.
        mutating func line(_ line: UnsafeRawBufferPointer, _ role: LineRole) throws {}

        mutating func copyBegan(_ target: CopyTarget) throws {
            guard let place = places[target.name] else { return }
            table = target.name
            let moved = CopyTarget(name: place, table: place.quoted, columns: target.columns)
            try connection.copyIn(moved.statement)
        }

        mutating func rows(_ block: UnsafeRawBufferPointer) throws {
            guard table != nil else { return }
            try connection.send(block)
            progress?.add(bytes: Int64(block.count))
        }

        mutating func copyEnded() throws {
            guard let table else { return }
            let rows = try connection.endCopyIn()
            loaded[table, default: 0] += rows
            progress?.add(bytes: 0, rows: rows)
            self.table = nil
        }
    }
}
