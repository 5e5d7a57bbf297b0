import Foundation
import PGKeepArchive
import PGKeepModel

/// What is read to bring a database back, to verify it or to compare it: an archive of pgkeep's, or a plain dump that
/// another tool made.
enum RestoreSource: Sendable {
    case archive(ArchiveReader)
    case dump(ForeignDump, modifiedAt: Date)

    /// A file with the name of an archive is one, and must be whole as such; any other may be a dump. `keys` is asked for
    /// keys only where one is needed.
    static func open(
        _ reference: ArchiveReference, keys: () throws -> [PrivateKey], progress: Progress?, check: () throws -> Void
    ) throws -> RestoreSource {
        var source = try reference.open()
        if try reference.isSealed(source) { source = try SealedSource(source, keys: keys()) }
        if let compression = reference.compression {
            do {
                return .archive(try ArchiveReader(source, compression: compression))
            } catch let error as PGKeepError where error.code == .damaged && ArchiveName(reference.name) == nil {
                // It has no footer of ours: a dump, or an archive that was renamed and damaged, as the survey will tell.
            } catch var error as PGKeepError where error.code == .damaged && reference.backup == nil {
                error.hint =
                    "if another tool made it, give it a name of its own first: cp \(reference.path) dump.sql.gz"
                throw error
            }
        }
        progress?.begin("reading the dump", totalBytes: source.byteCount)
        let dump = try ForeignDump(surveying: source, progress: { progress?.add(bytes: $0) }, check: check)
        let attributes = try FileManager.default.attributesOfItem(atPath: reference.path)
        return .dump(dump, modifiedAt: attributes[.modificationDate] as? Date ?? .distantPast)
    }
}

extension RestoreSource {
    /// An archive tells where it is damaged when the piece is read; a dump must be whole before any of it is played.
    func refuseIfNotWhole() throws {
        guard case .dump(let dump, _) = self, let problem = dump.problems.first else { return }
        throw PGKeepError(
            .damaged, "\(dump.name) is not whole", cause: problem,
            hint: "take another one; to load what there is, by hand: psql -X -d NEWDB -f \(dump.name) (after gunzip)")
    }
}
