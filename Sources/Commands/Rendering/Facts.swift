package import PGKeep
package import PGKeepModel

/// Whatever a command prints on standard output, for people or as JSON.
package enum Facts: Sendable {
    case taken(BackupReport)
    case takenEach([BackupTurn])
    case slots([ScheduledSlot])
    case backups([Backup])
    case versions([BackupVersion])
    case stats(BackupStats)
    case index(ArchiveIndex, eachUnit: Bool)
    case dump(DumpContents)
    case difference(DifferenceReport)
    case verified(VerifyReport)
    case allVerified([VerifyReport])
    case restorePlan(RestorePlan)
    case restored(RestoreReport)
    case restoredTables(RestoreTablesReport)
    case undone(UndoReport)
    case marked(Backup)
    case removed(RemovalReport)
    case cleaned(CleanupReport, isDryRun: Bool)
    case synced([SyncReport], isOne: Bool)
    case protection(ProtectionFacts)
    case journal([JournalLine])
    case journalVerdict(JournalVerdict)
    case settings([ResolvedSetting])
    case alertsTested([AlertTestReport])
    case keyMade(GeneratedKey)
    case signingKeyMade(GeneratedSigningKey)
    case decrypted(DecryptReport)
    case checklist(ChecklistReport)
    case drilled(DrillReport)
    case proofVerified(ProofVerdict)

    /// The one place that knows every form.
    package func text(_ rendering: Rendering) -> String {
        switch self {
        case .taken(let report): report.backup.path
        case .takenEach(let turns): turns.compactMap(\.path).joined(separator: "\n")
        case .slots(let slots): rendering.slots(slots)
        case .backups(let backups): rendering.list(backups)
        case .versions(let versions): rendering.versions(versions)
        case .stats(let stats): rendering.stats(stats)
        case .index(let index, let eachUnit): rendering.index(index, eachUnit: eachUnit)
        case .dump(let contents): rendering.dump(contents)
        case .difference(let report): rendering.difference(report)
        case .verified(let report): rendering.verified([report])
        case .allVerified(let reports): rendering.verified(reports)
        case .restorePlan(let plan): rendering.plan(plan)
        case .restored(let report): rendering.restored(report)
        case .restoredTables(let report): rendering.restoredTables(report)
        case .undone(let report): rendering.undone(report)
        case .marked(let backup): rendering.list([backup])
        case .removed(let report): rendering.removed(report)
        case .cleaned(let report, let isDryRun): rendering.cleaned(report, isDryRun: isDryRun)
        case .synced(let reports, _): rendering.synced(reports)
        case .protection(let facts): rendering.status(facts)
        case .journal(let lines): rendering.journal(lines)
        case .journalVerdict(let verdict): rendering.verdict(verdict)
        case .settings(let settings): rendering.settings(settings)
        case .alertsTested(let reports): rendering.alertsTested(reports)
        case .keyMade(let key): key.publicKey.description
        case .signingKeyMade(let key): key.publicKey.description
        case .decrypted(let report): report.path
        case .checklist(let report): rendering.checklist(report)
        case .drilled(let report): rendering.drilled(report)
        case .proofVerified(let verdict): rendering.proofVerified(verdict)
        }
    }

    package func json() throws -> String {
        switch self {
        case .taken(let report): try JSONText.of(report)
        case .takenEach(let turns): try JSONText.of(turns)
        case .slots(let slots): try JSONText.of(slots)
        case .backups(let backups): try JSONText.of(backups)
        case .versions(let versions): try JSONText.of(versions)
        case .stats(let stats): try JSONText.of(stats)
        case .index(let index, _): try JSONText.of(IndexFacts(index))
        case .dump(let contents): try JSONText.of(contents)
        case .difference(let report): try JSONText.of(report)
        case .verified(let report): try JSONText.of(report)
        case .allVerified(let reports): try JSONText.of(reports)
        case .restorePlan(let plan): try JSONText.of(plan)
        case .restored(let report): try JSONText.of(report)
        case .restoredTables(let report): try JSONText.of(report)
        case .undone(let report): try JSONText.of(report)
        case .marked(let backup): try JSONText.of(backup)
        case .removed(let report): try JSONText.of(report)
        case .cleaned(let report, _): try JSONText.of(report)
        case .synced(let reports, let isOne): try isOne ? JSONText.of(reports[0]) : JSONText.of(reports)
        case .protection(let facts): try JSONText.of(facts)
        case .journal(let lines): try JSONText.of(lines)
        case .journalVerdict(let verdict): try JSONText.of(verdict)
        case .settings(let settings): try JSONText.of(settings.map(SettingFacts.init))
        case .alertsTested(let reports): try JSONText.of(reports)
        case .keyMade(let key): try JSONText.of(key)
        case .signingKeyMade(let key): try JSONText.of(key)
        case .decrypted(let report): try JSONText.of(report)
        case .checklist(let report): try report.json()
        // As it was signed, to the byte.
        case .drilled(let report): report.document
        case .proofVerified(let verdict): try JSONText.of(verdict)
        }
    }
}

/// An archive's index as data.
private struct IndexFacts: Encodable {
    let header: ArchiveHeader
    let tables: [TableSummary]
    let units: [UnitEntry]

    init(_ index: ArchiveIndex) {
        header = index.header
        tables = index.tables
        units = index.units
    }
}

/// A setting as data.
private struct SettingFacts: Encodable {
    let name: String
    let key: String
    let value: String?
    let source: String
    let secret: Bool

    init(_ setting: ResolvedSetting) {
        name = setting.definition.environmentName
        key = setting.definition.key
        value = setting.value
        source = setting.source.description
        secret = setting.definition.isSecret
    }
}
