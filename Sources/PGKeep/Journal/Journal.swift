package import Foundation
import PGKeepModel

/// The append-only audit trail of everything done on this machine: `journal.jsonl`, one JSON object a line.
///
/// Each line holds the SHA-256 of the whole line before it and a seal over itself; a changed, missing, added or
/// moved line breaks the chain. Archives carry the hash of the journal's last line of their time, so that a journal
/// cut off at its end is found too. Appending holds the file's lock, so any number of processes and threads may do
/// it. A line is done when it and its newline are synced: what follows the last newline was never acknowledged, and
/// the next line takes its place and tells so.
package struct Journal: Sendable {
    private let directory: String

    package init(directory: String) { self.directory = directory }

    package var path: String { "\(directory)/journal.jsonl" }

    /// Makes folder and file, for nobody else to read, unless they are there; tells whether they can be written.
    func prepare() throws {
        try StateFile.makeFolder(directory)
        _ = try StateFile(path, O_RDWR | O_CREAT)
        try StateFile.syncFolder(directory)
    }

    @discardableResult
    package func append(_ event: JournalEvent, at: Date) throws -> JournalLine {
        let strangers = event.details.keys.filter(JournalLine.ownKeys.contains).sorted()
        guard strangers.isEmpty else {
            throw PGKeepError(.failed, "a journal's details can't hold \(strangers.joined(separator: ", "))")
        }
        try StateFile.makeFolder(directory)
        let isNew = access(path, F_OK) != 0
        let file = try StateFile(path, O_RDWR | O_CREAT)
        try file.lock(exclusive: true)
        let length = try file.byteCount()
        let tail = try Journal.lastLine(of: file, length: length)
        if tail.end < length { try file.truncate(to: tail.end) }
        var line = JournalLine(
            seq: 1, at: at, event: event.kind.rawValue, archive: event.archive, outcome: event.outcome.rawValue,
            details: event.details, recovered: tail.end < length ? length - tail.end : nil,
            prev: JournalLine.noPrevious)
        if let last = tail.line {
            // A line that can't be read must not end the audit; `verify` tells of it.
            let previous = try JournalLine(last[...])?.seq ?? Journal.countLines(of: file, length: tail.end)
            line.seq = previous + 1
            line.prev = JournalLine.sha256(last)
        }
        do {
            try file.write(Array((line.text() + "\n").utf8), at: tail.end)
            try file.sync()
        } catch {
            // Whatever of it was written is not to be taken for a torn line, still less for a whole one.
            try file.truncate(to: tail.end)
            throw error
        }
        if isNew { try StateFile.syncFolder(directory) }
        return line
    }

    /// All lines that can be read, oldest first; `verify()` tells of the others.
    package func lines() throws -> [JournalLine] {
        let lines = ByteSearch.lines(try bytes()).lines
        return lines.compactMap { JournalLine($0) }
    }

    /// Those of one kind; the others, which may be long, are not decoded.
    func lines(of kind: JournalEvent.Kind) throws -> [JournalLine] {
        ByteSearch.lines(try bytes()).lines.compactMap { line in
            Journal.text("event", in: line) == kind.rawValue ? JournalLine(line) : nil
        }
    }

    /// The hash of the last line; nil if there is none.
    package func head() throws -> String? {
        guard access(path, F_OK) == 0 else { return nil }
        let file = try StateFile(path, O_RDONLY)
        try file.lock(exclusive: false)
        return try Journal.lastLine(of: file, length: file.byteCount()).line.map { JournalLine.sha256($0) }
    }

    /// The latest successful verification of each archive.
    package func verifications() throws -> [String: Date] {
        let wanted = Array("\"event\":\"verify\"".utf8)
        var found: [String: Date] = [:]
        for line in ByteSearch.lines(try bytes()).lines {
            guard ByteSearch.first(wanted, in: line) != nil, let outcome = Journal.text("outcome", in: line),
                outcome == "ok", let archive = Journal.text("archive", in: line),
                let time = Journal.text("at", in: line), let at = Date(iso8601: time)
            else { continue }
            if at > found[archive] ?? .distantPast { found[archive] = at }
        }
        return found
    }

    func bytes() throws -> [UInt8] {
        guard access(path, F_OK) == 0 else { return [] }
        let file = try StateFile(path, O_RDONLY)
        try file.lock(exclusive: false)
        return try file.read(Int(file.byteCount()), at: 0)
    }

    /// A string of a line without decoding the line: lines are flat, so a key stands in them once.
    static func text(_ key: String, in line: ArraySlice<UInt8>) -> String? {
        let key = Array("\"\(key)\":\"".utf8)
        guard let start = ByteSearch.first(key, in: line)?.advanced(by: key.count),
            let end = line[start...].firstIndex(of: UInt8(ascii: "\"")),
            !line[start..<end].contains(UInt8(ascii: "\\"))
        else { return nil }
        return String(decoding: line[start..<end], as: UTF8.self)
    }

    /// The last whole line, found from the end, and where it and its newline end.
    private static func lastLine(of file: StateFile, length: Int64) throws -> (line: [UInt8]?, end: Int64) {
        var window: Int64 = 4096
        while true {
            let start = max(0, length - window)
            let bytes = try file.read(Int(length - start), at: start)
            if let newline = bytes.lastIndex(of: 0x0A) {
                if let before = bytes[..<newline].lastIndex(of: 0x0A) {
                    return (Array(bytes[(before + 1)..<newline]), start + Int64(newline) + 1)
                }
                if start == 0 { return (Array(bytes[..<newline]), Int64(newline) + 1) }
            } else if start == 0 {
                return (nil, 0)
            }
            window *= 4
        }
    }

    private static func countLines(of file: StateFile, length: Int64) throws -> Int64 {
        Int64(try file.read(Int(length), at: 0).count { $0 == 0x0A })
    }
}
