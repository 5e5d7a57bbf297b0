import PGKeepModel

extension Journal {
    /// Checks every line against its seal, its number and the line before it, then against what archives vouch for.
    ///
    /// Someone who can write the journal can seal all of it anew; the archives, and above all those that a store has locked,
    /// then still carry the hash of a line that is no more. `isOnlyOne`: nobody else's archives lie where the witnesses do.
    package func verify(_ witnesses: [JournalWitness] = [], isOnlyOne: Bool = false) throws -> JournalVerdict {
        let (lines, rest) = ByteSearch.lines(try bytes())
        var verdict = JournalVerdict(tornBytes: rest.count, archivesCompared: witnesses.count)
        var testimony = Testimony(witnesses)
        var previous = JournalLine.noPrevious
        for (place, bytes) in lines.enumerated() {
            if let reason = Journal.flaw(of: bytes, seq: Int64(place) + 1, after: previous) {
                verdict.firstBreak = JournalVerdict.Break(line: place + 1, reason: reason)
                break
            }
            previous = JournalLine.sha256(bytes)
            testimony.hear(bytes, hash: previous, line: place + 1)
            verdict.linesChecked += 1
        }
        // Behind a broken line everything would be a contradiction.
        guard verdict.firstBreak == nil else { return verdict }
        (verdict.contradictions, verdict.otherJournals) = testimony.compared(isOnlyOne: isOnlyOne)
        verdict.firstBreak = verdict.contradictions.min { $0.line < $1.line }.map {
            JournalVerdict.Break(line: $0.line, reason: $0.reason)
        }
        return verdict
    }

    private static func flaw(of bytes: ArraySlice<UInt8>, seq: Int64, after previous: String) -> String? {
        guard let line = JournalLine(bytes) else { return "it is not a line of the journal" }
        guard line.prev == previous else {
            return seq == 1 ? "it was not the first line" : "the line before it is not the one it was written after"
        }
        guard line.seq == seq else { return "it has the number \(line.seq) instead of \(seq)" }
        guard JournalLine.isSealed(bytes) else { return "it was changed after it was written" }
        return nil
    }
}

/// The archives' word against the journal's.
private struct Testimony {
    private let witnesses: [JournalWitness]
    private let wantedHeads: Set<String>
    private let wantedArchives: Set<String>
    /// The line that has a hash which some archive carries.
    private var heads: [String: Int] = [:]
    /// Where the journal tells that an archive was taken, and what of its index.
    private var backups: [String: (line: Int, index: String?)] = [:]

    init(_ witnesses: [JournalWitness]) {
        self.witnesses = witnesses.sorted { ($0.createdAt, $0.archive) < ($1.createdAt, $1.archive) }
        wantedHeads = Set(witnesses.compactMap(\.head))
        wantedArchives = Set(witnesses.map(\.archive))
    }

    mutating func hear(_ bytes: ArraySlice<UInt8>, hash: String, line: Int) {
        if wantedHeads.contains(hash) { heads[hash] = line }
        guard Journal.text("event", in: bytes) == JournalEvent.Kind.backup.rawValue,
            let archive = Journal.text("archive", in: bytes), wantedArchives.contains(archive)
        else { return }
        backups[archive] = (line, Journal.text("index", in: bytes))
    }

    func compared(isOnlyOne: Bool) -> (contradictions: [JournalVerdict.Contradiction], otherJournals: [String]) {
        var contradictions: [JournalVerdict.Contradiction] = []
        var others: [String] = []
        /// The last line that an archive has vouched for so far.
        var vouched = 0
        for witness in witnesses {
            let told = backups[witness.archive]
            if let told, let index = told.index, index != witness.index {
                contradictions.append(
                    contradiction(
                        witness, told.line, "it tells of another content of \(witness.archive) than that has now"))
            }
            guard let head = witness.head else { continue }
            if let line = heads[head] {
                vouched = max(vouched, line)
            } else if told != nil || isOnlyOne {
                contradictions.append(
                    contradiction(
                        witness, vouched + 1,
                        "from it on the journal was cut or written anew: "
                            + "\(witness.archive) was taken after a line that is no more"))
            } else if !others.contains(witness.archive) {
                others.append(witness.archive)
            }
        }
        return (contradictions, others)
    }

    private func contradiction(
        _ witness: JournalWitness, _ line: Int, _ reason: String
    ) -> JournalVerdict.Contradiction {
        JournalVerdict.Contradiction(archive: witness.archive, vault: witness.vault, line: line, reason: reason)
    }
}
