import PGKeepModel

/// What the journal wrote down of a sealed archive when it was taken: without a key nobody else knows it.
package struct SealedRecord: Sendable, Equatable {
    /// Of the file as it lies in the vault.
    package var bytes: Int64
    /// Of the whole file, in hexadecimal.
    package var sha256: String
    package var rawBytes: Int64
    package var tables: Int
    package var rows: Int64
    /// Of the server it was taken from; nil where the role couldn't read it.
    package var systemIdentifier: String?

    package init(
        bytes: Int64, sha256: String, rawBytes: Int64, tables: Int, rows: Int64, systemIdentifier: String? = nil
    ) {
        self.bytes = bytes
        self.sha256 = sha256
        self.rawBytes = rawBytes
        self.tables = tables
        self.rows = rows
        self.systemIdentifier = systemIdentifier
    }
}

extension SealedRecord {
    /// Reads the journal's line of a backup; nil if it was not sealed.
    init?(_ fields: JournalFields) {
        guard fields.text("outcome") == JournalEvent.Outcome.ok.rawValue, let sha256 = fields.text("sha256"),
            let bytes = fields.integer("bytes"), let rawBytes = fields.integer("rawBytes"),
            let tables = fields.integer("tables"), let rows = fields.integer("rows")
        else { return nil }
        self.init(
            bytes: bytes, sha256: sha256, rawBytes: rawBytes, tables: Int(tables), rows: rows,
            systemIdentifier: fields.text("systemIdentifier"))
    }
}

extension Journal {
    /// What it tells of sealed archives, by their names.
    package func sealedRecords() throws -> [String: SealedRecord] {
        var records: [String: SealedRecord] = [:]
        for line in ByteSearch.lines(try bytes()).lines {
            guard Journal.text("event", in: line) == JournalEvent.Kind.backup.rawValue,
                let archive = Journal.text("archive", in: line), ArchiveName(archive)?.sealed == true,
                let fields = JournalFields(line)
            else { continue }
            records[archive] = SealedRecord(fields)
        }
        return records
    }
}
