import Foundation
import PGKeepModel

@testable import PGKeep

/// A folder for a journal, gone afterwards.
func inStateFolder(_ body: (String) throws -> Void) throws {
    let folder = try makeStateFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
}

/// What an archive of the first day carries of a journal.
func witness(_ archive: String, head: String?, index: String = "", at: Date = .distantPast) -> JournalWitness {
    JournalWitness(archive: archive, vault: "vault", createdAt: at, head: head, index: index)
}

/// A folder for a journal; whoever makes it removes it.
func makeStateFolder() throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pgkeep-journal-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder.path
}
