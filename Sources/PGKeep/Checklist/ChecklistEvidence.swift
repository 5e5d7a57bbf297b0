package import Foundation
package import PGKeepModel

/// Everything a checklist judges by, gathered beforehand: judging itself asks nobody.
package struct ChecklistEvidence: Sendable {
    /// What one archive's verification found.
    package struct Verification: Sendable, Equatable {
        package var archive: String
        package var problems: [String]
        package var unchecked: [String]
        /// Whether every byte was compared with what was written.
        package var isProof: Bool

        package init(
            archive: String, problems: [String] = [], unchecked: [String] = [], isProof: Bool = true
        ) {
            self.archive = archive
            self.problems = problems
            self.unchecked = unchecked
            self.isProof = isProof
        }
    }

    /// A drill that was made for the list, or why there was none.
    package enum Drill: Sendable, Equatable {
        /// `details` are what was compared, a line each.
        case passed(archive: String, seconds: Double, details: [String])
        case failed(archive: String, reason: String)
        case notDone(reason: String)
    }

    /// What one of the other vaults holds of the app.
    package struct Copies: Sendable, Equatable {
        package var vault: String
        package var count: Int
        /// Archives that should have a copy there and have none.
        package var missing: [String]
        /// Copies that are not what they should be, and why.
        package var differing: [String]
        /// What kept it from being looked at.
        package var trouble: String?
        /// Whether the vault is asked to lock.
        package var wantsLocks: Bool
        /// Archives that are to be locked there, with what was read back; nil where the locks were not read.
        package var locks: [LockReading]?
        /// What kept the locks from being read.
        package var lockTrouble: String?

        package init(
            vault: String, count: Int, missing: [String] = [], differing: [String] = [], trouble: String? = nil,
            wantsLocks: Bool = false, locks: [LockReading]? = nil
        ) {
            self.vault = vault
            self.count = count
            self.missing = missing
            self.differing = differing
            self.trouble = trouble
            self.wantsLocks = wantsLocks
            self.locks = locks
        }
    }

    /// A lock, as it is and as it should be.
    package struct LockReading: Sendable, Equatable {
        package var archive: String
        /// nil: it is not locked.
        package var lockedUntil: Date?
        package var mode: LockMode?
        package var wanted: Date
        /// nil: any will do.
        package var wantedMode: LockMode?

        package init(
            archive: String, lockedUntil: Date?, mode: LockMode? = nil, wanted: Date, wantedMode: LockMode? = nil
        ) {
            self.archive = archive
            self.lockedUntil = lockedUntil
            self.mode = mode
            self.wanted = wanted
            self.wantedMode = wantedMode
        }
    }

    package var app: AppName
    package var at: Date
    /// When the list was begun: drills since then are its own. nil: none is.
    package var begun: Date?
    package var timeZone: TimeZone
    package var retention: RetentionPolicy
    package var schedules: Schedules
    package var rpo: Duration
    /// nil: none was set.
    package var rto: Duration?
    /// Those of the first vault.
    package var backups: [Backup]
    /// What kept them from being listed.
    package var unlisted: String?
    /// The journal's lines about the app, oldest first.
    package var lines: [JournalLine]
    package var verifications: [Verification] = []
    package var vault: VaultProtection?
    package var copies: [Copies] = []
    package var drill = Drill.notDone(reason: "no drill was held")
    package var disasterDrill = Drill.notDone(reason: "no drill was held")
    package var verdict: JournalVerdict?
    /// What kept the journal from being checked.
    package var unverified: String?
    /// The public keys that archives are sealed for now.
    package var recipients: [String] = []

    package init(
        app: AppName, at: Date, timeZone: TimeZone, retention: RetentionPolicy, schedules: Schedules, rpo: Duration,
        rto: Duration? = nil, backups: [Backup], lines: [JournalLine]
    ) {
        self.app = app
        self.at = at
        self.timeZone = timeZone
        self.retention = retention
        self.schedules = schedules
        self.rpo = rpo
        self.rto = rto
        self.backups = backups
        self.lines = lines
    }
}

extension ChecklistEvidence {
    /// Lines of one kind that ended well or not, within a time.
    func lines(_ kind: JournalEvent.Kind, _ outcome: JournalEvent.Outcome? = nil, since: Date) -> [JournalLine] {
        lines.filter {
            $0.event == kind.rawValue && $0.at >= since && $0.at <= at
                && (outcome == nil || $0.outcome == outcome?.rawValue)
        }
    }

    /// Backups that can be relied on, whoever took them.
    var reliable: [Backup] { backups.filter { $0.isGood && !$0.suspect && $0.createdAt <= at } }

    func day(_ date: Date) -> String { String(LocalTime.text(date, in: timeZone).prefix(10)) }

    func time(_ date: Date) -> String { LocalTime.text(date, in: timeZone) }
}

extension JournalLine {
    /// A text among what the line holds beside its own keys.
    func text(_ key: String) -> String? {
        if case .string(let text)? = details[key] { text } else { nil }
    }

    /// A number among them.
    func number(_ key: String) -> Double? {
        switch details[key] {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// A whole number among them; nil if it fits in none, as somebody may have written it there.
    func integer(_ key: String) -> Int64? {
        switch details[key] {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value.rounded())
        default: nil
        }
    }

    /// The series that it is of, if it is of one.
    var tier: Tier? {
        archive.flatMap { ArchiveName($0)?.tier } ?? text("tier").flatMap { Tier(rawValue: $0) }
    }

    /// Whose it is: the archive's app, or the one that it names.
    func isAbout(_ app: AppName) -> Bool {
        if let archive, let name = ArchiveName(archive) { return name.app == app }
        return text("app").map { $0 == app.text } ?? true
    }
}
