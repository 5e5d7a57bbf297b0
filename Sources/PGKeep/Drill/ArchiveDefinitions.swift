import PGKeepArchive
import PGKeepModel
import PGKeepPostgres

extension RestorableDatabase {
    /// What it holds beside rows: all its pieces but those with the rows of large tables are read for it.
    func definitions(_ cancellation: Cancellation) throws -> DumpDefinitions {
        switch contents {
        case .archive(let archive):
            var definitions = DumpDefinitions()
            let decoder = UnitDecoder(archive.compression)
            for unit in archive.index.units where ![.roles, .token, .rows].contains(unit.kind) {
                try cancellation.check()
                var scanner = DumpScanner(visitor: definitions)
                try archive.read(unit, with: decoder) { try scanner.feed($0) }
                try scanner.finish()
                definitions = scanner.visitor
            }
            definitions.finish()
            return definitions
        case .dump(let dump, let section):
            var definitions = try dump.read(DumpDefinitions(of: section.database)) { try cancellation.check() }
            definitions.finish()
            return definitions
        }
    }

    /// The pg_dump that wrote it.
    var dumpVersion: String? {
        switch contents {
        case .archive(let archive): archive.index.header.pgDumpVersion
        case .dump(_, let section): section.dumpVersion
        }
    }
}
