import Foundation
import PGKeepModel

/// What the journal tells of runs and verifications, gathered line by line: never more than the apps and archives there are.
struct JournalFacts: Sendable {
    /// A series of runs: those of one app in one tier.
    struct Line: Hashable, Sendable {
        var app: String
        var tier: Tier
    }

    /// A backup that was taken.
    struct Taken: Sendable, Equatable {
        var archive: String
        var at: Date
        var bytes: Int64
        var rawBytes: Int64
        var rows: Int64
        var durationSeconds: Double
        /// In words, as they were told.
        var anomalies: [String]
        /// It was marked then; whether it still is, the vault tells.
        var isSuspect: Bool
        /// What is known to be wrong with the pg_dump that took it.
        var toolHole: String?
    }

    /// The runs of a line.
    struct Runs: Sendable, Equatable {
        var lastTaken: Taken?
        /// Since then.
        var failures = 0
        var failingSince: Date?
        /// When the last few of them failed.
        var failedAt: [Date] = []
        var lastError: String?
    }

    /// The latest look at all of an archive.
    struct Verification: Sendable, Equatable {
        var at: Date
        /// nil: it is good.
        var problems: String?
    }

    /// A checklist that was gone through, and what failed on it.
    struct Listed: Sendable, Equatable {
        var at: Date
        var period: ChecklistPeriod
        var failed: [String]
    }

    /// More attempts than any slot gets.
    private static let remembered = 32

    private(set) var runs: [Line: Runs] = [:]
    private(set) var verifications: [String: Verification] = [:]
    /// The last checklist of each app.
    private(set) var checklists: [String: Listed] = [:]
    /// Sealed archives, as they were when they were taken.
    private(set) var sealed: [String: SealedRecord] = [:]

    /// By app.
    private(set) var drills: [String: Drills] = [:]

    func runs(_ app: String, _ tier: Tier) -> Runs { runs[Line(app: app, tier: tier)] ?? Runs() }

    /// A run that failed while the journal could not be written.
    mutating func takeUnwritten(_ failure: RunFailure) {
        let line = Line(app: failure.app.text, tier: failure.tier)
        // The journal's times are cut to milliseconds.
        let begun = failure.startedAt.addingTimeInterval(-1)
        guard runs[line]?.failedAt.last ?? .distantPast < begun else { return }
        takeFailure(of: line, at: failure.at, failure.reason)
    }

    mutating func take(_ line: ArraySlice<UInt8>) {
        // Most lines of a journal are deletions: they are told apart without a walk over them.
        guard let event = Journal.text("event", in: line).flatMap({ JournalEvent.Kind(rawValue: $0) }),
            [.backup, .verify, .drill, .checklist].contains(event), let fields = JournalFields(line)
        else { return }
        switch event {
        case .backup: takeBackup(fields)
        case .drill: takeDrill(fields)
        case .checklist: takeChecklist(fields)
        default: takeVerification(fields)
        }
    }

    /// Lets go of archives that are no longer there.
    mutating func forget(except isThere: (String) -> Bool) {
        verifications = verifications.filter { isThere($0.key) }
        sealed = sealed.filter { isThere($0.key) }
    }

    private mutating func takeBackup(_ fields: JournalFields) {
        guard let at = fields.text("at").flatMap({ Date(iso8601: $0) }) else { return }
        let name = fields.text("archive").flatMap { ArchiveName($0) }
        guard let app = fields.text("app") ?? name?.app.text,
            let tier = name?.tier ?? fields.text("tier").flatMap({ Tier(rawValue: $0) })
        else { return }
        if let name, name.sealed, let record = SealedRecord(fields) { sealed[name.text] = record }
        let line = Line(app: app, tier: tier)
        if let name, fields.text("outcome") == JournalEvent.Outcome.ok.rawValue {
            runs[line] = Runs(lastTaken: Taken(name.text, at: at, fields))
            // Whoever took a backup by hand that failed is done once there is any.
            if tier != .manual { endFailures(Line(app: app, tier: .manual)) }
        } else if JournalFacts.isFailure(fields.text("code")) {
            takeFailure(of: line, at: at, fields.text("error"))
        }
    }

    private mutating func takeFailure(of line: Line, at: Date, _ error: String?) {
        var runs = runs[line] ?? Runs()
        runs.failures += 1
        runs.failingSince = runs.failingSince ?? at
        runs.failedAt = (runs.failedAt + [at]).suffix(JournalFacts.remembered)
        runs.lastError = error
        self.runs[line] = runs
    }

    private mutating func endFailures(_ line: Line) {
        guard let taken = runs[line]?.lastTaken else {
            runs[line] = nil
            return
        }
        runs[line] = Runs(lastTaken: taken)
    }

    /// A run that found another one at work, or that a person ended, is none that failed.
    static func isFailure(_ code: String?) -> Bool {
        code != PGKeepError.Code.busy.description && code != PGKeepError.Code.interrupted.description
    }

    private mutating func takeDrill(_ fields: JournalFields) {
        guard let drill = Drill(fields), let app = ArchiveName(drill.archive)?.app.text else { return }
        drills[app, default: Drills()].take(drill, RestoreTime(fields))
    }

    private mutating func takeChecklist(_ fields: JournalFields) {
        guard let app = fields.text("app"), let at = fields.text("at").flatMap({ Date(iso8601: $0) }),
            let period = fields.text("period").flatMap(ChecklistPeriod.init)
        else { return }
        checklists[app] = Listed(at: at, period: period, failed: fields.texts("failed"))
    }

    private mutating func takeVerification(_ fields: JournalFields) {
        guard let archive = fields.text("archive"), let at = fields.text("at").flatMap({ Date(iso8601: $0) }) else {
            return
        }
        let isGood = fields.text("outcome") == JournalEvent.Outcome.ok.rawValue
        verifications[archive] = Verification(
            at: at, problems: isGood ? nil : fields.text("problems") ?? "it was found damaged")
    }
}

extension JournalFacts.Taken {
    fileprivate init(_ archive: String, at: Date, _ fields: JournalFields) {
        self.init(
            archive: archive, at: at, bytes: fields.integer("bytes") ?? 0,
            rawBytes: fields.integer("rawBytes") ?? 0, rows: fields.integer("rows") ?? 0,
            durationSeconds: fields.number("durationSeconds") ?? 0, anomalies: fields.texts("anomalies"),
            isSuspect: fields.flag("suspect"), toolHole: fields.text("toolHole"))
    }
}
