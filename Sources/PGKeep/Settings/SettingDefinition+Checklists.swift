extension SettingDefinition {
    /// Those of checklists that a keeper goes through.
    static let checklists: [SettingDefinition] = [checklistPeriods, reportDirectory]

    static let checklistPeriods = SettingDefinition(
        "BACKUP_CHECKLISTS", key: "backup.checklists", type: "words", default: "week,month,quarter,year",
        range: "week, month, quarter, year, several separated by commas, or off",
        "Which checklists `pgkeep serve` goes through when they are due, at six in the morning.")
    static let reportDirectory = SettingDefinition(
        "BACKUP_REPORT_DIR", key: "backup.reportDir", type: "path", default: "BACKUP_STATE_DIR/reports",
        range: "a folder; it is made if missing",
        "Where the reports of checklists are written that are gone through on schedule.")
}
