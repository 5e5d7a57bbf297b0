import Foundation
import PGKeepModel

extension Proof {
    /// Differences that are told one by one.
    private static let mostDifferences = 1000

    init(_ findings: DrillRun.Findings, of source: RestorableDatabase, _ archive: String, sha256: String, bytes: Int64)
    {
        let name = ArchiveName(archive)
        let failed = !findings.differences.isEmpty || findings.checks.contains { !$0.passed }
        self.init(
            archive: archive, sha256: sha256, bytes: bytes, app: name?.app.text, tier: name?.tier,
            createdAt: source.takenAt, at: source.takenAt, by: ProcessInfo.processInfo.hostName,
            verdict: failed ? .failed : .proven, pgkeepVersion: BackupSystem.version,
            archiveServerVersion: source.serverVersion, serverVersion: findings.serverVersion, scratch: true,
            tables: findings.tables, rows: findings.tables.reduce(0) { $0 + $1.rows }, rawBytes: source.rawBytes,
            sequences: findings.sequences, largeObjects: findings.largeObjects, objects: findings.objects,
            definitions: findings.definitions, checks: findings.checks,
            differences: Array(findings.differences.prefix(Proof.mostDifferences)),
            phaseSeconds: findings.phaseSeconds, rtoSeconds: findings.rtoSeconds, durationSeconds: 0,
            warnings: findings.warnings)
    }

    /// What the journal keeps of it.
    func details(_ document: ProofDocument, signedBy key: SigningPublicKey?) -> [String: JSONValue] {
        var details: [String: JSONValue] = [
            "verdict": .string(verdict.rawValue), "sha256": .string(sha256), "tables": .integer(Int64(tables.count)),
            "rows": .integer(rows), "rawBytes": .integer(rawBytes), "rtoSeconds": .number(rtoSeconds),
            "durationSeconds": .number(durationSeconds), "serverVersion": .string(serverVersion),
            "scratch": .boolean(scratch),
            "phases": .list(phaseSeconds.sorted { $0.key < $1.key }.map { .string("\($0.value) \($0.key)") }),
        ]
        if verdict == .proven { details["proofSHA256"] = .string(document.sha256) }
        details["app"] = app.map(JSONValue.string)
        details["tier"] = tier.map { .string($0.rawValue) }
        details["signedBy"] = key.map { .string($0.description) }
        if verdict == .failed {
            details["error"] = reason.map(JSONValue.string)
            details["code"] = .string((differences.isEmpty ? PGKeepError.Code.failed : .damaged).description)
            details["differences"] = .list(differences.prefix(10).map { .string($0.text) })
        }
        if !checks.isEmpty {
            details["checks"] = .list(checks.map { .string("\($0.passed ? "passed" : "failed") \($0.name)") })
        }
        return details
    }
}
