import PGKeepModel

extension Journal {
    /// What the app's last good backups held, the newest first.
    ///
    /// A suspect one tells nothing of what is usual. Once it is accepted it does, and nothing before it: history starts
    /// from it. Accepted is one that the journal says so of, or that lies in the vault without its mark, which
    /// another keeper must have taken.
    func history(of app: AppName, suspects: Set<String>, present: Set<String>) throws -> [BackupFigures] {
        var history: [BackupFigures] = []
        var accepted: Set<String> = []
        try backwards { line in
            guard let event = Journal.text("event", in: line) else { return true }
            if event == JournalEvent.Kind.accept.rawValue, let archive = Journal.text("archive", in: line) {
                accepted.insert(archive)
            }
            guard event == JournalEvent.Kind.backup.rawValue, Journal.text("app", in: line) == app.text,
                let fields = JournalFields(line), fields.text("outcome") == JournalEvent.Outcome.ok.rawValue,
                var figures = BackupFigures(fields), !suspects.contains(figures.archive)
            else { return true }
            let wasSuspect = fields.flag("suspect")
            figures.isAccepted =
                accepted.contains(figures.archive) || (wasSuspect && present.contains(figures.archive))
            guard !wasSuspect || figures.isAccepted else { return true }
            history.append(figures)
            return !figures.isAccepted && history.count < Anomalies.historyLength
        }
        return history
    }
}
