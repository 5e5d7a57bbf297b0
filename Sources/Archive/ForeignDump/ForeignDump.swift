package import PGKeepModel

/// A plain dump that pgkeep did not write, as pg_dump or pg_dumpall made it: `.sql`, `.sql.gz` or `.sql.zst`.
///
/// It has no index, so it is read whole before it is trusted: what it holds, and whether all of it is there.
package struct ForeignDump: Sendable {
    package let name: String
    package let format: StreamDecoder.Format
    /// One for each database; one without a name where the dump names none.
    package let sections: [DumpSection]
    /// What shows that it is not whole; empty if it is.
    package let problems: [String]
    private let decoder: StreamDecoder

    /// What it is compressed with; a dump doesn't tell the level.
    package var compression: Compression {
        switch format {
        case .gzip: .gzip(1)
        case .zstd: .zstd(3)
        case .plain: .none
        }
    }

    /// Reads the dump whole. Damage is among its problems, not thrown.
    package init(
        surveying source: any ByteSource, progress: @escaping (Int64) -> Void = { _ in }, check: () throws -> Void
    ) throws {
        name = source.name
        decoder = try StreamDecoder(source)
        format = decoder.format
        var scanner = DumpScanner(visitor: DumpSurvey())
        var damage: [String] = []
        do {
            try decoder.read(progress: progress) { piece in
                try check()
                try scanner.feed(piece)
            }
            try scanner.finish()
        } catch let error as PGKeepError where error.code == .damaged {
            damage = [error.description]
        }
        let survey = scanner.visitor
        sections = survey.sections
        problems = damage + (damage.isEmpty ? survey.problems : [])
    }

    /// Gives all of the text to a visitor.
    package func read<Visitor: DumpVisitor>(_ visitor: Visitor, check: () throws -> Void) throws -> Visitor {
        var scanner = DumpScanner(visitor: visitor)
        try decoder.read { piece in
            try check()
            try scanner.feed(piece)
        }
        try scanner.finish()
        return scanner.visitor
    }
}

/// The part of a dump that is of one database.
package struct DumpSection: Sendable, Equatable {
    /// nil: the dump names none.
    package var database: String?
    /// `15.20 (Debian …)`, as the dump tells.
    package var serverVersion: String?
    package var dumpVersion: String?
    /// What its text is in.
    package var clientEncoding: String?
    /// What `--create` says of the database itself.
    package var creation: DatabaseCreation?
    /// Rows that came through COPY, counted and hashed.
    package var tables: [TableSummary] = []
    /// Rows came as INSERT too, which are not counted.
    package var hasInserts = false

    package var rows: Int64 { tables.reduce(0) { $0 + $1.rows } }
    package var rawBytes: Int64 { tables.reduce(0) { $0 + $1.rawBytes } }
}
