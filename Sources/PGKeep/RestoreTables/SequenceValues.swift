import PGKeepArchive
import PGKeepModel

/// Where sequences stood: the `setval` statements of an archive, which pg_dump writes after all rows.
enum SequenceValues {
    /// The statements for `wanted`, each setting the sequence of its name in `schema`.
    static func statements(
        _ archive: ArchiveReader, _ wanted: Set<QualifiedName>, in schema: String
    ) throws -> [String] {
        var found: [QualifiedName: String] = [:]
        let decoder = UnitDecoder(archive.compression)
        for unit in archive.index.units.reversed() where unit.kind == .data && found.count < wanted.count {
            var scanner = DumpScanner(visitor: Collector())
            try archive.read(unit, with: decoder) { try scanner.feed($0) }
            try scanner.finish()
            scanner.visitor.close()
            for statement in scanner.visitor.statements {
                guard let (sequence, arguments) = value(statement), wanted.contains(sequence) else { continue }
                let place = QualifiedName(schema: schema, name: sequence.name).quoted.escaping(["'"], with: "'")
                found[sequence] = "SELECT pg_catalog.setval('\(place)'\(arguments)"
            }
        }
        return found.sorted { $0.key.quoted < $1.key.quoted }.map(\.value)
    }

    /// The sequence of `SELECT pg_catalog.setval('public.s', 42, true);`, and what follows its name.
    static func value(_ statement: DumpStatement) -> (sequence: QualifiedName, arguments: String)? {
        guard statement.begins(with: "SELECT"), statement.key(at: 3) == "SETVAL", statement.words.count > 5,
            statement.words[5].kind == .string
        else { return nil }
        let literal = statement.words[5].range
        return QualifiedName(sql: ServerText.decode(DumpStatement.unquoted(statement.sql[literal]))).map {
            ($0, ServerText.decode(statement.sql[literal.upperBound...]))
        }
    }

    /// Takes the statements of entries that set sequences; the rows pass by.
    private struct Collector: DumpVisitor {
        private(set) var statements: [DumpStatement] = []
        private var text: [UInt8] = []
        private var isSequence = false

        mutating func line(_ line: UnsafeRawBufferPointer, _ role: LineRole) throws {
            if case .header(let type) = role {
                close()
                isSequence = type == .known(.sequenceSet) || type == .ambiguous
            } else if isSequence {
                text += line
            }
        }

        mutating func copyBegan(_ target: CopyTarget) throws { text = [] }
        mutating func rows(_ block: UnsafeRawBufferPointer) throws {}
        mutating func copyEnded() throws {}

        mutating func close() {
            statements += DumpStatement.split(text)
            text = []
        }
    }
}
