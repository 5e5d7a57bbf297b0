import Foundation
import Logging
import PGKeep
import PGKeepModel
import Synchronization
import Testing

/// A year of real backups on an injected clock, with its checklists, and what somebody does to them in between.
@Suite("A year of checklists", .server)
struct ChecklistYearTests {
    private static let begin = Date(timeIntervalSince1970: 1_767_225_600)

    /// A kept database whose time tests set.
    private final class Kept: Sendable {
        let settings: Settings
        private let time: Mutex<Date>

        init(_ database: TestDatabase, _ change: (inout Settings) -> Void = { _ in }) {
            var settings = Settings(databaseURL: Secret(database.url), backupDirectory: database.backups)
            settings.timeZone = .gmt
            settings.schedules.daily = nil
            settings.rpo = .seconds(8 * 86_400)
            settings.rto = .seconds(600)
            change(&settings)
            self.settings = settings
            time = Mutex(ChecklistYearTests.begin)
        }

        var now: Date { time.withLock(\.self) }

        var system: BackupSystem {
            BackupSystem(settings: settings, logger: Logger(label: "year") { _ in SwiftLogNoOpLogHandler() }) {
                self.now
            }
        }

        /// Takes what the schedules want, up to a day of the year.
        func go(toDay day: Double) async throws {
            let end = ChecklistYearTests.begin.addingTimeInterval(day * 86_400)
            for slot in settings.schedules.slots(after: now, in: settings.timeZone) {
                guard slot.at <= end else { break }
                time.withLock { $0 = slot.at }
                _ = try await system.createBackup(slot.tier)
            }
            time.withLock { $0 = end }
        }

        func failed() async throws -> [ChecklistItem.Kind] {
            try await system.checklist(.week).items(.failed).map(\.kind)
        }
    }

    @Test("A year yields its reports, with a real drill at the end of each quarter", .timeLimit(.minutes(20)))
    func year() async throws {
        try await TestDatabase.with(
            .sql("CREATE TABLE public.t AS SELECT n, n * n AS square FROM generate_series(1, 1000) n")
        ) {
            database in
            let kept = Kept(database)
            for quarter in 1...4 {
                try await kept.go(toDay: Double(quarter) * 91.25 + 0.5)
                try await database.execute("INSERT INTO public.t SELECT n, 0 FROM generate_series(1, 100) n")
                let report = try await kept.system.checklist(quarter == 4 ? .year : .quarter)
                #expect(report.items(.failed).isEmpty, "quarter \(quarter): \(report.items(.failed))")
                let restore = try #require(report.items.first { $0.kind == .restoreTest })
                #expect(restore.verdict == .passed, "\(restore)")
                // There is no second vault: that is no pass.
                #expect(report.items(.notDone).map(\.kind).contains(.disasterDrill))
                let paths = try report.write(to: "\(database.folder)/reports")
                #expect(paths.allSatisfy { FileManager.default.fileExists(atPath: $0) })
                if quarter == 4 {
                    #expect(report.figures.restores.count == 4 && report.figures.backups.count > 60)
                    #expect(report.html.contains("Time to restore, in drills"))
                }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(database.folder)/reports").count == 8)
        }
    }

    @Test("A list waits for a drill that is under way")
    func drillUnderWay() async throws {
        try await TestDatabase.with(.sql("CREATE TABLE public.t AS SELECT n FROM generate_series(1, 1000) n")) {
            database in
            let kept = Kept(database)
            try await kept.go(toDay: 4.5)
            let system = kept.system
            async let held = system.drill("latest")
            let report = try await system.checklist(.month)
            let verdict = try await held.proof.verdict
            #expect(verdict == .proven)
            let restore = try #require(report.items.first { $0.kind == .restoreTest })
            #expect(restore.verdict == .passed, "\(restore)")
            let drills = try system.audit().filter { $0.event == "drill" }
            #expect(drills.map(\.outcome) == ["ok", "ok"])
        }
    }

    /// What somebody may do on any day, and where the next list shows it.
    enum Sabotage: String, CaseIterable, Sendable {
        case archiveDeleted, byteFlipped, archiveCutShort, lineOfJournalTakenOut, journalWrittenAnew, rowsAltered

        var found: ChecklistItem.Kind {
            switch self {
            case .archiveDeleted: .nothingVanished
            case .byteFlipped, .archiveCutShort, .rowsAltered: .integrity
            case .lineOfJournalTakenOut, .journalWrittenAnew: .journalVerified
            }
        }
    }

    @Test("What somebody did is in the next report", .timeLimit(.minutes(20)), arguments: Sabotage.allCases)
    func sabotage(_ sabotage: Sabotage) async throws {
        try await TestDatabase.with(
            .sql("CREATE TABLE public.t AS SELECT n, n * n AS square FROM generate_series(1, 1000) n")
        ) {
            database in
            let kept = Kept(database)
            try await kept.go(toDay: 25.5)
            #expect(try await kept.failed().isEmpty)
            try await kept.go(toDay: 32)
            let newest = try #require(try await kept.system.listBackups().first)
            try await commit(sabotage, newest.path, Journal(directory: kept.settings.stateDirectory), database)
            try await kept.go(toDay: 32.5)
            #expect(try await kept.failed().contains(sabotage.found))
            guard sabotage == .archiveDeleted else { return }
            // Whoever knows that it is gone says so.
            _ = try await kept.system.removeBackup(newest.name)
            #expect(try await !kept.failed().contains(.nothingVanished))
        }
    }

    private func commit(_ sabotage: Sabotage, _ path: String, _ journal: Journal, _ database: TestDatabase) async throws
    {
        switch sabotage {
        case .archiveDeleted: try FileManager.default.removeItem(atPath: path)
        case .byteFlipped:
            var bytes = try Data(contentsOf: URL(filePath: path))
            bytes[bytes.count / 3] ^= 1
            try bytes.write(to: URL(filePath: path))
        case .archiveCutShort:
            let bytes = try Data(contentsOf: URL(filePath: path))
            try bytes.dropLast(100).write(to: URL(filePath: path))
        case .lineOfJournalTakenOut:
            var lines = try String(contentsOfFile: journal.path, encoding: .utf8).split(separator: "\n")
            lines.remove(at: lines.count / 2)
            try (lines.joined(separator: "\n") + "\n").write(toFile: journal.path, atomically: true, encoding: .utf8)
        case .journalWrittenAnew:
            let lines = try journal.lines()
            try FileManager.default.removeItem(atPath: journal.path)
            for line in lines where line.event != "cleanup" && line.seq != 3 {
                let kind = try #require(JournalEvent.Kind(rawValue: line.event))
                try journal.append(JournalEvent(kind, archive: line.archive, details: line.details), at: line.at)
            }
        case .rowsAltered: try await alterRows(of: path, database)
        }
    }

    /// Another archive, whole in itself, of the same name: taken of the same database after its rows were changed.
    private func alterRows(of path: String, _ database: TestDatabase) async throws {
        let name = try #require(ArchiveName((path as NSString).lastPathComponent))
        try await database.execute("UPDATE public.t SET square = 0 WHERE n = 500")
        var settings = Settings(databaseURL: Secret(database.url), backupDirectory: "\(database.folder)/forged")
        settings.timeZone = .gmt
        let forger = BackupSystem(settings: settings, logger: Logger(label: "forger") { _ in SwiftLogNoOpLogHandler() })
        {
            name.createdAt
        }
        let forged = try await forger.createBackup(name.tier).backup
        #expect(forged.name == name.text)
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: forged.path, toPath: path)
    }
}
