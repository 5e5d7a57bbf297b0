import Foundation
import PGKeep
import PGKeepModel

extension Rendering {
    func list(_ backups: [Backup]) -> String {
        guard !backups.isEmpty else { return "No backups found" }
        let hasCopies = backups.contains { $0.redundancy != nil }
        var table = TextTable(
            ["Filename", "Type", "Size", "Age"] + (hasCopies ? ["Copies"] : []) + ["State"], rightAligned: [2])
        for backup in backups {
            table.add(
                [
                    backup.name, backup.tier.rawValue, size(backup.bytes),
                    LocalTime.age(of: backup.createdAt, at: now, in: timeZone),
                ] + (hasCopies ? [backup.redundancy.map(copies) ?? "-"] : []) + [state(backup)])
        }
        let total = backups.reduce(0) { $0 + $1.bytes }
        return "\(table.text)\n\nTotal: \(Figures.count(backups.count, "backup")), \(size(total)) total size"
    }

    func versions(_ versions: [BackupVersion]) -> String {
        guard !versions.isEmpty else { return "No versions found" }
        var table = TextTable(["Filename", "Version", "Size", "Stored", "State"], rightAligned: [2])
        for version in versions {
            table.add([
                version.name, version.version, size(version.bytes), time(version.storedAt),
                version.isCurrent ? "current" : "older",
            ])
        }
        return "\(table.text)\n\nTotal: \(Figures.count(versions.count, "version"))"
    }

    /// `proven, pinned`: the strongest thing known of its soundness, then the marks.
    private func state(_ backup: Backup) -> String {
        var words: [String] = []
        if backup.problem != nil {
            words.append("damaged")
        } else if backup.provenAt != nil {
            words.append("proven")
        } else if backup.verifiedAt != nil {
            words.append("verified")
        }
        if backup.sealed { words.append("sealed") }
        if backup.suspect { words.append("suspect") }
        if backup.pinned { words.append("pinned") }
        return words.joined(separator: ", ")
    }

    /// `3, 1 off site, 1 locked`, the one in the folder included.
    func copies(_ redundancy: Redundancy) -> String {
        var words = ["\(redundancy.copies)"]
        if redundancy.offSite > 0 { words.append("\(redundancy.offSite) off site") }
        if redundancy.locked > 0 { words.append("\(redundancy.locked) locked") }
        if !redundancy.missing.isEmpty { words.append("\(redundancy.missing.count) missing") }
        return words.joined(separator: ", ")
    }

    func stats(_ stats: BackupStats) -> String {
        var pairs = [
            (label: "Total Backups", value: "\(stats.totalBackups)"),
            (label: "Total Size", value: size(stats.totalSize)),
            (label: "Latest Backup", value: stats.latestBackup ?? "-"),
            (label: "Latest Date", value: stats.latestDate.map(time) ?? "-"),
            (label: "Oldest Backup", value: stats.oldestBackup ?? "-"),
            (label: "Oldest Date", value: stats.oldestDate.map(time) ?? "-"),
        ]
        for tier in Tier.allCases {
            guard let count = stats.tiers[tier.rawValue], count > 0 else { continue }
            pairs.append((tier.rawValue.prefix(1).uppercased() + tier.rawValue.dropFirst(), "\(count)"))
        }
        pairs += [
            ("Verified", "\(stats.verified)"), ("Proven", "\(stats.proven)"), ("Sealed", "\(stats.sealed)"),
            ("Pinned", "\(stats.pinned)"),
            ("Suspect", "\(stats.suspect)"), ("Damaged", "\(stats.damaged)"),
        ]
        for vault in stats.vaults {
            let locked = vault.locked > 0 ? ", \(vault.locked) locked" : ""
            let count = Figures.count(vault.copies, "copy", "copies")
            pairs.append(("Copies", "\(vault.vault): \(count), \(size(vault.bytes))\(locked)"))
        }
        return LabelledBlock.text(pairs)
    }

    func verified(_ reports: [VerifyReport]) -> String {
        reports.map { report in
            let verdict = "\(report.name): \(report.valid ? "valid" : "damaged")"
            let unchecked = report.unchecked.map { "  not checked: \($0)" }
            return ([verdict] + report.problems.map { "  \($0)" } + unchecked).joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
