import Foundation
import PGKeepModel
import Testing

@testable import PGKeep

/// A journal that was sealed anew is still contradicted by the archives.
@Suite struct JournalWitnessTests {
    /// A journal of backups with something done between them, and what each archive carries.
    private func kept(_ count: Int, in folder: String) throws -> (Journal, [JournalWitness]) {
        let journal = Journal(directory: folder)
        var witnesses: [JournalWitness] = []
        for number in 0..<count {
            let name = "shop_daily_backup_2026-01-0\(number + 1)T02-00-00.sql.gz"
            witnesses.append(witness(name, head: try journal.head(), index: "i\(number)", at: time(number * 86_400)))
            try journal.append(
                JournalEvent(.backup, archive: name, details: ["index": .string("i\(number)")]),
                at: time(number * 86_400))
            try journal.append(JournalEvent(.delete, archive: "old\(number)"), at: time(number * 86_400 + 1))
        }
        return (journal, witnesses)
    }

    /// The journal written anew by somebody who seals every line as the program does.
    private func forge(_ journal: Journal, _ change: (inout [JournalLine]) -> Void) throws {
        var lines = try journal.lines()
        change(&lines)
        try FileManager.default.removeItem(atPath: journal.path)
        for line in lines {
            let kind = try #require(JournalEvent.Kind(rawValue: line.event))
            try journal.append(JournalEvent(kind, archive: line.archive, details: line.details), at: line.at)
        }
    }

    @Test("An untouched journal is confirmed by every archive")
    func untouched() throws {
        try inStateFolder { folder in
            let (journal, witnesses) = try kept(4, in: folder)
            let verdict = try journal.verify(witnesses.shuffled(), isOnlyOne: true)
            #expect(verdict.isIntact && verdict.archivesCompared == 4 && verdict.linesChecked == 8)
        }
    }

    @Test("A line taken out, and all after it sealed anew, is found between the archives around it")
    func takenOut() throws {
        try inStateFolder { folder in
            let (journal, witnesses) = try kept(4, in: folder)
            // The deletion after the second backup, line 4.
            try forge(journal) { $0.remove(at: 3) }
            #expect(try journal.verify().isIntact)
            let verdict = try journal.verify(witnesses, isOnlyOne: false)
            // The second archive carries line 2, the third one line 4: the first that can be wrong is line 3.
            #expect(verdict.firstBreak?.line == 3)
            #expect(verdict.contradictions.map(\.archive) == witnesses[2...].map(\.archive))
        }
    }

    @Test("An archive that is not what the journal tells names the line that tells of it")
    func altered() throws {
        try inStateFolder { folder in
            var (journal, witnesses) = try kept(3, in: folder)
            witnesses[1].index = "another"
            let verdict = try journal.verify(witnesses, isOnlyOne: false)
            #expect(verdict.firstBreak?.line == 3 && verdict.contradictions.map(\.archive) == [witnesses[1].archive])
        }
    }

    @Test("A journal begun anew is told as another one, or as cut where nobody else writes")
    func begunAnew() throws {
        try inStateFolder { folder in
            let (journal, witnesses) = try kept(3, in: folder)
            try FileManager.default.removeItem(atPath: journal.path)
            try journal.append(JournalEvent(.start), at: time(0))
            let shared = try journal.verify(witnesses, isOnlyOne: false)
            // The first was taken without any journal before it.
            #expect(shared.isIntact && shared.otherJournals == witnesses[1...].map(\.archive))
            #expect(try journal.verify(witnesses, isOnlyOne: true).firstBreak?.line == 1)
        }
    }
}

private func time(_ seconds: Int) -> Date { Date(timeIntervalSince1970: 1_780_000_000 + Double(seconds)) }
