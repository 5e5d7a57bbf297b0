import PGKeepArchive
import PGKeepModel

import struct Foundation.Date

/// The one database of a source that is meant, as an index tells it.
struct RestorableDatabase: Sendable {
    enum Contents: Sendable {
        case archive(ArchiveReader)
        case dump(ForeignDump, DumpSection)
    }

    var contents: Contents
    /// As messages call it.
    var name: String
    var takenAt: Date
    /// The database it was taken from; nil where a dump doesn't tell.
    var database: String?
    var serverVersion: String
    /// nil where a dump doesn't tell.
    var serverMajor: Int?
    var tables: [TableSummary]
    /// Rows of a dump that came as INSERT, which nobody counted.
    var hasUncountedRows: Bool
    var rawBytes: Int64
    var needs: ArchiveNeeds?

    var rows: Int64 { tables.reduce(0) { $0 + $1.rows } }

    /// The text of a dump's rows depends on settings that it was taken with, such as the time zone: their hash is
    /// nobody else's.
    var hasComparableContents: Bool {
        switch contents {
        case .archive: true
        case .dump: false
        }
    }

    init(_ archive: ArchiveReader, name: String) {
        let header = archive.index.header
        contents = .archive(archive)
        self.name = name
        takenAt = header.createdAt
        database = header.database.name
        serverVersion = header.server.version
        serverMajor = header.server.major
        tables = archive.index.tables
        hasUncountedRows = false
        rawBytes = archive.index.rawBytes
        needs = header.needs
    }

    /// Chooses the database of a dump: the only one, else the one called `wanted`.
    init(_ source: RestoreSource, name: String, wanted: String?) throws {
        switch source {
        case .archive(let archive): self = RestorableDatabase(archive, name: name)
        case .dump(let dump, let modifiedAt):
            let section = try RestorableDatabase.choose(dump.sections, wanted: wanted, name)
            contents = .dump(dump, section)
            self.name = name
            takenAt = modifiedAt
            database = section.database
            serverVersion = section.serverVersion ?? "an unknown version"
            serverMajor = section.serverVersion.flatMap { Int($0.prefix { $0.isNumber }) }
            tables = section.tables
            hasUncountedRows = section.hasInserts
            rawBytes = section.rawBytes
        }
    }

    private static func choose(_ sections: [DumpSection], wanted: String?, _ name: String) throws -> DumpSection {
        if let only = sections.first, sections.count == 1 { return only }
        if let named = sections.first(where: { $0.database == wanted && wanted != nil }) { return named }
        // Every pg_dumpall has these two, mostly empty.
        let others = sections.filter { !["template1", "postgres"].contains($0.database) }
        if let only = others.first, others.count == 1 { return only }
        let names = sections.compactMap(\.database)
        throw PGKeepError(
            .usage, "\(name) holds \(sections.count) databases, none of them called \(wanted ?? "")",
            cause: names.joined(separator: ", "),
            hint: "pgkeep restore \(name) --to \(others.first?.database ?? "NAME")")
    }
}
