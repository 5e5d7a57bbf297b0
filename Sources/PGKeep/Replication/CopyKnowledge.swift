import PGKeepModel

/// What a journal tells of copies and of sealed archives, of all apps, read in one go.
struct CopyKnowledge: Sendable {
    /// Sizes of the archives that were copied, by vault and name.
    private var copies: [String: [String: Int64]] = [:]
    /// Sealed archives as they were when they were taken, by name.
    private(set) var sealed: [String: SealedRecord] = [:]

    init(_ journal: Journal) throws {
        for line in ByteSearch.lines(try journal.bytes()).lines {
            guard let event = Journal.text("event", in: line).flatMap({ JournalEvent.Kind(rawValue: $0) }),
                let archive = Journal.text("archive", in: line)
            else { continue }
            if event == .copy { takeCopy(archive, line) }
            if event == .backup, ArchiveName(archive)?.sealed == true, let fields = JournalFields(line) {
                sealed[archive] = SealedRecord(fields)
            }
        }
    }

    private mutating func takeCopy(_ archive: String, _ line: ArraySlice<UInt8>) {
        guard let fields = JournalFields(line), fields.text("outcome") == JournalEvent.Outcome.ok.rawValue,
            let vault = fields.text("vault"), let bytes = fields.integer("bytes")
        else { return }
        copies[vault, default: [:]][archive] = bytes
    }

    /// The sizes of an app's archives that were copied into a vault, by their names.
    func copies(in vault: VaultAddress, of app: AppName) -> [String: Int64] {
        (copies[vault.description] ?? [:]).filter { ArchiveName($0.key)?.app == app }
    }
}
