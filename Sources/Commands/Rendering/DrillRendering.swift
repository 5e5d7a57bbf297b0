import PGKeep
import PGKeepModel

extension Rendering {
    func drilled(_ report: DrillReport) -> String {
        let proof = report.proof
        let definitions = proof.objects.values.reduce(0, +)
        let byNumber = proof.hasContents ? "" : " by number"
        var pairs = [
            (label: "Archive", value: proof.archive),
            (label: "Verdict", value: proof.verdict.rawValue),
            (label: "Restored on", value: "PostgreSQL \(proof.serverVersion)\(proof.scratch ? ", thrown away" : "")"),
            (
                label: "Compared",
                value: "\(Figures.count(proof.tables.count, "table")), \(Figures.grouped(proof.rows)) rows\(byNumber), "
                    + "\(Figures.count(proof.sequences, "sequence")), "
                    + "\(Figures.count(proof.largeObjects, "large object")), "
                    + "\(Figures.count(definitions, "definition"))\(proof.definitions == .names ? " by name" : "")"
            ),
            (label: "Restore took", value: DurationText.of(.seconds(proof.rtoSeconds))),
            (label: "Drill took", value: DurationText.of(.seconds(proof.durationSeconds))),
        ]
        pairs += proof.checks.map { ("Check", "\($0.name): \($0.passed ? "passed" : $0.reason ?? "failed")") }
        pairs += proof.differences.prefix(20).map { ("Differs", $0.text) }
        if proof.differences.count > 20 { pairs.append(("Differs", "\(proof.differences.count - 20) more")) }
        pairs += proof.warnings.map { ("Warning", $0) }
        if proof.verdict == .proven {
            let signed = report.signedBy.map { "signed by \($0.checkWord)" } ?? "not signed"
            pairs.append(("Proof", report.isKept ? "beside the archive, \(signed)" : "kept nowhere, \(signed)"))
        }
        return LabelledBlock.text(pairs)
    }

    func proofVerified(_ verdict: ProofVerdict) -> String {
        var pairs = [(label: "Archive", value: verdict.archive)]
        if let proof = verdict.proof {
            pairs.append(("Drilled", "\(time(proof.at)), by \(proof.by)"))
            pairs.append(
                (
                    "Compared",
                    "\(Figures.count(proof.tables.count, "table")), \(Figures.grouped(proof.rows)) rows"
                ))
        }
        let known = verdict.isKnownSigner ? "" : ", which nobody said it should be"
        pairs.append(("Signed", verdict.signedBy.map { "by \($0) (\($0.checkWord))\(known)" } ?? "no"))
        pairs.append(
            ("Bytes", verdict.archiveCompared ? "compared with the archive" : "not compared with an archive"))
        pairs += verdict.problems.map { ("Problem", $0) }
        pairs.append(("Verdict", verdict.isValid ? "valid" : "not valid"))
        return LabelledBlock.text(pairs)
    }
}
