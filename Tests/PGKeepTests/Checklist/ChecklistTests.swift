import Foundation
import PGKeepModel
import Testing

@testable import PGKeep

/// What checklists find in a year that went well, and in years that did not.
@Suite struct ChecklistTests {
    private let begin = Date(timeIntervalSince1970: 1_767_225_600)
    private var end: Date { begin.addingTimeInterval(200 * 86_400 + 12 * 3600) }

    private func failed(_ evidence: ChecklistEvidence, _ period: ChecklistPeriod = .week) -> [ChecklistItem.Kind] {
        Checklist(period, evidence).items.filter { $0.verdict == .failed }.map(\.kind)
    }

    @Test("A year that went well passes each of its lists", arguments: ChecklistPeriod.allCases)
    func well(period: ChecklistPeriod) throws {
        let year = try KeptYear(from: begin, days: 364.5)
        for day in stride(from: 40.0, through: 360, by: 40) {
            let at = begin.addingTimeInterval(day * 86_400 + 12 * 3600)
            let items = Checklist(period, year.evidence(at: at)).items
            #expect(items.allSatisfy { $0.verdict != .failed }, "day \(day): \(items.filter { $0.verdict == .failed })")
            #expect(Set(items.map(\.kind.period)) == Set(period.included))
        }
    }

    @Test("A backup that was not taken, one that vanished and one that changed its size are found")
    func missing() throws {
        var year = try KeptYear(from: begin, days: 200.5)
        year.backups.removeLast()
        #expect(failed(year.evidence(at: end)).contains(.nothingVanished))

        let stopped = try KeptYear(from: begin, days: 198)
        #expect(failed(stopped.evidence(at: end)) == [.latestBackups])

        var grown = try KeptYear(from: begin, days: 200.5)
        grown.backups[10].bytes += 1
        #expect(failed(grown.evidence(at: end)).contains(.integrity))
    }

    @Test("What was deleted by rule or by hand has not vanished; what went before its time is told")
    func deleted() throws {
        var year = try KeptYear(from: begin, days: 200.5)
        let name = year.backups.removeLast().name
        year.append(.remove, archive: name, at: end.addingTimeInterval(-60))
        #expect(!failed(year.evidence(at: end)).contains(.nothingVanished))
        year.append(.delete, archive: name, at: end.addingTimeInterval(-30), ["ageDays": 3])
        #expect(failed(year.evidence(at: end), .month).contains(.retentionKept))
    }

    @Test("A failure counts until the same is done well")
    func errors() throws {
        var year = try KeptYear(from: begin, days: 200.5)
        year.append(
            .backup, outcome: .failed, at: end.addingTimeInterval(-600), ["tier": "weekly", "error": "it broke"])
        #expect(failed(year.evidence(at: end)) == [.noErrors])
        year.take(.daily, at: end.addingTimeInterval(-300))
        #expect(failed(year.evidence(at: end)) == [.noErrors])
        year.take(.weekly, at: end.addingTimeInterval(-200))
        #expect(failed(year.evidence(at: end)).isEmpty)
    }

    @Test("Copies that are missing, differ or can't be looked at are failures; no second vault is not done")
    func copies() throws {
        let year = try KeptYear(from: begin, days: 200.5)
        #expect(failed(year.evidence(at: end)).isEmpty)
        #expect(failed(year.evidence(at: end) { $0.copies[0].missing = ["a"] }) == [.copiesComplete])
        #expect(failed(year.evidence(at: end) { $0.copies[0].differing = ["a: it is short"] }) == [.copiesComplete])
        #expect(failed(year.evidence(at: end) { $0.copies[0].trouble = "it is away" }) == [.copiesComplete])
        let alone = Checklist(.week, year.evidence(at: end) { $0.copies = [] }).items
        #expect(alone.first { $0.kind == .copiesComplete }?.verdict == .notDone)
    }

    @Test("A lock that ends before its time is found, one whose time is over is none")
    func locks() throws {
        let year = try KeptYear(from: begin, days: 200.5)
        let evidence = { (lockedUntil: Date?, wanted: Date) in
            year.evidence(at: end) {
                $0.copies[0].locks = [.init(archive: "a", lockedUntil: lockedUntil, wanted: wanted)]
            }
        }
        #expect(failed(evidence(end, end.addingTimeInterval(60)), .quarter) == [.locksReadBack])
        #expect(failed(evidence(nil, end.addingTimeInterval(60)), .quarter) == [.locksReadBack])
        #expect(failed(evidence(nil, end.addingTimeInterval(-60)), .quarter).isEmpty)
        #expect(failed(evidence(end.addingTimeInterval(60), end.addingTimeInterval(60)), .quarter).isEmpty)
    }

    @Test("Objectives are judged over the whole year")
    func objectives() throws {
        var year = try KeptYear(from: begin, days: 200.5)
        #expect(failed(year.evidence(at: end), .year).isEmpty)
        let gap = year.lines.filter {
            $0.at > begin.addingTimeInterval(50 * 86_400) && $0.at < begin.addingTimeInterval(53 * 86_400)
        }
        year.lines.removeAll { line in gap.contains { $0.seq == line.seq } && line.event == "backup" }
        let item = Checklist(.year, year.evidence(at: end)).items.first { $0.kind == .objectivesMet }
        #expect(item?.verdict == .failed && item?.evidence.contains { $0.contains("no backup for") } == true)
        var slow = try KeptYear(from: begin, days: 200.5)
        slow.append(.drill, archive: "a", at: end.addingTimeInterval(-86_400), ["rtoSeconds": 700])
        #expect(failed(slow.evidence(at: end), .year) == [.objectivesMet])
    }
}
