import PGKeepArchive
import PGKeepModel
import PGKeepPostgres

/// Copies rows out of one session, hashes and counts them, and writes them as units: the hot path of a backup.
///
/// A unit is a whole COPY statement of about eight megabytes. A row too large to hold twice goes straight from
/// libpq's buffer through the compressor.
final class RowCopier {
    private static let unitBytes = 8 << 20
    private static let end = Array("\\.\n\n".utf8)

    private let connection: Connection
    private let writer: ArchiveWriter
    private let encoder: UnitEncoder
    private let progress: Progress?
    private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: unitBytes + (64 << 10), alignment: 64)
    private var filled = 0

    init(_ connection: Connection, _ writer: ArchiveWriter, progress: Progress?) throws {
        self.connection = connection
        self.writer = writer
        self.progress = progress
        encoder = try UnitEncoder(writer.compression)
    }

    deinit { buffer.deallocate() }

    func copy(_ part: BackupPlan.Part) throws {
        let columns = part.table.columns.joined(separator: ", ")
        let target = CopyTarget(name: part.table.name, table: part.table.sql, columns: columns)
        let place = writer.place(of: target, throughRoot: false)
        let statement = target.statement
        var tally = RowTally()
        begin(statement)
        let sql = Connection.copyStatement(part.table, pages: part.pages)
        try connection.copyOut(sql) { row in
            if filled + row.count > buffer.count - RowCopier.end.count {
                if tally.rows > 0 {
                    try flush(place, &tally)
                    begin(statement)
                }
                if row.count >= ArchiveWriter.streamedFrom {
                    tally.add(row: UnsafeRawBufferPointer(rebasing: row.dropLast()))
                    return try stream(row, place, &tally)
                }
                if filled + row.count > buffer.count - RowCopier.end.count { grow(by: row.count) }
            }
            tally.add(row: UnsafeRawBufferPointer(rebasing: row.dropLast()))
            append(row)
        }
        if tally.rows > 0 { try flush(place, &tally) }
    }

    private func begin(_ statement: [UInt8]) {
        filled = 0
        if statement.count * 2 > buffer.count { grow(by: statement.count * 2) }
        statement.withUnsafeBytes { append($0) }
    }

    @inline(__always)
    private func append(_ bytes: UnsafeRawBufferPointer) {
        UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]).copyMemory(from: bytes)
        filled += bytes.count
    }

    private func flush(_ place: Int, _ tally: inout RowTally) throws {
        RowCopier.end.withUnsafeBytes { append($0) }
        let text = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<filled])
        try put([text], place, &tally)
    }

    private func stream(_ row: UnsafeRawBufferPointer, _ place: Int, _ tally: inout RowTally) throws {
        let statement = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<filled])
        try RowCopier.end.withUnsafeBytes { try put([statement, row, $0], place, &tally) }
    }

    private func put(_ parts: [UnsafeRawBufferPointer], _ place: Int, _ tally: inout RowTally) throws {
        let content = ArchiveWriter.Content(table: place, tally: tally)
        try writer.append(ArchiveWriter.Unit(kind: .rows, contents: [content], parts: parts), with: encoder)
        progress?.add(bytes: tally.bytes, rows: tally.rows)
        tally = RowTally()
    }

    private func grow(by bytes: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count + bytes, alignment: 64)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<filled]))
        buffer.deallocate()
        buffer = larger
    }
}
