package import PGKeepModel

/// Gathers what a dump holds beside rows: each entry that defines something, what sequences are set to, large objects.
///
/// Two dumps of equal databases give equal sets, whatever order their entries come in and wherever units were cut.
package struct DumpDefinitions: DumpVisitor, Sendable {
    package private(set) var entries: [DefinitionEntry] = []
    /// `SELECT pg_catalog.setval(…)`, one a sequence.
    package private(set) var sequenceSettings: [DumpStatement] = []
    /// Materialized views that are filled.
    package private(set) var refreshed: Set<QualifiedName> = []
    private var objects = LargeObjectHashes()

    /// The only database whose entries count; nil: all that is there.
    private let database: String?
    private var isOther: Bool
    private var open: Open?
    private var accessMethod = ""

    /// An entry that has begun.
    private struct Open {
        var header: DefinitionHeader
        /// nil: its statement must tell.
        var type: EntryType?
        var text: [UInt8] = []
    }

    /// `database` is one of those that a dump of several connects to.
    package init(of database: String? = nil) {
        self.database = database
        isOther = database != nil
    }

    /// By their numbers.
    package var largeObjects: [UInt32: LargeObjectHashes.Content] { objects.contents }

    /// Closes what is still open: the dump has ended.
    package mutating func finish() {
        close()
        objects.finish()
    }

    package mutating func line(_ line: UnsafeRawBufferPointer, _ role: LineRole) throws {
        switch role {
        case .restrict, .unrestrict, .rule: break
        case .connect(let name):
            close()
            isOther = database != nil && name != database
        case .complete: close()
        case .sessionState(let name):
            if name == "default_table_access_method" { accessMethod = ServerText.decode(line) }
        case .header(let type):
            close()
            guard !isOther else { return }
            let header = DefinitionHeader(ServerText.decode(line))
            switch type {
            case .known(let type): open = Open(header: header, type: type)
            case .ambiguous: open = Open(header: header, type: nil)
            }
        case .text:
            guard let type = open?.type else {
                open?.text += line
                return
            }
            switch type {
            case .tableData: break
            case .blobs: objects.line(line)
            default: open?.text += line
            }
        }
    }

    /// Rows are compared elsewhere.
    package mutating func copyBegan(_ target: CopyTarget) throws { open = nil }
    package mutating func rows(_ block: UnsafeRawBufferPointer) throws {}
    package mutating func copyEnded() throws {}

    private mutating func close() {
        guard let entry = open else { return }
        open = nil
        let type = entry.type ?? EntryType(statement: DefinitionEntry.statement(of: entry.text))
        switch type {
        case .tableData, .blobs: break
        case .sequenceSet: sequenceSettings += DumpStatement.split(entry.text)
        case .blob: entries.append(DefinitionEntry(entry.header, entry.text))
        case .index, .constraint, .comment, .otherPostData, .preData:
            if entry.header.type == "MATERIALIZED VIEW DATA" { return refresh(entry.text) }
            // What statistics the planner has is no part of the data.
            guard entry.header.type != "STATISTICS DATA" else { return }
            let isTable = ["TABLE", "MATERIALIZED VIEW"].contains(entry.header.type)
            entries.append(DefinitionEntry(entry.header, isTable ? Array(accessMethod.utf8) + entry.text : entry.text))
        }
    }

    private mutating func refresh(_ text: [UInt8]) {
        for statement in DumpStatement.split(text) {
            guard let place = statement.place(of: "REFRESH MATERIALIZED VIEW") else { continue }
            if let name = statement.name(at: place) { refreshed.insert(name) }
        }
    }
}
