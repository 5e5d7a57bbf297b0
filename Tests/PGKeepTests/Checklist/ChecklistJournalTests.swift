import Foundation
import PGKeepModel
import Testing

@testable import PGKeep

/// What lists say of the journal, and what they leave in it.
@Suite struct ChecklistJournalTests {
    private let begin = Date(timeIntervalSince1970: 1_767_225_600)
    private var end: Date { begin.addingTimeInterval(200 * 86_400 + 12 * 3600) }

    private func year() throws -> KeptYear { try KeptYear(from: begin, days: 200.5) }

    private func item(_ kind: ChecklistItem.Kind, _ evidence: ChecklistEvidence) throws -> ChecklistItem {
        try #require(Checklist(.week, evidence).items.first { $0.kind == kind })
    }

    @Test("A journal passes only if archives vouch for it, and all of them could be asked")
    func verified() throws {
        let year = try year()
        func judged(_ change: (inout JournalVerdict) -> Void) throws -> ChecklistItem {
            var verdict = JournalVerdict(linesChecked: 12, archivesCompared: 3)
            change(&verdict)
            return try item(.journalVerified, year.evidence(at: end) { $0.verdict = verdict })
        }
        #expect(try judged { _ in }.verdict == .passed)
        let broken = try judged {
            $0.firstBreak = JournalVerdict.Break(line: 7, reason: "it was changed after it was written")
            $0.unread = ["a": "it is away"]
        }
        #expect(broken.verdict == .failed && broken.summary.hasPrefix("line 7"))
        let alone = try judged { $0.archivesCompared = 0 }
        #expect(alone.verdict == .notDone && alone.summary.hasPrefix("12 lines fit, but"), "\(alone)")
        let others = try judged { $0.otherJournals = ["a", "b"] }
        #expect(others.verdict == .notDone && others.summary.contains("2 archives can't be compared"), "\(others)")
        let unread = try judged { $0.unread = ["a": "no key", "b": "no key"] }
        #expect(unread.verdict == .notDone && unread.summary.contains("a could not be asked: no key; and 1 more"))
        let unverified = year.evidence(at: end) {
            $0.verdict = nil
            $0.unverified = "there is no key file"
        }
        let none = try item(.journalVerified, unverified)
        #expect(none.verdict == .notDone && none.summary.contains("there is no key file"))
    }

    @Test("A run that found another one at work, or that a person ended, is no error")
    func putOff() throws {
        var year = try year()
        for code in ["busy", "interrupted"] {
            year.append(
                .backup, outcome: .failed, at: end.addingTimeInterval(-600),
                ["tier": "daily", "code": .string(code), "error": "it broke"])
        }
        #expect(try item(.noErrors, year.evidence(at: end)).verdict == .passed)
        year.append(
            .backup, outcome: .failed, at: end.addingTimeInterval(-500), ["tier": "daily", "code": "unreachable"])
        #expect(try item(.noErrors, year.evidence(at: end)).verdict == .failed)
    }

    @Test("A drill that failed is made good by its tier's next one; the list's own has an item of its own")
    func drills() throws {
        var year = try year()
        let daily = year.backups.filter { $0.tier == .daily }.suffix(2).map(\.name)
        let weekly = year.backups.last { $0.tier == .weekly }?.name
        year.append(.drill, archive: daily[0], outcome: .failed, at: end.addingTimeInterval(-600))
        year.append(.drill, archive: weekly, at: end.addingTimeInterval(-500))
        #expect(try item(.noErrors, year.evidence(at: end)).verdict == .failed)
        let ofList = year.evidence(at: end) { $0.begun = end.addingTimeInterval(-700) }
        #expect(try item(.noErrors, ofList).verdict == .passed)
        year.append(.drill, archive: daily[1], at: end.addingTimeInterval(-400))
        #expect(try item(.noErrors, year.evidence(at: end)).verdict == .passed)
    }

    @Test("A backup that failed here is made good by another keeper's, if that can be relied on")
    func elsewhere() throws {
        var year = try year()
        year.append(
            .backup, outcome: .failed, at: end.addingTimeInterval(-600), ["tier": "daily", "code": "unreachable"])
        let name = ArchiveName(app: year.app, tier: .daily, createdAt: end.addingTimeInterval(-300), format: .gzip)
        var backup = Backup(
            name: name.text, path: "/backups/\(name.text)", app: "shop", tier: .daily, createdAt: name.createdAt,
            bytes: 1)
        year.backups.append(backup)
        #expect(try item(.noErrors, year.evidence(at: end)).verdict == .passed)
        backup.suspect = true
        year.backups[year.backups.count - 1] = backup
        #expect(try item(.noErrors, year.evidence(at: end)).verdict == .failed)
    }

    @Test("A report has the day of its zone, is nobody else's to read, and fails if it can't be written")
    func report() throws {
        try inStateFolder { folder in
            let late = begin.addingTimeInterval(200 * 86_400 + 23 * 3600)
            let tokyo = try #require(TimeZone(identifier: "Asia/Tokyo"))
            let evidence = try year().evidence(at: late) { $0.timeZone = tokyo }
            let report = ChecklistReport(.week, evidence, host: "h")
            #expect(report.fileName == "pgkeep-shop-week-2026-07-21")
            for path in try report.write(to: "\(folder)/reports") {
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                #expect(mode == 0o600)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/reports").count == 2)
            try Data().write(to: URL(filePath: "\(folder)/file"))
            let error = #expect(throws: PGKeepError.self) { try report.write(to: "\(folder)/file/reports") }

            let event = report.event(trouble: error?.description)
            #expect(event.kind == .checklist && event.outcome == .failed)
            guard case .list(let failed)? = event.details["failed"], case .string(let told)? = failed.last else {
                Issue.record("\(event)")
                return
            }
            #expect(told.hasPrefix("the report could not be written to \(folder)/file/reports"))
        }
    }
}
