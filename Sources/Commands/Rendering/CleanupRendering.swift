import PGKeep

extension Rendering {
    /// Every backup with what became of it, and why.
    func cleaned(_ report: CleanupReport, isDryRun: Bool) -> String {
        var table = TextTable(["Filename", "Age", "Size", "Decision", "Reason"], rightAligned: [1, 2])
        add(report.deleted, isDryRun ? "would delete" : "deleted", to: &table)
        add(report.failed, "not deleted", to: &table)
        add(report.kept, "kept", to: &table)
        var parts: [String] = []
        if !(report.deleted + report.failed + report.kept).isEmpty { parts.append(table.text) }
        let dropped = isDryRun ? "would drop" : "dropped"
        parts += report.databasesDropped.map { "Database kept aside, \(dropped): \($0)" }
        parts += report.futureDated.map { "Dated in the future, look at it: \($0)" }
        let count = Figures.count(report.deleted.count, "backup")
        let verb = isDryRun ? "would be deleted" : "deleted"
        parts.append("Total: \(count) \(verb), \(size(report.freedBytes)) freed, \(report.kept.count) kept")
        parts += report.vaults.flatMap { copies($0, isDryRun) }
        return parts.joined(separator: "\n")
    }

    /// A vault in which nothing was too old isn't told.
    private func copies(_ vault: VaultSyncReport, _ isDryRun: Bool) -> [String] {
        var lines = vault.deleted.map { "\(vault.vault), \(isDryRun ? "would delete" : "deleted"): \($0.name)" }
        lines += vault.locked.map { "\(vault.vault), kept: \($0.name), \($0.reason)" }
        lines += vault.undeleted.map { "\(vault.vault), not deleted: \($0.name): \($0.reason)" }
        if let problem = vault.problem { lines.append("\(vault.vault): \(problem)") }
        return lines
    }

    /// What was removed by hand, and what stays.
    func removed(_ report: RemovalReport) -> String {
        let backup = report.backup
        let lines = report.copies.map { copy in
            if copy.removed { return "Removed from \(copy.vault)" }
            if let until = copy.lockedUntil { return "Locked in \(copy.vault) until \(until): it stays" }
            return "Not removed from \(copy.vault): \(copy.problem ?? "")"
        }
        return (["Removed: \(backup.name), \(size(backup.bytes)) freed"] + lines).joined(separator: "\n")
    }

    private func add(_ entries: [CleanupReport.Entry], _ decision: String, to table: inout TextTable) {
        for entry in entries {
            let age = entry.ageDays < 0 ? "future" : Figures.count(entry.ageDays, "day")
            table.add([entry.name, age, size(entry.bytes), decision, entry.reason])
        }
    }
}

extension CleanupReport {
    /// Something could not be deleted, or claims a time that is yet to come.
    var needsAttention: Bool {
        !failed.isEmpty || !futureDated.isEmpty || vaults.contains { !$0.undeleted.isEmpty || $0.problem != nil }
    }
}
