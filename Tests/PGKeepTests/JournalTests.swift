import Foundation
import PGKeepModel
import Testing

@testable import PGKeep

@Suite struct JournalTests {
    @Test("A journal that was never written to is empty and intact")
    func empty() throws {
        try inStateFolder { (folder: String) throws -> Void in
            let journal = Journal(directory: folder + "/state")
            #expect(try journal.lines().isEmpty)
            #expect(try journal.head() == nil)
            #expect(try journal.verify().isIntact)
            #expect(!FileManager.default.fileExists(atPath: folder + "/state"))
        }
    }

    @Test("Lines are read back as they were written, numbered and chained, in a file for nobody else to see")
    func roundTrip() throws {
        try inStateFolder { folder in
            let journal = Journal(directory: folder + "/state")
            let details: [String: JSONValue] = [
                "bytes": 4711, "reason": "a \"quote\", a \\, \n and ü", "forced": true, "seconds": 1.25,
            ]
            let first = try journal.append(JournalEvent(.backup, archive: "a.sql.gz", details: details), at: time(0))
            let second = try journal.append(JournalEvent(.verify, outcome: .failed), at: time(1))
            #expect(try journal.lines() == [first, second])
            #expect(first.seq == 1 && second.seq == 2)
            #expect(first.details == details)
            #expect(first.prev == String(repeating: "0", count: 64))
            let texts = try lines(of: journal)
            #expect(second.prev == JournalLine.sha256(texts[0]))
            #expect(try journal.head() == JournalLine.sha256(texts[1]))
            #expect(try mode(folder + "/state") == 0o700)
            #expect(try mode(journal.path) == 0o600)
        }
    }

    @Test("Any bit changed in any byte of any line is found", arguments: [UInt8(0x01), 0x20, 0x80])
    func everyByte(bit: UInt8) throws {
        try inStateFolder { folder in
            let journal = Journal(directory: folder)
            for number in 0..<3 {
                try journal.append(
                    JournalEvent(.delete, archive: "a\(number)", details: ["days": 31, "zone": "x"]), at: time(number))
            }
            let head = try #require(try journal.head())
            let whole = try bytes(of: journal)
            #expect(try journal.verify([witness("a", head: head)], isOnlyOne: true).isIntact)
            for place in whole.indices {
                var changed = whole
                changed[place] ^= bit
                try Data(changed).write(to: URL(filePath: journal.path))
                // Without its newline the last line counts as torn; the head that an archive carries tells of it.
                let verdict = try journal.verify([witness("a", head: head)], isOnlyOne: true)
                #expect(!verdict.isIntact, "byte \(place)")
            }
        }
    }

    @Test("A line that is missing, doubled or moved is found, and so is an end cut off")
    func wholeLines() throws {
        try inStateFolder { folder in
            let journal = Journal(directory: folder)
            for number in 0..<4 { try journal.append(JournalEvent(.pin, archive: "a\(number)"), at: time(number)) }
            let head = try #require(try journal.head())
            let texts = try lines(of: journal)
            let cases: [([Int], Int)] = [([1, 2, 3], 1), ([0, 2, 3], 2), ([0, 1, 1, 2, 3], 3), ([0, 2, 1, 3], 2)]
            for (order, line) in cases {
                try write(order.map { texts[$0] }, to: journal)
                #expect(try journal.verify().firstBreak?.line == line, "\(order)")
            }
            try write(Array(texts[..<3]), to: journal)
            #expect(try journal.verify().isIntact)
            #expect(try journal.verify([witness("a", head: head)], isOnlyOne: true).firstBreak?.line == 1)
        }
    }

    @Test("A torn last line is no tampering; the next line takes its place and tells how much it was")
    func torn() throws {
        try inStateFolder { folder in
            let journal = Journal(directory: folder)
            try journal.append(JournalEvent(.backup), at: time(0))
            let torn = Array("{\"at\":\"2026-".utf8)
            try Data(try bytes(of: journal) + torn).write(to: URL(filePath: journal.path))
            let before = try journal.verify()
            #expect(before.isIntact && before.linesChecked == 1 && before.tornBytes == torn.count)
            let line = try journal.append(JournalEvent(.backup), at: time(1))
            #expect(line.seq == 2 && line.recovered == Int64(torn.count))
            let after = try journal.verify()
            #expect(after.isIntact && after.linesChecked == 2 && after.tornBytes == 0)
        }
    }

    @Test("A last line that can't be read doesn't end the audit, and stays found")
    func unreadableLast() throws {
        try inStateFolder { folder in
            let journal = Journal(directory: folder)
            try journal.append(JournalEvent(.backup), at: time(0))
            try Data(try bytes(of: journal) + Array("nonsense\n".utf8)).write(to: URL(filePath: journal.path))
            #expect(try journal.append(JournalEvent(.backup), at: time(1)).seq == 3)
            #expect(try journal.verify().firstBreak?.line == 2)
        }
    }

    @Test("A line longer than any window it is looked for in is found from the end")
    func longLine() throws {
        try inStateFolder { folder in
            let journal = Journal(directory: folder)
            let long = String(repeating: "x", count: 100_000)
            try journal.append(JournalEvent(.backup), at: time(0))
            try journal.append(JournalEvent(.backup, details: ["error": .string(long)]), at: time(1))
            #expect(try journal.append(JournalEvent(.backup), at: time(2)).seq == 3)
            #expect(try journal.verify().linesChecked == 3)
        }
    }

    @Test("Four writers of fifty lines each lose none and break no chain")
    func writers() async throws {
        let folder = try makeStateFolder()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    for number in 0..<50 {
                        try Journal(directory: folder).append(
                            JournalEvent(.backup, archive: "w\(writer)n\(number)"), at: time(number))
                    }
                }
            }
            try await group.waitForAll()
        }
        let journal = Journal(directory: folder)
        let verdict = try journal.verify()
        #expect(verdict.isIntact && verdict.linesChecked == 200)
        #expect(Set(try journal.lines().compactMap(\.archive)).count == 200)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test("The newest good verification of each archive counts; failed ones and look-alikes don't")
    func verifications() throws {
        try inStateFolder { folder in
            let journal = Journal(directory: folder)
            try journal.append(JournalEvent(.verify, archive: "a"), at: time(2))
            try journal.append(JournalEvent(.verify, archive: "a"), at: time(1))
            try journal.append(JournalEvent(.verify, archive: "a", outcome: .failed), at: time(9))
            try journal.append(JournalEvent(.verify, archive: "b", outcome: .failed), at: time(3))
            try journal.append(
                JournalEvent(.backup, archive: "c", details: ["note": "\"event\":\"verify\""]), at: time(4))
            #expect(try journal.verifications() == ["a": time(2)])
        }
    }

    @Test("Details can't take the place of a line's own keys")
    func ownKeys() throws {
        try inStateFolder { folder in
            #expect(throws: PGKeepError.self) {
                try Journal(directory: folder).append(JournalEvent(.backup, details: ["seq": 7]), at: time(0))
            }
        }
    }
}

private func time(_ seconds: Int) -> Date { Date(timeIntervalSince1970: 1_780_000_000 + Double(seconds)) }

private func bytes(of journal: Journal) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: journal.path))) }

private func lines(of journal: Journal) throws -> [[UInt8]] {
    try bytes(of: journal).split(separator: 0x0A).map(Array.init)
}

private func write(_ lines: [[UInt8]], to journal: Journal) throws {
    try Data(lines.flatMap { $0 + [0x0A] }).write(to: URL(filePath: journal.path))
}

private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
}
