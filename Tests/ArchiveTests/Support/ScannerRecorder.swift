import PGKeepArchive

/// What a scanner told, with rows of one COPY joined however they were cut.
enum ScannerEvent: Equatable {
    case line(String, LineRole)
    case copy(table: String, columns: String)
    case rows(String)
    case copyEnd
}

/// Notes everything it is given.
struct ScannerRecorder: DumpVisitor {
    private(set) var events: [ScannerEvent] = []
    private(set) var bytes: [UInt8] = []

    mutating func line(_ line: UnsafeRawBufferPointer, _ role: LineRole) {
        bytes += line
        events.append(.line(String(decoding: line, as: UTF8.self), role))
    }

    mutating func copyBegan(_ target: CopyTarget) {
        events.append(.copy(table: target.table, columns: target.columns))
        events.append(.rows(""))
    }

    mutating func rows(_ block: UnsafeRawBufferPointer) {
        bytes += block
        guard case .rows(let before)? = events.popLast() else { return }
        events.append(.rows(before + String(decoding: block, as: UTF8.self)))
    }

    mutating func copyEnded() {
        bytes += Array("\\.\n".utf8)
        events.append(.copyEnd)
    }

    /// Everything that is more than text.
    var significant: [ScannerEvent] {
        events.filter { event in
            switch event {
            case .line(_, .text), .line(_, .rule): false
            default: true
            }
        }
    }
}

/// What a scanner tells of `dump`, fed in pieces of the sizes that `sizes` gives.
func scan(_ dump: [UInt8], by sizes: () -> Int = { .max }) throws -> ScannerRecorder {
    var scanner = DumpScanner(visitor: ScannerRecorder())
    try feed(dump, by: sizes, to: &scanner)
    try scanner.finish()
    return scanner.visitor
}

func scan(_ dump: String, by size: Int = .max) throws -> [ScannerEvent] { try scan(Array(dump.utf8)) { size }.events }

func feed(_ dump: [UInt8], by sizes: () -> Int, to scanner: inout DumpScanner<some DumpVisitor>) throws {
    try dump.withUnsafeBytes { bytes in
        var rest = bytes
        while !rest.isEmpty {
            let size = min(rest.count, sizes())
            try scanner.feed(UnsafeRawBufferPointer(rebasing: rest[..<size]))
            rest = UnsafeRawBufferPointer(rebasing: rest[size...])
        }
    }
}
