import Foundation
import PGKeepModel
import Testing

@testable import PGKeep

/// How each item judges what was found, and what could not be found out.
@Suite struct ChecklistFindingsTests {
    private let begin = Date(timeIntervalSince1970: 1_767_225_600)
    private var end: Date { begin.addingTimeInterval(200 * 86_400 + 12 * 3600) }

    private func year() throws -> KeptYear { try KeptYear(from: begin, days: 200.5) }

    private func item(
        _ kind: ChecklistItem.Kind, _ evidence: ChecklistEvidence, _ period: ChecklistPeriod = .year
    ) throws -> ChecklistItem {
        try #require(Checklist(period, evidence).items.first { $0.kind == kind })
    }

    @Test("What another keeper's retention may have taken has not vanished; what it would have kept has")
    func vanished() throws {
        var year = try year()
        // Another keeper's journal tells of the deletions.
        year.lines.removeAll { $0.event == "delete" }
        let item = try item(.nothingVanished, year.evidence(at: end))
        #expect(item.verdict == .passed && item.summary.contains("older than their tier keeps"), "\(item)")
        year.take(.manual, at: begin.addingTimeInterval(86_400))
        year.backups.removeLast()
        #expect(try self.item(.nothingVanished, year.evidence(at: end)).verdict == .failed)
    }

    @Test("Backups of another keeper leave no gap between those of this one")
    func gaps() throws {
        var year = try year()
        let days = begin.addingTimeInterval(190 * 86_400)...begin.addingTimeInterval(194 * 86_400)
        year.lines.removeAll { $0.event == "backup" && days.contains($0.at) }
        #expect(try item(.objectivesMet, year.evidence(at: end)).verdict != .failed)
        let evidence = year.evidence(at: end) { evidence in
            for place in evidence.backups.indices where days.contains(evidence.backups[place].createdAt) {
                evidence.backups[place].suspect = true
            }
        }
        #expect(try item(.objectivesMet, evidence).verdict == .failed)
    }

    @Test("An objective for restores that no drill measured is neither met nor missed")
    func unmeasured() throws {
        var year = try year()
        let item = try item(.objectivesMet, year.evidence(at: end))
        #expect(item.verdict == .notDone && item.summary.contains("BACKUP_RTO is set"), "\(item)")
        #expect(try self.item(.objectivesMet, year.evidence(at: end) { $0.rto = nil }).verdict == .passed)
        year.append(.drill, archive: "a", at: end.addingTimeInterval(-86_400), ["rtoSeconds": 30])
        #expect(try self.item(.objectivesMet, year.evidence(at: end)).verdict == .passed)
    }

    @Test("An archive of which not every byte was compared is no pass, one that the journal confirmed is")
    func unproven() throws {
        let year = try year()
        let unchecked = ["its SHA-256: this machine's journal does not know the archive"]
        let plain = try item(
            .integrity,
            year.evidence(at: end) {
                $0.verifications[0].isProof = false
                $0.verifications[0].unchecked = unchecked
            }, .week)
        #expect(plain.verdict == .notDone && plain.hint == nil)
        #expect(plain.summary.hasPrefix("1 of 8 archives could not be compared: its SHA-256"), "\(plain)")
        let sealed = ArchiveName(
            app: year.app, tier: .daily, createdAt: end.addingTimeInterval(-3600), format: .gzip, sealed: true)
        let unknown = year.evidence(at: end) {
            $0.verifications = [.init(archive: sealed.text, unchecked: unchecked, isProof: false)]
        }
        #expect(try item(.integrity, unknown, .week).hint?.contains("BACKUP_ENCRYPTION_KEY_FILE") == true)
        let known = year.evidence(at: end) {
            $0.verifications = [.init(archive: sealed.text, unchecked: ["its contents: no key is set"])]
        }
        #expect(try item(.integrity, known, .week).verdict == .passed)
    }

    @Test("Locks: of another mode is short; none that should hold, and none that could be read, are not done")
    func locks() throws {
        let year = try year()
        func judged(_ change: (inout ChecklistEvidence.Copies) -> Void) throws -> ChecklistItem {
            try item(.locksReadBack, year.evidence(at: end) { change(&$0.copies[0]) })
        }
        func reading(_ mode: LockMode, until: Date) -> ChecklistEvidence.LockReading {
            .init(archive: "a", lockedUntil: until, mode: mode, wanted: until, wantedMode: .compliance)
        }
        let later = end.addingTimeInterval(86_400)
        #expect(try judged { $0.locks = [reading(.compliance, until: later)] }.verdict == .passed)
        #expect(try judged { $0.locks = [reading(.governance, until: later)] }.verdict == .failed)
        let over = try judged { $0.locks = [reading(.governance, until: end.addingTimeInterval(-60))] }
        #expect(over.verdict == .notDone && over.summary == "no lock should hold now")
        let away = try judged {
            $0.wantsLocks = true
            $0.trouble = "it is away"
        }
        #expect(away.verdict == .notDone && away.summary.contains("it is away"), "\(away)")
        #expect(try judged { _ in }.summary == "no vault is asked to lock")
    }

    @Test("Where there is no backup at all nothing is as it should be")
    func nothing() throws {
        let evidence = try KeptYear(from: begin, days: 0).evidence(at: end)
        for kind in [ChecklistItem.Kind.nothingVanished, .usualSize, .copiesComplete, .integrity] {
            #expect(try item(kind, evidence).verdict == .notDone, "\(kind)")
        }
        var away = evidence
        away.copies[0].trouble = "it is away"
        #expect(try item(.copiesComplete, away).verdict == .failed)
    }

    @Test("Backups that can't be listed are one failure, and no pass of anything")
    func unlisted() throws {
        let evidence = try year().evidence(at: end) {
            $0.backups = []
            $0.unlisted = "there is no folder"
        }
        #expect(try item(.latestBackups, evidence).verdict == .failed)
        for kind in [ChecklistItem.Kind.nothingVanished, .integrity, .monthlyBackup, .retentionKept] {
            let item = try item(kind, evidence)
            #expect(item.verdict == .notDone && item.summary.contains("there is no folder"), "\(item)")
        }
    }

    @Test("A deletion is judged by the limit of its own time")
    func limits() throws {
        var year = try year()
        let name = ArchiveName(
            app: year.app, tier: .daily, createdAt: end.addingTimeInterval(-10 * 86_400 + 60), format: .gzip)
        year.append(.delete, archive: name.text, at: end.addingTimeInterval(-60), ["ageDays": 10, "limitDays": 7])
        #expect(try item(.retentionKept, year.evidence(at: end)).verdict == .passed)
        year.append(.delete, archive: name.text, at: end.addingTimeInterval(-30), ["ageDays": 10])
        #expect(try item(.retentionKept, year.evidence(at: end)).verdict == .failed)
    }

    @Test("Numbers that fit in nothing end nothing")
    func absurd() throws {
        var year = try year()
        year.take(.manual, at: end.addingTimeInterval(-600))
        let archive = year.lines.last?.archive
        let details: [[String: JSONValue]] = [
            ["bytes": .number(1e30), "durationSeconds": .number(1e30)], ["bytes": .integer(.max)],
            ["bytes": .number(-1e300), "durationSeconds": .number(-.infinity)],
        ]
        for details in details { year.append(.backup, archive: archive, at: end, details) }
        for seconds in [1e30, .infinity, .nan] {
            year.append(.drill, archive: "a", at: end, ["rtoSeconds": .number(seconds)])
        }
        year.append(.delete, archive: archive, at: end, ["ageDays": .number(1e30), "limitDays": .number(.nan)])
        let report = ChecklistReport(.year, year.evidence(at: end), host: "h")
        #expect(report.html.hasSuffix("</html>\n"))
        #expect(try report.json().contains("rtoSeconds"))
        #expect(RoughDuration.text(seconds: 1e30) == RoughDuration.text(seconds: .infinity))
        #expect(RoughDuration.text(seconds: .nan) == "0s" && RoughDuration.text(seconds: -.infinity) == "0s")
        let line = JournalLine(
            seq: 1, at: end, event: "backup", archive: nil, outcome: "ok",
            details: ["a": .number(1e30), "b": .number(-.infinity), "c": .number(2.6), "d": 7, "e": "x"],
            recovered: nil, prev: "")
        #expect(["a", "b", "c", "d", "e"].map(line.integer) == [nil, nil, 3, 7, nil])
    }
}
