import Foundation
import PGKeepModel

/// Where somebody who follows a journal has come to.
struct JournalPosition: Sendable {
    /// Bytes at a time: a journal of years is not to be in memory whole.
    private static let piece: Int64 = 1 << 20
    /// Of two lines so many bytes are never the same: among them is a seal or a hash.
    private static let endingLength: Int64 = 512

    /// What stood last before it: a journal that doesn't have that there is another one, even in a file of the same number.
    private var ending: [UInt8] = []
    private var offset: Int64 = 0

    /// Hands out each whole line that came since the last time, oldest first.
    ///
    /// `restart` is called before the lines of a journal that is another one than before, or became shorter.
    mutating func advance(
        in journal: Journal, restart: () -> Void, _ body: (ArraySlice<UInt8>) -> Void
    ) throws {
        guard access(journal.path, F_OK) == 0 else {
            if offset > 0 { restart() }
            self = JournalPosition()
            return
        }
        let file = try StateFile(journal.path, O_RDONLY)
        try file.lock(exclusive: false)
        let length = try file.byteCount()
        if try !isWhereItWas(file, length) {
            restart()
            self = JournalPosition()
        }
        var place = offset
        var begun: [UInt8] = []
        while place < length {
            let bytes = try file.read(Int(min(JournalPosition.piece, length - place)), at: place)
            place += Int64(bytes.count)
            let (lines, rest) = ByteSearch.lines(begun + bytes)
            for line in lines { body(line) }
            begun = Array(rest)
            offset = place - Int64(rest.count)
        }
        let count = min(JournalPosition.endingLength, offset)
        ending = try file.read(Int(count), at: offset - count)
    }

    private func isWhereItWas(_ file: StateFile, _ length: Int64) throws -> Bool {
        guard length >= offset else { return false }
        return try file.read(ending.count, at: offset - Int64(ending.count)) == ending
    }
}

extension Journal {
    /// Hands out whole lines, the newest first, until `body` says no.
    func backwards(_ body: (ArraySlice<UInt8>) throws -> Bool) throws {
        guard access(path, F_OK) == 0 else { return }
        let file = try StateFile(path, O_RDONLY)
        try file.lock(exclusive: false)
        var end = try file.byteCount()
        // The end of a line whose beginning lies further in front.
        var begun: [UInt8] = []
        while end > 0 {
            let start = max(0, end - 1 << 20)
            var bytes = try file.read(Int(end - start), at: start)
            bytes += begun
            end = start
            var from = 0
            if start > 0 {
                guard let newline = bytes.firstIndex(of: 0x0A) else {
                    begun = bytes
                    continue
                }
                from = newline + 1
                begun = Array(bytes[..<from])
            }
            for line in ByteSearch.lines(Array(bytes[from...])).lines.reversed() {
                guard try body(line) else { return }
            }
        }
    }
}
